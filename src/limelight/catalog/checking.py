"""Rows checked: those that can be used in the catalogue's own columns, and why the others can't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.catalog.cells import (
    MISSING_IDS,
    as_text,
    by_distinct,
    id_problem,
    to_attributes,
    to_names,
    to_numbers,
)
from limelight.catalog.columns import kind_of, words_are_names
from limelight.catalog.formats.batch import Batch, Reject
from limelight.catalog.times import to_dates, to_microseconds
from limelight.catalog.vocabulary import ITEMS, USERS, TableName

CHECKED_EVENTS = pl.Schema(
    {
        "user_id": pl.String(),
        "item_id": pl.String(),
        "kind": pl.String(),
        "value": pl.Float64(),
        "time": pl.Int64(),
    }
)
"""Events with their time in µs since 1970."""


@dataclass
class Checked:
    """Good rows, and the bad ones in the order of their lines."""

    rows: pl.DataFrame
    rejects: list[Reject] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Count all rows, good and bad."""
        return self.rows.height + len(self.rejects)


class _Problems:
    """What is wrong with the rows of a batch, each row's first problem alone."""

    def __init__(self, n_rows: int) -> None:
        self.reasons = pl.Series([None] * n_rows, dtype=pl.String)

    def note(self, reasons: pl.Series) -> None:
        if reasons.null_count() < len(reasons):
            self.reasons = self.reasons.zip_with(self.reasons.is_not_null(), reasons)

    def note_where(self, bad: pl.Series, reason: str) -> None:
        if bad.any():
            self.note(bad.replace_strict({True: reason}, default=None, return_dtype=pl.String))

    def split(self, batch: Batch, rows: pl.DataFrame, source: str) -> Checked:
        rejects = [Reject(source, *parts) for parts in batch.rejects]
        if self.reasons.null_count() < len(self.reasons):
            bad = self.reasons.is_not_null()
            rejects += [
                Reject(source, int(batch.lines[place]), self.reasons[place], batch.original(place))
                for place in bad.arg_true()
            ]
            rows = rows.filter(~bad)
        return Checked(rows, sorted(rejects, key=lambda reject: reject.line))


class Checker:
    """Checks one file's batches.

    ``columns`` says which column each field is read from; ``kind`` is that of events or titles that
    have none of their own. A title or user that was already described in the file is bad, unless
    the rows say the same.
    """

    def __init__(
        self, source: str, table: TableName, columns: Mapping[str, str], kind: str | None
    ) -> None:
        """Check rows of ``table``."""
        self._source = source
        self._table = table
        self._columns = columns
        self._kind = kind
        self._described: dict[str, tuple[int, int]] = {}

    def check(self, batch: Batch) -> Checked:
        """Part the good rows from the bad."""
        problems = _Problems(batch.frame.height)
        if self._table == "events":
            rows = _events(batch.frame, self._columns, self._kind, problems)
        elif self._table == "items":
            rows = _items(batch, self._columns, self._kind, problems)
        else:
            rows = _users(batch, self._columns, problems)
        if self._table != "events":
            self._note_repeats(rows, batch.lines, problems)
        return problems.split(batch, rows, self._source)

    def _note_repeats(
        self, rows: pl.DataFrame, lines: NDArray[np.int64], problems: _Problems
    ) -> None:
        reasons: list[str | None] = []
        for row, line, problem in zip(rows.iter_rows(), lines, problems.reasons, strict=True):
            first, said = self._described.setdefault(row[0], (int(line), hash(str(row))))
            again = problem is None and said != hash(str(row))
            reasons.append(f"the id of line {first:,} with other values" if again else None)
        problems.note(pl.Series(reasons, dtype=pl.String))


def _events(
    frame: pl.DataFrame, columns: Mapping[str, str], kind: str | None, problems: _Problems
) -> pl.DataFrame:
    user_ids = _ids(frame[columns["user_id"]], "user_id", problems)
    item_ids = _ids(frame[columns["item_id"]], "item_id", problems)
    other_kind = kind or kind_of(columns.get("value"))
    if "kind" in columns:
        kinds = _kinds(frame[columns["kind"]], problems).fill_null(other_kind)
    else:
        kinds = pl.Series([other_kind]).new_from_index(0, frame.height)
    values = pl.Series([None], dtype=pl.Float64).new_from_index(0, frame.height)
    if "value" in columns:
        values = to_numbers(frame[columns["value"]])
        problems.note_where(values.is_nan().fill_null(False), "value is no finite number")
    times = pl.Series([None], dtype=pl.Int64).new_from_index(0, frame.height)
    if "time" in columns:
        cells = frame[columns["time"]]
        times = to_microseconds(cells)
        if times.null_count() > cells.null_count():
            problems.note_where(
                times.is_null() & cells.is_not_null(),
                "time is neither a number since 1970 nor an ISO date",
            )
    parts = (user_ids, item_ids, kinds, values, times)
    return pl.DataFrame(dict(zip(CHECKED_EVENTS, parts, strict=True)))


def _items(
    batch: Batch, columns: Mapping[str, str], kind: str | None, problems: _Problems
) -> pl.DataFrame:
    frame = batch.frame
    rows: dict[str, pl.Series] = {"item_id": _ids(frame[columns["item_id"]], "item_id", problems)}
    for name in ("title", "text", "parent_id"):
        rows[name] = _text(frame, columns.get(name), name, problems)
    rows["kind"] = _empty(frame, ITEMS["kind"])
    if "kind" in columns:
        rows["kind"] = _kinds(frame[columns["kind"]], problems)
    if kind:
        rows["kind"] = rows["kind"].fill_null(kind)
    rows["released"] = _empty(frame, ITEMS["released"])
    if "released" in columns:
        cells = frame[columns["released"]]
        rows["released"] = to_dates(cells)
        wrong = rows["released"].is_null() & cells.is_not_null()
        problems.note_where(wrong, "released is neither a date nor a year")
    rows["categories"] = _empty(frame, ITEMS["categories"])
    if "categories" in columns:
        words = words_are_names(columns["categories"])
        names = [to_names(cell, words=words) for cell in frame[columns["categories"]].to_list()]
        rows["categories"] = pl.Series(names, dtype=ITEMS["categories"])
    rows["attributes"] = _attributes(batch, columns.get("attributes"), problems)
    return pl.DataFrame(rows).select(*ITEMS)


def _users(batch: Batch, columns: Mapping[str, str], problems: _Problems) -> pl.DataFrame:
    rows = {
        "user_id": _ids(batch.frame[columns["user_id"]], "user_id", problems),
        "attributes": _attributes(batch, columns.get("attributes"), problems),
    }
    return pl.DataFrame(rows).select(*USERS)


def _ids(cells: pl.Series, name: str, problems: _Problems) -> pl.Series:
    ids = by_distinct(as_text(cells), lambda distinct: distinct.str.strip_chars())
    _note_ids(ids, ids.unique(), name, problems)
    return ids


def _kinds(cells: pl.Series, problems: _Problems) -> pl.Series:
    def plain(kinds: pl.Series) -> pl.Series:
        kinds = kinds.str.strip_chars().str.to_lowercase()
        return kinds.set(kinds.is_in(MISSING_IDS), None)

    kinds = by_distinct(as_text(cells), plain)
    _note_ids(kinds, kinds.unique().drop_nulls(), "kind", problems)
    return kinds


def _note_ids(ids: pl.Series, distinct: pl.Series, name: str, problems: _Problems) -> None:
    found = id_problem(distinct, name)
    if found.null_count() < len(found):
        known = dict(zip(distinct, found, strict=True))
        problems.note(ids.replace_strict(known, default=None, return_dtype=pl.String))


def _text(frame: pl.DataFrame, column: str | None, name: str, problems: _Problems) -> pl.Series:
    if column is None:
        return _empty(frame, pl.String())
    texts = as_text(frame[column])
    problems.note_where(
        texts.str.contains("\0", literal=True).fill_null(False), f"{name} holds a NUL character"
    )
    return texts


def _attributes(batch: Batch, column: str | None, problems: _Problems) -> pl.Series:
    n_rows = batch.frame.height
    cells = [None] * n_rows if column is None else as_text(batch.frame[column]).to_list()
    attributes: list[str | None] = []
    wrong: list[bool] = []
    for cell, others in zip(cells, batch.rest or [{} for _ in cells], strict=True):
        try:
            attributes.append(to_attributes(cell, others))
            wrong.append(False)
        except (ValueError, RecursionError):
            attributes.append(None)
            wrong.append(True)
    problems.note_where(pl.Series(wrong, dtype=pl.Boolean), "attributes is no JSON object")
    return pl.Series(attributes, dtype=pl.String)


def _empty(like: pl.DataFrame | pl.Series, dtype: pl.DataType) -> pl.Series:
    return pl.Series([None], dtype=dtype).new_from_index(0, len(like))
