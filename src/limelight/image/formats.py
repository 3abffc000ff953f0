"""What formats can hold, by the suffix of the file to write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from limelight.errors import BadInputError


@dataclass(frozen=True)
class Format:
    """A format to write, under the name that Pillow has for it."""

    name: str
    deep: bool = False
    """Whether samples may have 16 bits."""
    alpha: bool = True
    moving: bool = False
    pages: bool = False
    side: int = 1 << 31
    """The most pixels across or down."""


FORMATS = {
    "PNG": Format("PNG", deep=True, moving=True),
    "TIFF": Format("TIFF", deep=True, pages=True),
    "JPEG": Format("JPEG", alpha=False, side=65500),
    "WEBP": Format("WEBP", moving=True, side=16383),
    "AVIF": Format("AVIF", moving=True, side=32768),
    "GIF": Format("GIF", moving=True, side=65535),
    "BMP": Format("BMP", alpha=False),
    "JPEG2000": Format("JPEG2000"),
    "TGA": Format("TGA", side=65535),
}
SUFFIXES = {
    "PNG": ".png .apng",
    "TIFF": ".tif .tiff",
    "JPEG": ".jpg .jpeg .jpe .jfif",
    "WEBP": ".webp",
    "AVIF": ".avif .avifs",
    "GIF": ".gif",
    "BMP": ".bmp .dib",
    "JPEG2000": ".jp2 .j2k .jpx",
    "TGA": ".tga",
}
BY_SUFFIX = {s: FORMATS[name] for name, listed in SUFFIXES.items() for s in listed.split()}


def format_of(path: Path) -> Format:
    """Say what is written to ``path``. Raises BadInputError for a suffix that isn't written."""
    found = BY_SUFFIX.get(path.suffix.lower())
    if found is None:
        raise BadInputError(
            f"{path} can't be written: pictures end in {', '.join(sorted(BY_SUFFIX))}; "
            "choose one with --format"
        )
    return found
