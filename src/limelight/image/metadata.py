"""What files say of their pictures: EXIF, ICC profile, XMP, IPTC, resolution, comments."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image

from limelight.errors import LimelightWarning
from limelight.image import exif, png, xmp
from limelight.media.provenance import MARK, TAG, Provenance, history, recorded

STRUCTURE = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 284}
    | {288, 289, 290, 291, 292, 293, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 330, 332}
    | {334, 336, 338, 339, 340, 341, 342, 343, 344, 345, 347, 512, 513, 514, 515, 517, 518, 519}
    | {520, 521, 529, 530, 531, 532, 700, 33723, 34377, 34675, 37724}
)
"""TIFF's tags that say how samples are stored, or that are kept apart: the writer sets them."""

RESOLUTION = frozenset({282, 283, 296})
POINTERS = frozenset({exif.EXIF, exif.GPS})
XMP_TAG, IPTC_TAG, IPTC_RESOURCE = 700, 33723, 0x0404
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, struct.error)
"""What Pillow raises for files that are cut off or damaged."""


@dataclass(frozen=True)
class Metadata:
    """What is said of a picture. The picture is upright: EXIF holds no orientation.

    ``exif`` is a block beginning "Exif" without a thumbnail, ``icc`` a profile, ``xmp`` a packet,
    ``iptc`` records of IPTC-IIM, ``comment`` the format's own comment, ``text`` PNG's other texts,
    ``colour`` its chunks on colour by name, ``dpi`` dots an inch across and down.
    """

    exif: bytes = b""
    icc: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    comment: str = ""
    text: Mapping[str, str] = field(default_factory=dict)
    colour: Mapping[str, bytes] = field(default_factory=dict)
    dpi: tuple[float, float] | None = None

    def history(self) -> list[Provenance]:
        """Read what Limelight did to the picture, the oldest first."""
        lines = [line for line in xmp.parameters(self.xmp) if line.startswith(MARK)]
        return history({TAG: "\n".join([*lines, self.comment])})

    def lost_in(self, written: Metadata) -> list[str]:
        """Name what was said here and is not said there."""
        named = dict(NAMES)
        if xmp.is_history(self.xmp):
            named["xmp"] = "what was done"
            if len(written.history()) >= len(self.history()):
                del named["xmp"]
        return [named[name] for name in named if getattr(self, name) and not getattr(written, name)]


NAMES = {
    "exif": "EXIF",
    "icc": "the ICC profile",
    "xmp": "XMP",
    "iptc": "IPTC",
    "comment": "the comment",
    "text": "further texts",
    "colour": "gamma or primaries",
    "dpi": "the resolution",
}
NOTHING = Metadata()


def metadata_of(image: Image.Image, path: Path) -> tuple[Metadata, int]:
    """Read what the frame that ``image`` stands at says, and how it is turned (1 to 8).

    Blocks that are damaged are left out, and a LimelightWarning names them.
    """
    info = image.info
    said = png.said(path) if image.format == "PNG" else png.Said()
    texts = said.texts
    comment = texts.pop(png.COMMENT, "") or _text(info.get("comment", b""))
    packet = texts.pop(png.XMP, "").encode() or info.get("xmp", b"")
    block, orientation = b"", 1
    try:
        if image.format == "TIFF":
            block = _exif_of_tiff(image)
        elif raw := said.exif or info.get("exif", b""):
            block, orientation = exif.upright(raw)
    except DAMAGE as error:
        warnings.warn(f"EXIF in {path} is damaged ({error}) and left out", LimelightWarning, 2)
    return Metadata(
        block,
        info.get("icc_profile") or b"",
        xmp.upright(packet if isinstance(packet, bytes) else str(packet).encode()),
        _iptc_of(image),
        comment,
        texts,
        said.colour,
        _resolution(info.get("dpi")),
    ), orientation


def _exif_of_tiff(image: Image.Image) -> bytes:
    """Make a block of what a TIFF's directory says beside how samples are stored."""
    held, made = image.getexif(), Image.Exif()
    made.endian = held.endian
    for tag in held.keys() - STRUCTURE - POINTERS:
        made[tag] = held[tag]
    for tag in POINTERS:
        if inner := dict(held.get_ifd(tag)):
            made[tag] = inner
            if exif.INTEROP in inner:
                inner[exif.INTEROP] = dict(held.get_ifd(exif.INTEROP))
    return made.tobytes() if made.keys() - RESOLUTION else b""


def _text(comment: bytes | str) -> str:
    return comment if isinstance(comment, str) else comment.decode("utf-8", "replace").rstrip("\0")


def _iptc_of(image: Image.Image) -> bytes:
    """Read the records of IPTC-IIM, which JPEG keeps among Photoshop's resources."""
    if image.format == "TIFF":
        found = image.tag_v2.get(IPTC_TAG, b"")  # type: ignore[attr-defined]
    else:
        resources = image.info.get("photoshop")
        found = resources.get(IPTC_RESOURCE) if isinstance(resources, dict) else b""
    return found if isinstance(found, bytes) else b""


def _resolution(dpi: Any) -> tuple[float, float] | None:
    try:
        across, down = map(float, dpi)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 0 < across < 1e6 and 0 < down < 1e6 else None


def worked_on(
    metadata: Metadata, operations: Iterable[Any], source: Path, generated: bool = False
) -> Metadata:
    """Say what was done to a picture, in XMP's history, and if it was made by a trained model."""
    line = recorded({}, operations, source)[TAG]
    return replace(metadata, xmp=xmp.edited(metadata.xmp, line, generated))
