"""A file as a table, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal, get_args

from limelight.catalog.formats.batch import TableReader
from limelight.catalog.formats.columnar import ParquetReader
from limelight.catalog.formats.delimited import DelimitedReader, Dialect
from limelight.catalog.formats.jsonlines import JsonLinesReader
from limelight.catalog.formats.layout import (
    MOVIELENS,
    columns_without_header,
    dialect_of,
    distinct_names,
    is_json,
    is_sequences,
)
from limelight.catalog.formats.lines import Block, TextLines
from limelight.catalog.formats.sequences import SequenceReader
from limelight.catalog.formats.sources import Source
from limelight.catalog.formats.unpacking import Unpacked
from limelight.catalog.vocabulary import TableName
from limelight.errors import BadInputError

Format = Literal["csv", "tsv", "dat", "sequences", "jsonl", "parquet"]
"""``dat`` is MovieLens' ``::`` between fields, ``sequences`` is ``user item item …`` a line."""

LINES_TO_LOOK_AT = 100
MOST_COLUMNS = 10_000


@dataclass
class OpenTable:
    """A file being read: ``done`` of ``total`` bytes or rows, total None where unknown."""

    reader: TableReader
    done: Callable[[], int]
    total: int | None
    notes: list[str] = field(default_factory=list)


@contextmanager
def open_table(
    source: Source,
    table: TableName,
    *,
    mapping: Mapping[str, str] | None,
    format: Format | None,
    encoding: str | None,
) -> Iterator[OpenTable]:
    """Open a file, and find out its format, encoding and columns where they are not said.

    Raises BadInputError or UnavailableError, saying what the file is instead of a table.
    """
    if format not in {None, *get_args(Format)}:
        raise BadInputError(f"there is no format {format!r}; say {', '.join(get_args(Format))}")
    with Unpacked(source) as unpacked:
        if unpacked.is_parquet or format == "parquet":
            if source.path is None or unpacked.is_packed:
                raise BadInputError(
                    f"{source.name}: Parquet can be read from a plain file only; unpack it"
                )
            parquet = ParquetReader(source)
            try:
                yield OpenTable(parquet, lambda: parquet.done, parquet.n_rows)
            finally:
                parquet.close()
            return
        if source.suffixes and source.suffixes[-1] in {".parquet", ".pq"}:
            raise BadInputError(f"{source.name} is called Parquet but is not; rename it")
        notes: list[str] = []
        text = TextLines(unpacked, encoding, notes)
        reader = _text_reader(text, source, table, mapping, format, notes)
        yield OpenTable(reader, lambda: unpacked.done, unpacked.total, notes)


def _text_reader(
    text: TextLines,
    source: Source,
    table: TableName,
    mapping: Mapping[str, str] | None,
    format: Format | None,
    notes: list[str],
) -> TableReader:
    blocks = text.blocks()
    first = next((block for block in blocks if block.data.strip()), None)
    if first is None:
        raise BadInputError(f"{source.name} is empty")
    head = _head(first)
    lines = [line for _, line in head]
    all_blocks = chain([first], blocks)
    if format == "jsonl" or (format is None and is_json(lines[0])):
        return JsonLinesReader(all_blocks)
    if format is None and lines[0].lstrip().startswith("["):
        raise BadInputError(f"{source.name} is one JSON array; write one object a line instead")
    if format == "sequences":
        return SequenceReader(all_blocks)
    dialect = {"tsv": Dialect("\t"), "dat": MOVIELENS}.get(format or "")
    dialect = dialect or dialect_of(lines, source.suffixes, table)
    if dialect is None and format is None and is_sequences(lines, table):
        return SequenceReader(all_blocks)
    dialect = dialect or Dialect(",")
    rows = [dialect.split(line) for line in lines]
    if len(rows[0]) > MOST_COLUMNS:
        raise BadInputError(
            f"{source.name}: its first line has {len(rows[0]):,} columns, and a table of {table} "
            f"at most {MOST_COLUMNS:,}; is it the right file?"
        )
    columns = columns_without_header(rows, table, dialect, mapping)
    if columns is None:
        columns = distinct_names(rows[0])
        n_used = head[0][0] - first.first_line + 1
        after = first.data.split(b"\n", n_used)[-1]
        rest = [Block(after, first.first_line + n_used, first.bad)] if after else []
        all_blocks = chain(rest, blocks)
    else:
        notes.append(f"{source.name} has no header; its columns are read as {', '.join(columns)}")
    return DelimitedReader(all_blocks, columns, dialect, multiline=table != "events")


def _head(block: Block) -> list[tuple[int, str]]:
    """Give the first lines that are not blank, with their numbers."""
    head: list[tuple[int, str]] = []
    for number, line in enumerate(block.lines(), block.first_line):
        if line.strip():
            head.append((number, line.decode("utf-8")))
        if len(head) == LINES_TO_LOOK_AT:
            break
    return head
