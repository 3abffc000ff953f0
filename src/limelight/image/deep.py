"""Pictures of more than 8 bits a sample in colour, which Pillow would cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from limelight.image.picture import Picture
from limelight.image.turning import turned

HEAD = 1 << 12
"""Bytes in which a file says how many bits its samples have."""
BITS_PER_SAMPLE = 258
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB = 0, 1, 2
PREMULTIPLIED, STRAIGHT = 1, 2


def bits_of(image: Image.Image, head: bytes) -> int:
    """Say how many bits a sample has in a file: 8 for all that have no more."""
    if image.format == "PNG":
        return max(head[24], 8)
    if image.format == "TIFF":
        bits: tuple[int, ...] = image.tag_v2.get(BITS_PER_SAMPLE, (8,))  # type: ignore[attr-defined]
        return max(8, *bits)
    if image.format == "JPEG2000":
        box, stream = head.find(b"ihdr"), head.find(b"\xff\x4f\xff\x51")
        at = box + 14 if box >= 0 else stream + 42
        return max(8, (head[at] & 127) + 1) if 0 <= at < len(head) else 8
    if image.format == "AVIF":
        at = head.find(b"av1C") + 6
        return 8 if at < 6 or not head[at] & 64 else 12 if head[at] & 32 else 10
    if image.format == "PPM" and image.mode == "RGB":
        return 16 if _maximum(image) > 255 else 8
    return 16 if image.mode.startswith(("I", "F")) else 8


def read_deep(image: Image.Image, path: Path, number: int, bits: int) -> Picture | None:
    """Read the frame of that number in all its bits; None where that can't be done here."""
    if image.format == "TIFF":
        return _page(path, number) if bits == 16 else None
    if number or bits != 16 or image.format not in ("PNG", "JPEG2000", "PPM"):
        return None
    found = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype != np.uint16:
        return None
    if image.format == "PPM" and (top := _maximum(image)) != 65535:
        found = ((found.astype(np.uint32) * 65535 + top // 2) // top).astype(np.uint16)
    return _ordered(found)


def _maximum(image: Image.Image) -> int:
    """Read which number stands for full scale in a portable pixmap."""
    tile = getattr(image, "tile", None)
    args = tile[0][3] if tile else ()
    return int(args[1]) if isinstance(args, tuple) and len(args) > 1 else 255


def _page(path: Path, number: int) -> Picture | None:
    """Read a TIFF's page: by tifffile, and what is packed in ways that it lacks by OpenCV."""
    with tifffile.TiffFile(path) as file:
        page: Any = file.pages[number]
        if page.dtype != np.uint16 or page.photometric not in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB):
            return None
        channels, extra = page.samplesperpixel, tuple(map(int, page.extrasamples))
        colours = 3 if page.photometric == RGB else 1
        apart = page.planarconfig == 2 and channels > 1
        turn = int(page.tags[274].value) if 274 in page.tags else 1
        try:
            found = page.asarray().reshape(-1, *page.shape[-3 if channels > 1 else -2 :])
            found = turned(np.moveaxis(found[0], 0, -1) if apart else found[0], turn)
        except ValueError:  # a codec that is not there
            if apart or channels not in (1, 3, 4) or (channels == 4 and colours == 1):
                return None
            _, pages = cv2.imreadmulti(str(path), number, 1, flags=cv2.IMREAD_UNCHANGED)
            if not pages or pages[0].dtype != np.uint16:
                return None
            found = _ordered(pages[0])[..., : max(channels, 3)]
            found = found[..., :1] if channels == 1 else found
        white = page.photometric == WHITE_IS_ZERO
    planes = found if found.ndim == 3 else found[..., None]
    seen = np.repeat(planes[..., :colours], 3 // colours, axis=2)
    if white:
        seen = 65535 - seen
    if not extra or extra[0] not in (PREMULTIPLIED, STRAIGHT):
        return np.ascontiguousarray(seen.astype(np.uint16))
    alpha = planes[..., colours : colours + 1]
    if extra[0] == PREMULTIPLIED:
        seen = _straight(seen, alpha)
    return np.concatenate([seen, alpha], axis=2).astype(np.uint16)


def _ordered(found: NDArray[Any]) -> Picture:
    """Give OpenCV's blue, green, red as red, green, blue; grey three times."""
    if found.ndim == 2:
        return np.repeat(found[..., None], 3, axis=2)
    return np.ascontiguousarray(found[..., [2, 1, 0, 3][: found.shape[2]]])


def _straight(colours: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Divide colours by the alpha that they were multiplied with."""
    shares = np.maximum(alpha, 1).astype(np.float64) / 65535
    found: NDArray[Any] = np.rint(np.minimum(colours / shares, 65535))
    return found
