"""What files say of their pictures: EXIF, ICC profile, XMP, IPTC, resolution, comments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from limelight.image import xmp
from limelight.media.provenance import MARK, TAG, Provenance, history, recorded

STRUCTURE = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 284}
    | {288, 289, 290, 291, 292, 293, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 330, 332}
    | {334, 336, 338, 339, 340, 341, 342, 343, 344, 345, 347, 512, 513, 514, 515, 517, 518, 519}
    | {520, 521, 529, 530, 531, 532, 700, 33723, 34377, 34675, 37724}
)
"""TIFF's tags that say how samples are stored, or that are kept apart: the writer sets them."""

ORIENTATION = 274
RESOLUTION = (282, 283, 296)
WIDTH, HEIGHT = 40962, 40963
IPTC_TAG, XMP_TAG = 33723, 700


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
        lost = [
            NAMES[f.name] for f in fields(self) if f.name in NAMES and self._lacks(f.name, written)
        ]
        if self.text.keys() - written.text.keys():
            lost.append("texts")
        if self.colour.keys() - written.colour.keys():
            lost.append("PNG's colour chunks")
        return lost

    def _lacks(self, name: str, written: Metadata) -> bool:
        return bool(getattr(self, name)) and not getattr(written, name)


NAMES = {
    "exif": "EXIF",
    "icc": "the ICC profile",
    "xmp": "XMP",
    "iptc": "IPTC",
    "comment": "the comment",
    "dpi": "the resolution",
}
NOTHING = Metadata()


def metadata_of(image: Image.Image) -> tuple[Metadata, int]:
    """Read what the frame that ``image`` stands at says, and how it is turned (1 to 8)."""
    exif, orientation = exif_of(image)
    info = image.info
    said = info.get("comment", b"")
    texts = {name: str(text) for name, text in getattr(image, "text", {}).items()}
    comment = texts.pop("Comment", said.decode("utf-8", "replace") if said else "")
    texts.pop("XML:com.adobe.xmp", None)
    packet = info.get("xmp", b"")
    return Metadata(
        exif,
        info.get("icc_profile") or b"",
        xmp.upright(packet if isinstance(packet, bytes) else str(packet).encode()),
        iptc_of(image),
        comment,
        texts,
        {},
        _resolution(info.get("dpi")),
    ), orientation


def iptc_of(image: Image.Image) -> bytes:
    """Read the records of IPTC-IIM, which JPEG keeps among Photoshop's resources."""
    if image.format == "TIFF":
        found = image.tag_v2.get(IPTC_TAG, b"")  # type: ignore[attr-defined]
        return found if isinstance(found, bytes) else b""
    resources = image.info.get("photoshop")
    found = resources.get(0x0404, b"") if isinstance(resources, dict) else b""
    return found if isinstance(found, bytes) else b""


def _resolution(dpi: Any) -> tuple[float, float] | None:
    try:
        across, down = map(float, dpi)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 0 < across < 1e6 and 0 < down < 1e6 else None


def exif_of(image: Image.Image) -> tuple[bytes, int]:
    """Give a picture's EXIF without its thumbnail, upright, and how it was turned (1 to 8)."""
    exif = image.getexif()
    # Of TIFF, those who decode the samples turn them themselves.
    turned = 1 if image.format == "TIFF" else exif.get(ORIENTATION, 1)
    for tag in STRUCTURE & exif.keys():
        del exif[tag]
    if not exif or all(tag in RESOLUTION for tag in exif):
        return b"", turned if turned in range(1, 9) else 1
    return exif.tobytes(), turned if turned in range(1, 9) else 1


def sized(exif: bytes, width: int, height: int) -> bytes:
    """Let EXIF say how large the picture is now, where it said so before."""
    if not exif:
        return exif
    told = Image.Exif()
    told.load(exif)
    inner = told.get_ifd(ExifTags.IFD.Exif)
    if WIDTH not in inner and HEIGHT not in inner:
        return exif
    inner[WIDTH], inner[HEIGHT] = width, height
    return told.tobytes()


def worked_on(
    metadata: Metadata, operations: Iterable[Any], source: Path, generated: bool = False
) -> Metadata:
    """Say what was done to a picture, in XMP's history, and if it was made by a trained model."""
    line = recorded({}, operations, source)[TAG]
    packet = xmp.edited(metadata.xmp, line, generated)
    return replace(metadata, xmp=packet)


def tiff_tags(metadata: Metadata) -> list[tuple[int, str | int, int, Any, bool]]:
    """Give what a TIFF says of a picture as tags for tifffile: code, kind, count, value, once."""
    tags: list[tuple[int, str | int, int, Any, bool]] = []
    for code, block in (XMP_TAG, metadata.xmp), (IPTC_TAG, metadata.iptc):
        if block:
            tags.append((code, 1 if code == XMP_TAG else 7, len(block), block, True))
    return tags
