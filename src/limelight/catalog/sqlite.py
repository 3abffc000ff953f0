"""A store in an SQLite file: events in and out by the plain driver."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from limelight.catalog import schema
from limelight.catalog.backend import KEYED_EVENTS, ROWS_A_BATCH, Backend, reading
from limelight.errors import BadInputError, CorruptError, LimelightError, UnavailableError

CACHE_KIB = 256 * 1024

UPSERT = """
INSERT INTO events (user_key, time, item_key, kind_key, repeat, value, arrival)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value
"""

READ_TYPES = np.dtype(
    [
        ("user_key", np.int32),
        ("time", np.int64),
        ("item_key", np.int32),
        ("kind_key", np.int32),
        ("value", np.float64),
        ("arrival", np.int64),
    ]
)


class SqliteBackend(Backend):
    """A file in write-ahead mode: one writer, and any number of readers beside it."""

    errors = (sqlite3.Error,)

    def __init__(self, url: URL) -> None:
        """Open or make the file. Raises BadInputError or UnavailableError where that can't be."""
        if not url.database or url.database == ":memory:":
            raise BadInputError("a store needs a file: sqlite:///path/to/limelight.db")
        path = Path(url.database)
        if path.is_dir():
            raise BadInputError(f"{path} is a folder; name a file, as {path / 'limelight.db'}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError(f"{path.parent} can't be made: {error.strerror}") from error
        self.place = str(path)
        self.engine = create_engine(url)
        event.listen(self.engine, "connect", _configure)
        event.listen(self.engine, "begin", _begin)

    def _try_lock(self, connection: Connection) -> bool:
        try:
            connection.execution_options(begin="BEGIN IMMEDIATE").begin()
        except OperationalError as error:
            if _is_busy(error.orig):
                return False
            raise
        return True

    def insert(self, connection: Connection, table: str, rows: pl.DataFrame) -> None:
        """Add rows by one prepared statement."""
        statement = schema.NAMES[table].insert()
        sql = str(statement.compile(dialect=connection.dialect, column_keys=rows.columns))
        ordered = [column.name for column in schema.NAMES[table].columns if column.name in rows]
        _driver(connection).executemany(sql, rows.select(ordered).iter_rows())

    def write_events(self, connection: Connection, events: pl.DataFrame) -> int:
        """Upsert in the order of the key, so that the tree grows at its edge."""
        rows = zip(*(events[name].to_list() for name in KEYED_EVENTS), strict=True)
        return int(_driver(connection).executemany(UPSERT, rows).rowcount)

    def read_events(
        self,
        connection: Connection,
        *,
        user_key: int | None = None,
        since: int | None = None,
        by_arrival: bool = False,
    ) -> Iterator[pl.DataFrame]:
        """Read tuples straight into typed arrays."""
        cursor = _driver(connection).execute(reading(user_key, since, by_arrival))
        while len(rows := np.fromiter(islice(cursor, ROWS_A_BATCH), READ_TYPES)):
            # A null value arrives as NaN; no stored value is NaN.
            yield pl.DataFrame({name: rows[name] for name in READ_TYPES.names or ()}).with_columns(
                pl.col("value").fill_nan(None)
            )

    def explain(self, error: Exception) -> LimelightError | None:
        """Say what SQLite's words mean."""
        words = str(error)
        if "not a database" in words:
            return CorruptError(f"{self.place} is not a store of Limelight but some other file")
        if "malformed" in words:
            return CorruptError(f"{self.place} is damaged; restore it from a copy or import again")
        if _is_busy(error):
            return UnavailableError(f"{self.place} is in use by another process; try again later")
        if isinstance(error, sqlite3.OperationalError):
            return UnavailableError(f"{self.place} can't be read or written: {words}")
        return None


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _is_busy(error: BaseException | None) -> bool:
    return "database is locked" in str(error)


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where _begin says
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # what is committed survives a power cut
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("PRAGMA busy_timeout = 500")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
