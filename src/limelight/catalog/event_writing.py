"""Events into the store: made integers, sorted by their key, and written in large chunks."""

from __future__ import annotations

import numpy as np
import polars as pl
from sqlalchemy import func, select, update

from limelight.catalog import schema
from limelight.catalog.backend import KEYED_EVENTS, ROWS_A_BATCH
from limelight.catalog.writing import Transaction

ROWS_A_CHUNK = 4_000_000
"""Events held in memory at a time, some 35 bytes each; a longer file is merged in by chunks."""

MEETING = ["user_key", "item_key", "kind_key"]
IDENTITY = ["user_key", "time", "item_key", "kind_key"]


class EventWriter:
    """Writes the events of one file.

    An event with a time is identified by user, item, kind and time; said again with another value,
    the last value counts. An event without a time is identified by user, item, kind and how many
    such events stand before it in its file: so repeated plays are kept apart, the same file again
    changes nothing, and a longer version of the file adds only what is new in it.
    """

    def __init__(self, transaction: Transaction) -> None:
        """Write in a transaction."""
        self._transaction = transaction
        self._pending: list[pl.DataFrame] = []
        self._earlier = pl.DataFrame(
            schema={name: KEYED_EVENTS[name] for name in MEETING} | {"earlier": pl.Int32}
        )
        self._changed = 0
        self._count_before = self._count()
        arrival = transaction.connection.scalar(select(schema.state.c.next_arrival))
        self._next_arrival = int(arrival or 0)

    def add(self, events: pl.DataFrame) -> None:
        """Take checked events, ids and kinds as Categoricals and times in µs."""
        book = self._transaction.key_book
        self._pending.append(
            pl.DataFrame(
                {
                    "user_key": book("users").keys(events["user_id"]),
                    "time": events["time"].fill_null(schema.NO_TIME),
                    "item_key": book("items").keys(events["item_id"]),
                    "kind_key": book("kinds").keys(events["kind"]),
                    "value": events["value"],
                }
            )
        )
        if sum(frame.height for frame in self._pending) >= ROWS_A_CHUNK:
            self._write(more=True)

    def finish(self) -> None:
        """Write what is left, and count what was added and updated."""
        if self._pending:
            self._write(more=False)
        added = self._count() - self._count_before
        self._transaction.added += added
        self._transaction.updated += self._changed - added

    def _write(self, *, more: bool) -> None:
        chunk = pl.concat(self._pending)
        self._pending = []
        arrivals = pl.int_range(self._next_arrival, self._next_arrival + chunk.height, eager=True)
        self._next_arrival += chunk.height
        chunk = _identified(chunk.with_columns(arrivals.alias("arrival")))
        chunk = self._continued(chunk, more=more).select(*KEYED_EVENTS)
        transaction = self._transaction
        changed = 0
        for start in range(0, chunk.height, ROWS_A_BATCH):
            transaction.progress(start, chunk.height, "writing events")
            rows = chunk[start : start + ROWS_A_BATCH]
            changed += transaction.backend.write_events(transaction.connection, rows)
        transaction.progress(chunk.height, chunk.height, "writing events")
        if changed:
            self._changed += changed
            transaction.record(*(chunk[name].to_numpy().tobytes() for name in KEYED_EVENTS))
            transaction.connection.execute(
                update(schema.state).values(next_arrival=self._next_arrival)
            )

    def _continued(self, chunk: pl.DataFrame, *, more: bool) -> pl.DataFrame:
        """Number the repeats on from the file's earlier chunks, and remember them for later."""
        if self._earlier.height:
            chunk = chunk.join(
                self._earlier, on=MEETING, how="left", maintain_order="left"
            ).with_columns(
                pl.when(pl.col("time") == schema.NO_TIME)
                .then(pl.col("repeat") + pl.col("earlier").fill_null(0))
                .otherwise(pl.col("repeat"))
                .alias("repeat")
            )
        if more:
            untimed = chunk.filter(pl.col("time") == schema.NO_TIME)
            counts = untimed.group_by(MEETING).agg((pl.col("repeat").max() + 1).alias("earlier"))
            self._earlier = pl.concat([self._earlier, counts]).group_by(MEETING).max()
        return chunk

    def _count(self) -> int:
        count = select(func.count()).select_from(schema.events)
        return self._transaction.connection.scalar(count) or 0


def _identified(chunk: pl.DataFrame) -> pl.DataFrame:
    """Sort by identity, number the repeats without a time, merge those with one."""
    chunk = chunk.sort(*IDENTITY, "arrival")
    first = np.ones(chunk.height, bool)
    first[1:] = False
    for name in IDENTITY:
        column = chunk[name].to_numpy()
        first[1:] |= column[1:] != column[:-1]
    starts = np.flatnonzero(first)
    lengths = np.diff(starts, append=chunk.height)
    repeat = np.arange(chunk.height) - np.repeat(starts, lengths)
    last_value = chunk["value"].gather(np.repeat(starts + lengths - 1, lengths))
    timed = pl.col("time") != schema.NO_TIME
    return chunk.with_columns(
        pl.when(timed).then(last_value).otherwise(pl.col("value")).alias("value"),
        pl.when(timed).then(0).otherwise(pl.Series(repeat)).cast(pl.Int32).alias("repeat"),
    ).filter(~timed | pl.Series(first))
