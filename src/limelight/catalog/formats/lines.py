"""Text decoded to UTF-8, in blocks of whole lines that know their numbers."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field

from limelight.catalog.formats.unpacking import Unpacked
from limelight.errors import BadInputError

BLOCK_BYTES = 16 << 20
LONGEST_LINE_BYTES = 64 << 20
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
LEGACY = "cp1252"


@dataclass
class Block:
    """Whole lines of valid UTF-8, each ended by one newline.

    ``bad`` are lines that could not be decoded, as (line, reason, text); empty lines stand in
    their place.
    """

    data: bytes
    first_line: int
    bad: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def n_lines(self) -> int:
        """Count the lines, empty ones too."""
        return self.data.count(b"\n")

    def lines(self) -> list[bytes]:
        """Give the lines without their newlines."""
        return self.data.split(b"\n")[:-1]


class TextLines:
    """The lines of a text file whatever its encoding.

    UTF-8, UTF-16 and UTF-32 with a byte order mark, and UTF-8 without one are recognised; text that
    is none of these is taken for Windows-1252, which holds Latin-1, and ``notes`` says so.
    """

    def __init__(self, unpacked: Unpacked, encoding: str | None, notes: list[str]) -> None:
        """Read from a file, in ``encoding`` if it is known. Raises BadInputError for no text."""
        self.name = unpacked.name
        self.notes = notes
        self._unpacked = unpacked
        first = unpacked.read(BLOCK_BYTES)
        mark = next((mark for mark in MARKS if first.startswith(mark)), b"")
        self._declared = encoding is not None or MARKS.get(mark, "utf-8") != "utf-8"
        self._encoding = encoding or MARKS.get(mark)
        if self._encoding is not None:
            self._encoding = _known(self._encoding)
        if self._encoding == "utf-8":
            first, self._declared = first.removeprefix(codecs.BOM_UTF8), False
        if not self._declared and first[:4096].count(0) * 100 > len(first[:4096]):
            raise BadInputError(
                f"{self.name} is no text: it holds NUL bytes (if it is UTF-16 without a mark, "
                "say so: --encoding utf-16-le)"
            )
        self._first = first

    def blocks(self) -> Iterator[Block]:
        """Give the lines from the first to the last."""
        carried, line = b"", 1
        for data in self._ended(self._decoded()):
            cut = data.rfind(b"\n") + 1
            if not cut:
                carried += data
                if len(carried) > LONGEST_LINE_BYTES:
                    raise BadInputError(
                        f"{self.name}: line {line:,} is longer than {LONGEST_LINE_BYTES >> 20} MB, "
                        "so this is no table of lines"
                    )
                continue
            block = self._checked(Block(carried + data[:cut], line))
            carried = data[cut:]
            line += block.n_lines
            yield block

    def _raw(self) -> Iterator[bytes]:
        data, self._first = self._first, b""
        while data:
            yield data
            data = self._unpacked.read(BLOCK_BYTES)

    def _decoded(self) -> Iterator[bytes]:
        """Turn a declared encoding into UTF-8; leave alone what may be UTF-8 already."""
        if not self._declared:
            yield from self._raw()
            return
        encoding = str(self._encoding)
        try:
            for text in codecs.iterdecode(self._raw(), encoding):
                yield text.encode("utf-8")
        except (ValueError, TypeError) as error:
            raise BadInputError(f"{self.name} is not {encoding}: {error}") from error

    def _ended(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        """Make every line end with one newline, be it CR LF, CR or nothing at the end."""
        held, last = b"", b"\n"
        for part in parts:
            data = held + part
            held = b""
            if data.endswith(b"\r"):
                data, held = data[:-1], b"\r"
            if b"\r" in data:
                data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            last = data[-1:] or last
            yield data
        if held or last != b"\n":
            yield b"\n"

    def _checked(self, block: Block) -> Block:
        """See that a block is UTF-8; else decode it as legacy text, or blank its bad lines."""
        if self._declared or block.data.isascii():
            return block
        if self._encoding == LEGACY:
            return Block(_from_legacy(block.data), block.first_line)
        try:
            block.data.decode("utf-8")
        except UnicodeDecodeError:
            return self._mended(block)
        self._encoding = "utf-8"
        return block

    def _mended(self, block: Block) -> Block:
        lines = block.lines()
        wrong = [place for place, line in enumerate(lines) if not _is_utf8(line)]
        right = sum(not line.isascii() for line in lines) - len(wrong)
        if self._encoding is None and right < len(wrong):
            self._encoding = LEGACY
            self.notes.append(
                f"{self.name} is not UTF-8; read as Windows-1252 (Latin-1). If that is wrong, "
                "name its encoding"
            )
            return Block(_from_legacy(block.data), block.first_line)
        self._encoding = "utf-8"
        bad = []
        for place in wrong:
            text = lines[place].decode("utf-8", "backslashreplace")
            bad.append((block.first_line + place, "not valid UTF-8", text))
            lines[place] = b""
        return Block(b"\n".join(lines) + b"\n", block.first_line, bad)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _from_legacy(data: bytes) -> bytes:
    try:
        return data.decode(LEGACY).encode("utf-8")
    except UnicodeDecodeError:  # five bytes mean nothing in Windows-1252
        return data.decode("latin-1").encode("utf-8")


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise BadInputError(f"there is no encoding {encoding!r}; say for example latin-1") from None
