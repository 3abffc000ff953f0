"""Tables of fields between delimiters: CSV, TSV, and MovieLens' ``::``."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from limelight.catalog.formats.batch import Batch
from limelight.catalog.formats.lines import Block
from limelight.catalog.formats.records import counted, records

ROWS_A_BATCH = 50_000
STAND_IN = "\x1f"
"""The unit separator stands in for a delimiter of two characters."""


@dataclass(frozen=True)
class Dialect:
    """How fields are written: what stands between them, and whether quotes may enclose them."""

    delimiter: str
    quoted: bool = True

    def split(self, line: str) -> list[str]:
        """Split one line into its fields."""
        if not self.quoted or '"' not in line:
            return line.split(self.delimiter)
        return next(csv.reader([line], delimiter=self.delimiter), [])


class DelimitedReader:
    """A table of fields between delimiters; ``multiline`` lets a quoted field hold newlines.

    Blocks whose records are lines, which is to say nearly all, are parsed by Arrow. From the first
    block that is not so plain on, records are read one by one.
    """

    def __init__(
        self, blocks: Iterator[Block], columns: list[str], dialect: Dialect, *, multiline: bool
    ) -> None:
        """Read blocks that begin after the header; ``columns`` are distinct names."""
        self.columns = columns
        self._blocks = blocks
        self._dialect = dialect
        self._multiline = multiline

    def batches(self, wanted: Sequence[str], *, rest: bool) -> Iterator[Batch]:
        """Read on."""
        for block in self._blocks:
            batch = self._plain(block, wanted, rest=rest)
            if batch is None:
                yield from self._one_by_one(chain([block], self._blocks), wanted, rest=rest)
                return
            yield batch

    def _plain(self, block: Block, wanted: Sequence[str], *, rest: bool) -> Batch | None:
        """Parse a block whose records are lines; None where they are not."""
        data, delimiter = block.data, self._dialect.delimiter
        if len(delimiter) > 1:
            data = data.replace(STAND_IN.encode(), b" ").replace(
                delimiter.encode(), STAND_IN.encode()
            )
            delimiter = STAND_IN
        quoted = self._dialect.quoted and b'"' in data
        wrong: list[Any] = []
        try:
            table = self._parse(data, delimiter, None if rest else wanted, wrong, quoted=quoted)
        except pa.ArrowInvalid:
            return None
        n_lines = block.n_lines
        records_are_lines = table.num_rows + len(wrong) == n_lines
        if not records_are_lines or (quoted and (wrong or _ends_inside_quotes(data))):
            return None
        lines = _Lines(block)
        is_row = np.ones(n_lines, bool)
        is_row[[row.number - 1 for row in wrong]] = False
        frame = pl.DataFrame(pl.from_arrow(table))
        if b"\n\n" in data or data.startswith(b"\n"):
            filled = np.array([bool(line.strip()) for line in lines.all])
            frame = frame.filter(pl.Series(filled[is_row]))
            is_row &= filled
        places = np.flatnonzero(is_row)
        rejects = [
            (block.first_line + place, counted(row.actual_columns, len(self.columns)), text)
            for row in wrong
            if (text := lines.text(place := row.number - 1)).strip()
        ]
        return Batch(
            frame.select(wanted),
            places + block.first_line,
            lambda row: lines.text(int(places[row])),
            _rest(frame, wanted) if rest else None,
            block.bad + rejects,
        )

    def _parse(
        self,
        data: bytes,
        delimiter: str,
        wanted: Sequence[str] | None,
        wrong: list[Any],
        *,
        quoted: bool,
    ) -> Any:
        def skip(row: Any) -> str:
            wrong.append(row)
            return "skip"

        return arrow_csv.read_csv(
            pa.BufferReader(data),
            # Arrow numbers wrong rows only when it parses in one thread and one piece.
            arrow_csv.ReadOptions(
                use_threads=False, block_size=len(data) + 1, column_names=self.columns
            ),
            arrow_csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quoted else False,
                ignore_empty_lines=False,
                invalid_row_handler=skip,
            ),
            arrow_csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(self.columns, pa.string()),
                include_columns=list(wanted) if wanted is not None else [],
                null_values=[""],
                strings_can_be_null=True,
            ),
        )

    def _one_by_one(
        self, blocks: Iterator[Block], wanted: Sequence[str], *, rest: bool
    ) -> Iterator[Batch]:
        bad: list[tuple[int, str, str]] = []

        def numbered() -> Iterator[tuple[int, str]]:
            for block in blocks:
                bad.extend(block.bad)
                for place, line in enumerate(block.lines()):
                    yield block.first_line + place, line.decode("utf-8")

        read = records(
            numbered(), self._dialect.delimiter, len(self.columns), multiline=self._multiline
        )
        good = []
        for record in read:
            if record.reason is None:
                good.append(record)
            else:
                bad.append((record.line, record.reason, record.text))
            if len(good) + len(bad) >= ROWS_A_BATCH:
                yield self._gathered(good, bad, wanted, rest=rest)
                good, bad[:] = [], []
        yield self._gathered(good, bad, wanted, rest=rest)

    def _gathered(
        self, good: list[Any], bad: list[tuple[int, str, str]], wanted: Sequence[str], *, rest: bool
    ) -> Batch:
        frame = pl.DataFrame(
            [[field or None for field in record.fields] for record in good],
            schema=dict.fromkeys(self.columns, pl.String),
            orient="row",
        )
        texts = [record.text for record in good]
        return Batch(
            frame.select(wanted),
            np.array([record.line for record in good], np.int64),
            texts.__getitem__,
            _rest(frame, wanted) if rest else None,
            bad.copy(),
        )


class _Lines:
    """The lines of a block, split only if somebody asks."""

    def __init__(self, block: Block) -> None:
        self._block = block

    @cached_property
    def all(self) -> list[bytes]:
        return self._block.lines()

    def text(self, place: int) -> str:
        return self.all[place].decode("utf-8")


def _ends_inside_quotes(data: bytes) -> bool:
    last_line = data[data.rfind(b"\n", 0, -1) + 1 :]
    return last_line.count(b'"') % 2 == 1


def _rest(frame: pl.DataFrame, wanted: Sequence[str]) -> list[dict[str, Any]]:
    return frame.drop(wanted).to_dicts()
