"""EXIF blocks, mended in place: nothing moves, so that makers' notes keep their offsets."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

HEAD = b"Exif\0\0"
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of a value of each of TIFF's kinds."""
SHORT, LONG = 3, 4
ORIENTATION, EXIF, GPS, INTEROP = 274, 34665, 34853, 40965
THUMBNAIL, THUMBNAIL_SIZE = 513, 514
WIDTH, HEIGHT = 40962, 40963


@dataclass(frozen=True)
class Entry:
    """A tag: its kind, how many values, and where these are in the block."""

    tag: int
    kind: int
    count: int
    field: int
    """Where the four bytes are that hold the values or say where they are."""
    place: int

    @property
    def size(self) -> int:
        """Bytes of all values."""
        return SIZES.get(self.kind, 1) * self.count


class Block:
    """An EXIF block, which is a small TIFF: ``data`` begins with II or MM.

    Raises struct.error or ValueError where it is damaged.
    """

    def __init__(self, block: bytes) -> None:
        """Read the head, after "Exif" where there is that."""
        self.data = bytearray(block.removeprefix(HEAD))
        if bytes(self.data[:2]) not in (b"II", b"MM"):
            raise ValueError("neither II nor MM")
        self.order: Literal["<", ">"] = "<" if self.data[:2] == b"II" else ">"
        _, self.first = struct.unpack_from(self.order + "HI", self.data, 2)

    def entries(self, at: int) -> Iterator[Entry]:
        """Read the tags of the directory at ``at``, but those whose values are beyond the end."""
        (count,) = struct.unpack_from(self.order + "H", self.data, at)
        for field in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, values = struct.unpack_from(self.order + "HHI", self.data, field)
            entry = Entry(tag, kind, values, field + 8, field + 8)
            if entry.size > 4:
                (place,) = struct.unpack_from(self.order + "I", self.data, field + 8)
                entry = Entry(tag, kind, values, field + 8, place)
            if entry.place + entry.size <= len(self.data):
                yield entry

    def beyond(self, tag: int) -> int:
        """Say where the directory is that ``tag`` points at; 0 where there is none to read."""
        entry = self.find(tag)
        at = self.number(entry) if entry else 0
        try:
            list(self.entries(at))
        except struct.error:
            return 0
        return at

    def number(self, entry: Entry) -> int:
        """Read a tag's first value, a whole number of 2 or 4 bytes."""
        kind = "H" if entry.kind == SHORT else "I"
        return int(struct.unpack_from(self.order + kind, self.data, entry.place)[0])

    def put(self, entry: Entry, value: int) -> None:
        """Replace a tag's first value."""
        kind = "H" if entry.kind == SHORT else "I"
        struct.pack_into(self.order + kind, self.data, entry.place, value)

    def find(self, tag: int, within: int = 0) -> Entry | None:
        """Find a tag in the first directory, or in the one that the tag ``within`` points at."""
        at = self.beyond(within) if within else self.first
        return next((entry for entry in self.entries(at) if entry.tag == tag), None) if at else None

    @property
    def bytes(self) -> bytes:
        """The block, "Exif" in front."""
        return HEAD + bytes(self.data)


def upright(block: bytes) -> tuple[bytes, int]:
    """Give a block that says that the picture is upright, without thumbnail, and what it said."""
    exif = Block(block)
    list(exif.entries(exif.first))
    said = 1
    if entry := exif.find(ORIENTATION):
        said = exif.number(entry)
        exif.put(entry, 1)
    (count,) = struct.unpack_from(exif.order + "H", exif.data, exif.first)
    link = exif.first + 2 + 12 * count
    (second,) = struct.unpack_from(exif.order + "I", exif.data, link)
    if second:
        struct.pack_into(exif.order + "I", exif.data, link, 0)
        _blank_thumbnail(exif, second)
    return exif.bytes, said if said in range(1, 9) else 1


def sized(block: bytes, width: int, height: int) -> bytes:
    """Let a block say how large the picture is now, where it said so before."""
    if not block:
        return block
    exif = Block(block)
    for tag, value in (WIDTH, width), (HEIGHT, height):
        entry = exif.find(tag, EXIF)
        if entry is not None and (entry.kind == LONG or value < 65536):
            exif.put(entry, value)
    return exif.bytes


def _blank_thumbnail(exif: Block, second: int) -> None:
    """Take the small picture itself away: it may show what the large one no longer shows."""
    try:
        values = {e.tag: exif.number(e) for e in exif.entries(second) if e.count == 1}
    except (struct.error, ValueError):
        return
    start, size = values.get(THUMBNAIL, 0), values.get(THUMBNAIL_SIZE, 0)
    if start > 0 and start + size <= len(exif.data):
        if start + size == len(exif.data):
            del exif.data[start:]
        else:
            exif.data[start : start + size] = bytes(size)
