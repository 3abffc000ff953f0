"""Arrays out of a TensorFlow checkpoint, without TensorFlow.

A checkpoint of version 2 is an index and files of the values' bytes. The index is a LevelDB table
(google/leveldb, doc/table_format.md) from a variable's name to a BundleEntryProto (tensorflow,
core/protobuf/tensor_bundle.proto) that says its type, shape and place.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limelight.errors import CorruptError

MAGIC = struct.pack("<Q", 0xDB4775248B80FB57)
FOOTER = 48
UNPACKED = 0
FLOAT32 = 1
WIRE_VARINT, WIRE_TEXT, WIRE_FIXED32 = 0, 2, 5


@dataclass(frozen=True)
class _Entry:
    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int


def read_checkpoint(index: bytes, data: bytes) -> dict[str, NDArray[np.float32]]:
    """Give the float32 variables by name from the bytes of an index and of its only data file.

    Raises CorruptError where they are not what the format says.
    """
    try:
        return dict(_variables(index, data))
    except (IndexError, struct.error, ValueError, UnicodeDecodeError) as error:
        raise CorruptError(f"the TensorFlow checkpoint can't be read ({error})") from error


def _variables(index: bytes, data: bytes) -> Iterator[tuple[str, NDArray[np.float32]]]:
    if index[-len(MAGIC) :] != MAGIC:
        raise ValueError("its index does not end as one does")
    at = len(index) - FOOTER
    for _ in range(2):  # the place of the meta-index
        _, at = _varint(index, at)
    for _, handle in _block(index, *_handle(index, at)):
        for name, value in _block(index, *_handle(handle, 0)):
            if not name:
                continue  # the header
            entry = _entry(value)
            if entry.dtype != FLOAT32:
                continue
            if entry.shard or entry.size != 4 * math.prod(entry.shape):
                raise ValueError(f"{name!r} is not where or what its entry says")
            values = np.frombuffer(data, "<f4", math.prod(entry.shape), entry.offset)
            yield name.decode(), values.reshape(entry.shape).astype(np.float32)


def _handle(source: bytes, at: int) -> tuple[int, int]:
    offset, at = _varint(source, at)
    size, _ = _varint(source, at)
    return offset, size


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Give the keys and values of a block; a key shares its beginning with the one before it."""
    if table[offset + size] != UNPACKED:
        raise ValueError("its index is packed")
    block = table[offset : offset + size]
    (restarts,) = struct.unpack("<I", block[-4:])
    end = len(block) - 4 * (restarts + 1)
    key, at = b"", 0
    while at < end:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + own]
        at += own
        yield key, block[at : at + length]
        at += length


def _entry(message: bytes) -> _Entry:
    values: dict[int, int] = {}
    shape: tuple[int, ...] = ()
    for field, value in _fields(message):
        if isinstance(value, bytes):
            shape = tuple(_dimensions(value)) if field == 2 else shape
        else:
            values[field] = value
    return _Entry(values.get(1, 0), shape, values.get(3, 0), values.get(4, 0), values.get(5, 0))


def _dimensions(shape: bytes) -> Iterator[int]:
    for field, dimension in _fields(shape):
        if field == 2 and isinstance(dimension, bytes):
            sizes = [size for one, size in _fields(dimension) if one == 1]
            yield int(sizes[0]) if sizes else 0


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Give the fields of a protocol buffer message by number."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        field, wire = tag >> 3, tag & 7
        if wire == WIRE_VARINT:
            number, at = _varint(message, at)
            yield field, number
        elif wire == WIRE_TEXT:
            length, at = _varint(message, at)
            yield field, message[at : at + length]
            at += length
        elif wire == WIRE_FIXED32:
            yield field, struct.unpack_from("<I", message, at)[0]
            at += 4
        else:
            raise ValueError(f"a field is written in an unknown way ({wire})")


def _varint(source: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = source[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
