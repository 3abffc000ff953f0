"""What kind of text a table is written in: its format, its delimiter and its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from limelight.catalog.columns import has_required
from limelight.catalog.formats.delimited import Dialect
from limelight.catalog.vocabulary import TableName

DELIMITERS = "\t,;|"
TAB_SUFFIXES = {".tsv", ".inter", ".item", ".user"}
MOVIELENS = Dialect("::", quoted=False)

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
_WHOLE = re.compile(r"-?\d+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
EARLIEST_STAMP = 100_000_000
"""A whole number this large, in a column without a name, is a time: 1973 in seconds."""

LAST_FM_360K = ["user_id", "artist_id", "artist_name", "plays"]
LAST_FM_1K = ["user_id", "timestamp", "artist_id", "artist_name", "track_id", "track_name"]
MOVIELENS_COLUMNS: dict[tuple[TableName, int], list[str]] = {
    ("items", 3): ["item_id", "title", "genres"],
    ("users", 5): ["user_id", "gender", "age", "occupation", "zip_code"],
}


def is_json(line: str) -> bool:
    """Say whether a first line begins an object."""
    return line.lstrip().startswith("{")


def dialect_of(lines: Sequence[str], suffixes: Sequence[str], table: TableName) -> Dialect | None:
    """Say how the fields of the first lines are delimited, or None where nothing delimits them."""
    if all("::" in line for line in lines):
        return MOVIELENS
    if TAB_SUFFIXES & set(suffixes):
        return Dialect("\t")
    best, best_score = None, (0.0, 1)
    for delimiter in DELIMITERS:
        dialect = Dialect(delimiter)
        widths = [len(dialect.split(line)) for line in lines]
        score = (widths.count(widths[0]) / len(widths), widths[0])
        if widths[0] > 1 and score > best_score:
            best, best_score = dialect, score
    if best is None and has_required(lines[0].split(" "), table):
        return Dialect(" ")
    return best


def is_sequences(lines: Sequence[str], table: TableName) -> bool:
    """Say whether lines without a delimiter are ``user item …``."""
    return table == "events" and all(len(line.split()) > 1 for line in lines)


def columns_without_header(
    rows: Sequence[Sequence[str]],
    table: TableName,
    dialect: Dialect,
    mapping: Mapping[str, str] | None,
) -> list[str] | None:
    """Name the columns of a file that has no header; None where the first row is one.

    Where ``mapping`` says numbers, columns are called 1, 2, 3 and so on.
    """
    first = rows[0]
    if mapping and not (set(mapping.values()) - {""}) & set(first):
        chosen = [column for column in mapping.values() if column]
        if chosen and all(_WHOLE.fullmatch(column) for column in chosen):
            return [str(number) for number in range(1, len(first) + 1)]
    if has_required(first, table):
        return None
    if table == "events":
        return _event_columns(rows)
    if dialect == MOVIELENS:
        numbers = [str(number) for number in range(1, len(first) + 1)]
        return MOVIELENS_COLUMNS.get((table, len(first)), numbers)
    return None


def _event_columns(rows: Sequence[Sequence[str]]) -> list[str] | None:
    width = len(rows[0])
    columns = list(zip(*(row for row in rows if len(row) == width), strict=True))
    number = [all(_NUMBER.fullmatch(cell) for cell in column) for column in columns]
    time = [_is_time(column) for column in columns]
    whole = [all(_WHOLE.fullmatch(cell) for cell in column) for column in columns]
    known = (
        (width == 2 and all(whole), ["user_id", "item_id"]),
        (width == 3 and time[-1], ["user_id", "item_id", "timestamp"]),
        (width == 3 and number[-1], ["user_id", "item_id", "rating"]),
        (width == 4 and number[-2] and time[-1], ["user_id", "item_id", "rating", "timestamp"]),
        (width == 4 and number[-1] and not number[-2], LAST_FM_360K),
        (width == 6 and time[1], LAST_FM_1K),
    )
    return next((names for fits, names in known if fits), None)


def _is_time(cells: Sequence[str]) -> bool:
    return all(
        _DATE.match(cell) or (_WHOLE.fullmatch(cell) and int(cell) >= EARLIEST_STAMP)
        for cell in cells
    )


def distinct_names(header: Sequence[str]) -> list[str]:
    """Give every column a name of its own."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for place, cell in enumerate(header, 1):
        name = cell.strip() or f"column {place}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
