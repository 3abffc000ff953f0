"""Samples of every kind (palettes, CMYK, one bit, sixteen) as red, green, blue and alpha."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from limelight.errors import BadInputError
from limelight.image.picture import Picture

GREY = frozenset({"1", "L", "LA", "La", "I;16", "I;16L", "I;16B", "I;16N", "I", "F"})
BITS_PER_SAMPLE, PHOTOMETRIC, EXTRA_SAMPLES, ORIENTATION = 258, 262, 338, 274
PREMULTIPLIED = 1
MIRRORED = (frozenset({3, 4, 7, 8}), frozenset({2, 3, 6, 7}))
"""Which orientations are upside down and which left to right, after rows become columns above 4."""


def bits_of(image: Image.Image, data: bytes) -> int:
    """Say how many bits a sample has in a file: 8 for all that have no more."""
    if image.format == "PNG":
        return data[24]
    if image.format == "TIFF":
        bits = image.tag_v2.get(BITS_PER_SAMPLE, (8,))  # type: ignore[attr-defined]
        return int(max(bits))
    return 16 if image.mode.startswith(("I", "F")) else 8


def decoded(image: Image.Image, path: Path, number: int) -> Picture:
    """Give the frame that ``image`` stands at, as it is stored: (height, width, 3 or 4)."""
    deep = _deep(image, path, number)
    if deep is not None:
        return deep
    if image.mode in ("F", "I"):
        return _numbers(np.asarray(image), path)
    image.load()
    if image.mode.startswith("I;16"):
        return _stacked(np.asarray(image).astype(np.uint16))
    clear = "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBA", "RGBa")
    if image.mode in ("CMYK", "LAB", "YCbCr", "HSV"):
        return np.asarray(_converted(image))
    if image.mode == "La":
        image = image.convert("LA")
    return np.array(image.convert("RGBA" if clear else "RGB"))


def turned(picture: Picture, orientation: int) -> Picture:
    """Turn a picture upright that EXIF says is stored in ``orientation`` (1 to 8)."""
    if orientation > 4:
        picture = picture.swapaxes(0, 1)
    down, across = (slice(None, None, -1 if orientation in turns else 1) for turns in MIRRORED)
    return np.ascontiguousarray(picture[down, across])


def _deep(image: Image.Image, path: Path, number: int) -> Picture | None:
    """Read more than 8 bits a sample, which Pillow would cut off in colour."""
    if image.format == "PNG" and bits_of(image, _head(path)) == 16 and number == 0:
        found = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
        return None if found is None else _straight_order(found)
    if image.format == "TIFF" and bits_of(image, b"") == 16:
        tags: Any = image.tag_v2  # type: ignore[attr-defined]
        if tags.get(PHOTOMETRIC) not in (0, 1, 2):
            return None
        read, found = cv2.imreadmulti(str(path), number, 1, flags=cv2.IMREAD_UNCHANGED)
        if not read or found[0].dtype != np.uint16:
            return None
        picture = _straight_order(found[0])
        if picture.shape[2] == 4 and PREMULTIPLIED in tags.get(EXTRA_SAMPLES, ()):
            picture = _straight(picture)
        return picture
    return None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(32)


def _straight_order(found: NDArray[Any]) -> Picture:
    """Give OpenCV's blue, green, red as red, green, blue; grey three times."""
    if found.ndim == 2:
        return _stacked(found)
    if found.shape[2] == 2:
        return np.dstack([found[..., :1].repeat(3, axis=2), found[..., 1]])
    return np.ascontiguousarray(found[..., [2, 1, 0, 3][: found.shape[2]]])


def _stacked(grey: NDArray[Any]) -> Picture:
    return np.repeat(grey[..., None], 3, axis=2)


def _straight(picture: Picture) -> Picture:
    """Divide colours by the alpha that they were multiplied with."""
    alpha = picture[..., 3:].astype(np.float64)
    top = np.iinfo(picture.dtype).max
    colours = np.divide(
        picture[..., :3] * float(top), alpha, where=alpha > 0, out=np.zeros((*alpha.shape[:2], 3))
    )
    return np.dstack([np.rint(np.minimum(colours, top)), picture[..., 3]]).astype(picture.dtype)


def _numbers(values: NDArray[Any], path: Path) -> Picture:
    """Take whole numbers up to 65535, or numbers from 0 to 1, as 16 bits."""
    top = 65535 if values.dtype.kind in "iu" else 1
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > top:
        raise BadInputError(
            f"{path} holds numbers beyond 0 to {top}, as measurements do; "
            "bring them into that range, or save it with 8 or 16 bits a sample"
        )
    return _stacked(np.rint(values * (65535 / top)).astype(np.uint16))


def _converted(image: Image.Image) -> Image.Image:
    """Convert inks and other colours to sRGB: by the file's own profile where it has one."""
    profile = image.info.get("icc_profile")
    try:
        if profile and image.mode in ("CMYK", "LAB"):
            source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        elif image.mode == "LAB":
            source = ImageCms.createProfile("LAB")
        else:
            return image.convert("RGB")
        found = ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError:
        return image.convert("RGB")
    return image if found is None else found
