"""Samples and what is said of them, as each format wants them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
from PIL import Image, PngImagePlugin

from limelight.image import xmp
from limelight.image.gif import quantised
from limelight.image.metadata import Metadata
from limelight.image.reading import Form
from limelight.image.tiff import Samples

QUALITY = {"JPEG": 92, "WEBP": 90, "AVIF": 85}
SEGMENT = 65533 - 29
"""What a JPEG's segment holds beside its marker."""


def encode_deep_png(draft: Path, picture: Samples, metadata: Metadata) -> None:
    """Write 16 bits a sample: OpenCV's samples among what Pillow says of them."""
    swapped = picture if picture.ndim == 2 else picture[..., [2, 1, 0, 3][: picture.shape[2]]]
    _, coded = cv2.imencode(".png", swapped)
    said = io.BytesIO()
    Image.new("L", (1, 1)).save(said, "PNG", **_png(metadata))
    chunks = _chunks(coded.tobytes())
    kept = [raw for name, raw in _chunks(said.getvalue()) if name not in PIXELS]
    body = [raw for name, raw in chunks if name == b"IHDR"]
    body += kept + [raw for name, raw in chunks if name in (b"IDAT", b"IEND")]
    draft.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(body))


PIXELS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})


def encode(
    draft: Path,
    form: str,
    frames: list[Image.Image],
    durations: list[float],
    metadata: Metadata,
    like: Form,
    quality: int | None,
) -> None:
    """Write pictures of 8 bits by Pillow, as a file of ``like`` held them where it can."""
    settings: dict[str, Any] = {}
    if form == "PNG":
        settings = _png(metadata)
    elif form == "JPEG":
        settings = _jpeg(metadata, like, quality, frames[0].mode)
    elif form in ("WEBP", "AVIF"):
        settings = _labels(metadata)
        lossless = form == "WEBP" and quality is None and like.lossless
        settings |= {"lossless": True, "exact": True} if lossless else {}
        settings["quality"] = (70 if lossless else QUALITY[form]) if quality is None else quality
    elif form == "GIF":
        frames = [quantised(frame) for frame in frames]
        settings = {"comment": _comment(metadata).encode() or None, "optimize": False}
    elif form == "JPEG2000":
        settings = {"comment": _comment(metadata) or None}
    elif form == "BMP" and metadata.dpi:
        settings = {"dpi": metadata.dpi}
    if len(frames) > 1:
        times = [round(1000 * seconds) for seconds in durations]
        settings |= {"save_all": True, "append_images": frames[1:], "duration": times}
        plays = like.plays
        if form == "GIF":
            plays -= plays > 0
            settings["disposal"] = 2
        if form != "GIF" or like.plays != 1:
            settings["loop"] = plays
    frames[0].save(draft, form, **{k: v for k, v in settings.items() if v is not None})


def _labels(metadata: Metadata) -> dict[str, Any]:
    named = {"exif": metadata.exif, "icc_profile": metadata.icc, "xmp": metadata.xmp}
    return {name: block for name, block in named.items() if block}


def _png(metadata: Metadata) -> dict[str, Any]:
    said = PngImagePlugin.PngInfo()
    for name, data in metadata.colour.items():
        said.add(name.encode(), data)
    if metadata.xmp:
        said.add_itxt("XML:com.adobe.xmp", metadata.xmp.decode("utf-8", "replace"))
    texts = dict(metadata.text) | ({"Comment": metadata.comment} if metadata.comment else {})
    for name, text in texts.items():
        said.add_itxt(name, text)
    labels = _labels(metadata)
    labels.pop("xmp", None)
    return labels | {"pnginfo": said, "dpi": metadata.dpi}


def _jpeg(metadata: Metadata, like: Form, quality: int | None, mode: str) -> dict[str, Any]:
    settings = {
        k: v for k, v in _labels(metadata).items() if k == "icc_profile" or len(v) < SEGMENT
    }
    if metadata.iptc and len(metadata.iptc) < SEGMENT:
        resource = b"8BIM\x04\x04\0\0" + len(metadata.iptc).to_bytes(4) + metadata.iptc
        body = b"Photoshop 3.0\0" + resource + b"\0" * (len(metadata.iptc) % 2)
        settings["extra"] = b"\xff\xed" + (len(body) + 2).to_bytes(2) + body
    comment = metadata.comment.encode()
    settings |= {"dpi": metadata.dpi, "comment": comment[:SEGMENT] or None, "optimize": True}
    if quality is None and like.tables is not None:
        tables, subsampling = like.tables
        single = {0: tables[0]} if mode == "L" else tables
        if mode == "RGB" and len(tables) == 1:
            subsampling = 0
        return settings | {"qtables": single, "subsampling": subsampling if mode == "RGB" else -1}
    chosen = QUALITY["JPEG"] if quality is None else quality
    return settings | {"quality": chosen, "subsampling": 0 if chosen >= 90 else 2}


def _comment(metadata: Metadata) -> str:
    """Give the comment with what was done, for formats that hold no XMP."""
    return "\n".join(filter(None, [metadata.comment, *xmp.parameters(metadata.xmp)]))


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Take a PNG apart: the name of each chunk, and all of its bytes."""
    found, at = [], 8
    while at < len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4])
        found.append((png[at + 4 : at + 8], png[at:end]))
        at = end
    return found
