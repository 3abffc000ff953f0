"""What differs between databases: taking the write lock, and moving events in bulk."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator

import polars as pl
from sqlalchemy import Connection, Engine

from limelight.errors import LimelightError
from limelight.progress import Progress

KEYED_EVENTS = pl.Schema(
    {
        "user_key": pl.Int32(),
        "time": pl.Int64(),
        "item_key": pl.Int32(),
        "kind_key": pl.Int32(),
        "repeat": pl.Int32(),
        "value": pl.Float64(),
        "arrival": pl.Int64(),
    }
)
"""Events as the database holds them: integer keys, and ``time`` in µs since 1970 or NO_TIME."""

READ_EVENTS = "SELECT user_key, time, item_key, kind_key, value, arrival FROM events"
ROWS_A_BATCH = 250_000
SECONDS_BETWEEN_TRIES = 0.1


def reading(user_key: int | None, since: int | None, by_arrival: bool) -> str:
    """Write the query that ``Backend.read_events`` makes."""
    wanted = {"user_key =": user_key, "time >=": since}
    given = [f"{column} {int(value)}" for column, value in wanted.items() if value is not None]
    where = f" WHERE {' AND '.join(given)}" if given else ""
    return READ_EVENTS + where + (" ORDER BY arrival" if by_arrival else "")


class Backend(ABC):
    """One kind of database. ``place`` names it to people, without a password."""

    engine: Engine
    place: str
    errors: tuple[type[Exception], ...]
    """What the driver itself raises."""

    def begin_writing(self, connection: Connection, progress: Progress) -> None:
        """Begin the only writing transaction, waiting for another writer to finish.

        The listener hears of the wait, and may raise to give up.
        """
        started = time.monotonic()
        while not self._try_lock(connection):
            waited = time.monotonic() - started
            progress(waited, None, f"waiting for another process to finish writing to {self.place}")
            time.sleep(SECONDS_BETWEEN_TRIES)

    @abstractmethod
    def _try_lock(self, connection: Connection) -> bool: ...

    @abstractmethod
    def insert(self, connection: Connection, table: str, rows: pl.DataFrame) -> None:
        """Add rows that the table does not hold yet; columns are numbers and text."""

    @abstractmethod
    def write_events(self, connection: Connection, events: pl.DataFrame) -> int:
        """Add events or update their values; say how many rows that changed.

        ``events`` has the columns of KEYED_EVENTS, sorted by the key, each key once.
        """

    @abstractmethod
    def read_events(
        self,
        connection: Connection,
        *,
        user_key: int | None = None,
        since: int | None = None,
        by_arrival: bool = False,
    ) -> Iterator[pl.DataFrame]:
        """Give the columns of KEYED_EVENTS without ``repeat``, a batch at a time.

        Of one user where ``user_key`` is given, from the time ``since`` on where that is.
        """

    @abstractmethod
    def explain(self, error: Exception) -> LimelightError | None:
        """Say in a sentence what the driver's error means; None for a defect of ours."""
