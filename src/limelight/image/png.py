"""PNG's chunks (ISO 15948): what a file says beside its pixels, wherever in it that stands."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR = frozenset({"gAMA", "cHRM", "sRGB", "cICP"})
XMP = "XML:com.adobe.xmp"
COMMENT = "Comment"
LONGEST = 1 << 24
"""Bytes of the longest chunk that is text, packed or unpacked."""


@dataclass
class Said:
    """Texts by name, an EXIF block, and chunks on colour by name."""

    texts: dict[str, str] = field(default_factory=dict)
    exif: bytes = b""
    colour: dict[str, bytes] = field(default_factory=dict)


def said(path: Path) -> Said:
    """Read what a PNG says, without its pixels; what is damaged or beyond reason is left out."""
    found = Said()
    for name, data in _chunks(path):
        if name in COLOUR:
            found.colour[name] = data
        elif name == "eXIf":
            found.exif = data
        elif name in ("tEXt", "zTXt", "iTXt"):
            try:
                key, text = _text(name, data)
            except (ValueError, zlib.error):
                continue
            found.texts[key] = text
    return found


def _chunks(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        file.seek(len(SIGNATURE))
        while len(head := file.read(8)) == 8:
            size, name = int.from_bytes(head[:4]), head[4:].decode("latin-1")
            if name in COLOUR | {"eXIf", "tEXt", "zTXt", "iTXt"} and size <= LONGEST:
                yield name, file.read(size)
                file.seek(4, 1)
            else:
                file.seek(size + 4, 1)


def _text(name: str, data: bytes) -> tuple[str, str]:
    key, _, rest = data.partition(b"\0")
    if name == "tEXt":
        return key.decode("latin-1"), rest.decode("latin-1")
    if name == "zTXt":
        return key.decode("latin-1"), _unpacked(rest[1:]).decode("latin-1")
    packed, _, _, told = rest[:1] == b"\1", *rest[2:].partition(b"\0")
    _, _, text = told.partition(b"\0")
    return key.decode("latin-1"), (_unpacked(text) if packed else text).decode()


def _unpacked(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    text = stream.decompress(data, LONGEST)
    if stream.unconsumed_tail:
        raise ValueError("a text that grows beyond reason")
    return text
