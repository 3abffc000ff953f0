"""The bytes of a file, unpacked whatever packed them, and refused where they are no table."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zipfile
import zlib
from collections.abc import Callable
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

import pyarrow as pa

from limelight.catalog.formats.sources import Source
from limelight.errors import BadInputError, UnavailableError

PACKINGS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
}
SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd", ".zip": "zip"}

OPENERS: dict[str, Callable[[Any], Any]] = {
    "gzip": lambda file: gzip.GzipFile(fileobj=file),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
    "zstd": lambda file: pa.CompressedInputStream(file, "zstd"),
}

NOT_TABLES = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"MZ\x90\x00": "a program",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Office document; save the table as CSV",
    b"ARROW1": "an Arrow file; write it as Parquet",
    b"ID3": "a sound file",
    b"OggS": "a sound file",
    b"fLaC": "a sound file",
    b"RIFF": "a sound or video file",
    b"7z\xbc\xaf": "a 7-Zip archive; unpack it",
    b"Rar!": "a RAR archive; unpack it",
    b"<!DOCTYPE": "a web page",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML document",
}
PARQUET = b"PAR1"
HEAD_BYTES = 512
DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowException)


class Unpacked:
    """The bytes of a source from its start, unpacked as they are read.

    ``total`` is the size of the file as it lies on disk, None for standard input and pipes.
    """

    def __init__(self, source: Source) -> None:
        """Open it. Raises BadInputError or UnavailableError where it is no table or unreadable."""
        self.name = source.name
        self.total: int | None = None
        try:
            if source.path:
                self._file = io.BufferedReader(source.path.open("rb", buffering=0))
                self.total = source.path.stat().st_size if source.path.is_file() else None
            else:
                self._file = io.BufferedReader(cast("io.FileIO", sys.stdin.buffer))
            magic = self._file.peek(HEAD_BYTES)
        except OSError as error:
            raise UnavailableError(f"{source.name} can't be read: {error.strerror}") from error
        self._keep_open = source.path is None
        self._given = 0
        self._stream: BinaryIO = self._file
        try:
            if not magic:
                raise BadInputError(f"{source.name} is empty")
            self._unpack(source, magic)
            self._head = self._read(HEAD_BYTES)
            self._refuse_others()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Give the bytes themselves."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    @property
    def is_parquet(self) -> bool:
        """Whether the bytes begin as Parquet does."""
        return self._head.startswith(PARQUET)

    @property
    def is_packed(self) -> bool:
        """Whether the bytes lie compressed on disk."""
        return self._stream is not self._file

    @property
    def done(self) -> int:
        """How far the file on disk is read; where that can't be told, how many bytes were given."""
        return self._given if self.total is None else self._file.tell()

    def read(self, size: int) -> bytes:
        """Give the next bytes, empty at the end. Raises BadInputError where they are damaged."""
        if self._head:
            head, self._head = self._head, b""
            return head + self._read(size)
        return self._read(size)

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self._stream is not self._file:
            self._stream.close()
        if self._keep_open:
            self._file.detach()
        else:
            self._file.close()

    def _read(self, size: int) -> bytes:
        try:
            data = self._stream.read(size)
        except DAMAGED as error:
            raise BadInputError(
                f"{self.name} is damaged or cut off: after {self._given:,} bytes of its content, "
                f"{str(error) or type(error).__name__}. Get the file again"
            ) from error
        self._given += len(data)
        return bytes(data)

    def _unpack(self, source: Source, magic: bytes) -> None:
        packing = next((name for mark, name in PACKINGS.items() if magic.startswith(mark)), None)
        promised = SUFFIXES.get(source.suffixes[-1]) if source.suffixes else None
        if promised and packing is None:
            raise BadInputError(
                f"{source.name} is called {source.suffixes[-1]} but is not packed with {promised}; "
                "rename it or get it again"
            )
        if packing in OPENERS:
            self._stream = OPENERS[packing](self._file)
        elif packing == "zip":
            self._stream = self._only_member()

    def _only_member(self) -> BinaryIO:
        if self.total is None:
            raise BadInputError(f"{self.name}: a zip archive can't be read from a pipe; unpack it")
        try:
            archive = zipfile.ZipFile(self._file)
            names = [
                name
                for name in archive.namelist()
                if not name.endswith("/") and not name.startswith("__MACOSX/")
            ]
            if "xl/workbook.xml" in names:
                raise BadInputError(f"{self.name} is an Excel workbook; save the sheet as CSV")
            if len(names) != 1:
                shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
                raise BadInputError(
                    f"{self.name} holds {len(names):,} files ({shown}); unpack it and name one"
                )
            return cast("BinaryIO", archive.open(names[0]))
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise BadInputError(f"{self.name} can't be unpacked: {error}") from error

    def _refuse_others(self) -> None:
        if not self._head:
            raise BadInputError(f"{self.name} is empty")
        for mark, what in NOT_TABLES.items():
            if self._head.startswith(mark):
                raise BadInputError(f"{self.name} is no table but {what}")
        if self._head[4:8] == b"ftyp":
            raise BadInputError(f"{self.name} is no table but a video file")
        if any(self._head.startswith(mark) for mark in PACKINGS):
            raise BadInputError(f"{self.name} is packed twice; unpack it once")
