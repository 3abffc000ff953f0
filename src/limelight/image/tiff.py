"""Pages of 8 and 16 bits into TIFF files, with all that is said of each."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from limelight.image import exif
from limelight.image.metadata import IPTC_TAG, POINTERS, RESOLUTION, STRUCTURE, XMP_TAG, Metadata

Samples = NDArray[np.unsignedinteger[Any]]
"""(height, width), or (height, width, 2, 3 or 4): grey, grey with alpha, colour, with alpha."""

STRIP = 1 << 20
"""Bytes of a strip: readers may need but a part of a large picture."""
STAND_IN = 1
"""tifffile writes no pointers: tags of numbers so much less hold their places, in order."""
BYTES, UNDEFINED = 1, 7

CLASSIC = 3 << 30
"""Bytes beyond which a TIFF's offsets have 64 bits."""

Tag = tuple[int, int, int, bytes | int, bool]


def add_page(draft: Path, page: Samples, metadata: Metadata, first: bool, large: bool) -> None:
    """Write a page to a TIFF, after those that it has, with no loss: deflate, by differences.

    A ``large`` file has offsets of 64 bits; tell of it with the ``first`` page.
    """
    channels = 1 if page.ndim == 2 else page.shape[2]
    block = exif.Block(metadata.exif) if metadata.exif else None
    if large and block is not None and block.order == ">":  # which readers don't expect there
        block = None
    tags: list[Tag] = []
    if metadata.xmp:
        tags.append((XMP_TAG, BYTES, len(metadata.xmp), metadata.xmp, True))
    if metadata.iptc:
        tags.append((IPTC_TAG, UNDEFINED, len(metadata.iptc), metadata.iptc, True))
    if block is not None:
        tags += _tags(block, pointers=not large)  # whose directories are built in another way
    with tifffile.TiffWriter(
        draft,
        append=not first,
        byteorder=block.order if first and block is not None else None,
        bigtiff=first and large,
    ) as file:
        file.write(
            page,
            photometric="rgb" if channels > 2 else "minisblack",
            planarconfig="contig" if page.ndim == 3 else None,
            extrasamples=["unassalpha"] if channels in (2, 4) else None,
            compression="zlib",
            predictor=True,
            rowsperstrip=max(1, STRIP // (page.shape[1] * page.itemsize * channels)),
            resolution=metadata.dpi or (1, 1),
            resolutionunit="inch" if metadata.dpi else "none",
            iccprofile=metadata.icc or None,
            metadata=None,
            software=False,
            extratags=tags,
        )
    if block is not None and POINTERS & {tag[0] + STAND_IN for tag in tags}:
        _hang(draft, block)


def _tags(block: exif.Block, pointers: bool) -> list[Tag]:
    """Give what the first directory of an EXIF block says; further ones are hung in later."""
    tags: list[Tag] = []
    for entry in block.entries(block.first):
        if entry.tag in POINTERS:
            if pointers and block.beyond(entry.tag):
                tags.append((entry.tag - STAND_IN, exif.LONG, 1, 0, True))
        elif entry.tag not in STRUCTURE | RESOLUTION and entry.kind in exif.SIZES:
            values = bytes(block.data[entry.place : entry.place + entry.size])
            tags.append((entry.tag, entry.kind, entry.count, values, True))
    return tags


def _hang(draft: Path, block: exif.Block) -> None:
    """Append the block to the file and let the last page point at the directories within it."""
    with tifffile.TiffFile(draft) as file:
        page: Any = file.pages[-1]
        held = {tag: page.tags.get(tag - STAND_IN) for tag in POINTERS}
    with draft.open("r+b") as raw:
        raw.seek(0, 2)
        base = raw.tell() + raw.tell() % 2
        moved = exif.Block(block.bytes)
        for tag, stand_in in held.items():
            if stand_in is not None:
                at = block.beyond(tag)
                _move(block, moved, at, base)
                raw.seek(stand_in.offset)
                raw.write(struct.pack(block.order + "H", tag))
                raw.seek(stand_in.valueoffset)
                raw.write(struct.pack(block.order + "I", base + at))
        raw.seek(base)
        raw.write(moved.data)


def _move(block: exif.Block, moved: exif.Block, at: int, base: int) -> None:
    """Let a directory at ``at`` and what it points at be ``base`` bytes further on."""
    for entry in block.entries(at):
        if entry.place != entry.field:
            struct.pack_into(block.order + "I", moved.data, entry.field, base + entry.place)
        elif entry.tag == exif.INTEROP:
            with suppress(struct.error):
                _move(block, moved, block.number(entry), base)
            moved.put(entry, base + block.number(entry))
