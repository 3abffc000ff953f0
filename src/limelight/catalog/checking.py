"""Rows checked: those that can be used, in the catalogue's own columns, and why others can't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.catalog.cells import as_text, to_attributes, to_names, to_numbers
from limelight.catalog.columns import kind_of, words_are_names
from limelight.catalog.formats.batch import Batch, Reject
from limelight.catalog.ids import IdColumn
from limelight.catalog.times import to_dates, to_microseconds
from limelight.catalog.vocabulary import EVENTS, ITEMS, TableName


@dataclass
class Checked:
    """Good rows, and the bad ones in the order of their lines.

    Titles and users have the columns of ITEMS and USERS. Events have those of EVENTS, but ids and
    kinds are Categoricals, of one type for a file and field, and the time is int64 µs since 1970.
    """

    rows: pl.DataFrame
    rejects: list[Reject] = field(default_factory=list)


def new_id_columns() -> dict[str, IdColumn]:
    """Make what reads the ids and kinds of one file, or of files that are to be one table."""
    return {
        "user_id": IdColumn("user_id"),
        "item_id": IdColumn("item_id"),
        "kind": IdColumn("kind", lower_case=True),
    }


class Checker:
    """Checks one file's batches.

    ``columns`` says which column each field is read from; ``kind`` is that of events or titles that
    have none of their own. A title or user that was already described in the file is bad, unless
    the rows say the same.
    """

    def __init__(
        self,
        source: str,
        table: TableName,
        columns: Mapping[str, str],
        kind: str | None,
        id_columns: Mapping[str, IdColumn] | None = None,
    ) -> None:
        """Check rows of ``table``; files that share ``id_columns`` share their Categoricals."""
        self._source = source
        self._table = table
        self._columns = columns
        self._kind = kind.strip().lower() if kind else None
        self._id_columns = id_columns or new_id_columns()
        self._described: dict[str, tuple[int, int]] = {}

    def check(self, batch: Batch) -> Checked:
        """Part the good rows from the bad."""
        problems = _Problems(batch.frame.height)
        if self._table == "events":
            rows = self._events(batch.frame, problems)
        elif self._table == "items":
            rows = self._items(batch, problems)
        else:
            rows = self._users(batch, problems)
        if self._table != "events":
            self._note_repeats(rows, batch.lines, problems)
        return problems.split(batch, rows, self._source)

    def _events(self, frame: pl.DataFrame, problems: _Problems) -> pl.DataFrame:
        rows = [self._ids("user_id", frame, problems), self._ids("item_id", frame, problems)]
        kind = self._kind or kind_of(self._columns.get("value"))
        rows.append(self._kinds(frame, kind, problems))
        if (column := self._columns.get("value")) is not None:
            values = to_numbers(frame[column])
            problems.note_where(values.is_nan(), "value is no finite number")
        else:
            values = _empty(frame, pl.Float64())
        if (column := self._columns.get("time")) is not None:
            times = to_microseconds(frame[column])
            wrong = times.is_null() & frame[column].is_not_null()
            problems.note_where(wrong, "time is neither a number since 1970 nor an ISO date")
        else:
            times = _empty(frame, pl.Int64())
        return pl.DataFrame(dict(zip(EVENTS, [*rows, values, times], strict=True)))

    def _items(self, batch: Batch, problems: _Problems) -> pl.DataFrame:
        frame, columns = batch.frame, self._columns
        rows = {"item_id": self._ids("item_id", frame, problems).cast(pl.String)}
        for name in ("title", "text", "parent_id"):
            rows[name] = _text(frame, columns.get(name), name, problems)
        rows["kind"] = self._kinds(frame, self._kind, problems).cast(pl.String)
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

    def _users(self, batch: Batch, problems: _Problems) -> pl.DataFrame:
        rows = {
            "user_id": self._ids("user_id", batch.frame, problems).cast(pl.String),
            "attributes": _attributes(batch, self._columns.get("attributes"), problems),
        }
        return pl.DataFrame(rows)

    def _ids(self, name: str, frame: pl.DataFrame, problems: _Problems) -> pl.Series:
        ids, wrong = self._id_columns[name].read(frame[self._columns[name]])
        problems.note_where(ids.is_null(), f"no {name}")
        if wrong is not None:
            problems.note(wrong)
        return ids

    def _kinds(self, frame: pl.DataFrame, other: str | None, problems: _Problems) -> pl.Series:
        """Read kinds; ``other`` is that of rows that have none."""
        column = self._id_columns["kind"]
        others = column.constant(other, frame.height) if other else None
        if "kind" not in self._columns:
            return _empty(frame, pl.String()) if others is None else others
        kinds, wrong = column.read(frame[self._columns["kind"]])
        if wrong is not None:
            problems.note(wrong)
        return kinds if others is None else kinds.zip_with(kinds.is_not_null(), others)

    def _note_repeats(
        self, rows: pl.DataFrame, lines: NDArray[np.int64], problems: _Problems
    ) -> None:
        reasons: list[str | None] = []
        for row, line, problem in zip(rows.iter_rows(), lines, problems.reasons, strict=True):
            reasons.append(None)
            if problem is None:
                said = hash(str(row))
                first, said_first = self._described.setdefault(row[0], (int(line), said))
                if said != said_first:
                    reasons[-1] = f"the id of line {first:,} with other values"
        problems.note(pl.Series(reasons, dtype=pl.String))


class _Problems:
    """What is wrong with the rows of a batch, each row's first problem alone."""

    def __init__(self, n_rows: int) -> None:
        self.reasons = pl.Series([None], dtype=pl.String).new_from_index(0, n_rows)

    def note(self, reasons: pl.Series) -> None:
        if reasons.null_count() < len(reasons):
            self.reasons = self.reasons.zip_with(self.reasons.is_not_null(), reasons)

    def note_where(self, bad: pl.Series, reason: str) -> None:
        bad = bad.fill_null(False)
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


def _text(frame: pl.DataFrame, column: str | None, name: str, problems: _Problems) -> pl.Series:
    if column is None:
        return _empty(frame, pl.String())
    texts = as_text(frame[column])
    problems.note_where(texts.str.contains("\0", literal=True), f"{name} holds a NUL character")
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


def _empty(like: pl.DataFrame, dtype: pl.DataType) -> pl.Series:
    return pl.Series([None], dtype=dtype).new_from_index(0, like.height)
