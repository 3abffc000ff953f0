"""A store in PostgreSQL: events in and out by COPY."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL

from limelight.catalog.backend import KEYED_EVENTS, ROWS_A_BATCH, Backend, reading
from limelight.errors import LimelightError, UnavailableError
from limelight.extras import require

LOCK = 7_150_220_614  # any number, the same in every Limelight
READ_SCHEMA = {name: dtype for name, dtype in KEYED_EVENTS.items() if name != "repeat"}

STAGE = "CREATE TEMPORARY TABLE IF NOT EXISTS incoming (LIKE events) ON COMMIT DROP"
UPSERT = """
INSERT INTO events SELECT * FROM incoming
ON CONFLICT (user_key, time, item_key, kind_key, repeat)
DO UPDATE SET value = excluded.value WHERE events.value IS DISTINCT FROM excluded.value
"""


class PostgresBackend(Backend):
    """A database on a server, spoken to through psycopg 3."""

    def __init__(self, url: URL) -> None:
        """Name the server; nothing is sent yet. Raises MissingExtraError without psycopg."""
        psycopg = require("psycopg", "postgres", "A store in PostgreSQL")
        self.errors = (psycopg.Error,)
        self._outside = (psycopg.OperationalError, psycopg.errors.InsufficientPrivilege)
        self.place = url.set(password=None).render_as_string()
        # Whoever reads sees one state of all tables. A writer has the lock instead, and must see
        # what was committed while it waited.
        self.engine = create_engine(
            url.set(drivername="postgresql+psycopg"), isolation_level="REPEATABLE READ"
        )

    def _try_lock(self, connection: Connection) -> bool:
        if not connection.in_transaction():
            connection.execution_options(isolation_level="READ COMMITTED").begin()
        locked = connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK})
        return bool(locked)

    def insert(self, connection: Connection, table: str, rows: pl.DataFrame) -> None:
        """Copy the rows in."""
        with _driver(connection).cursor() as cursor:
            _copy(cursor, table, rows)

    def write_events(self, connection: Connection, events: pl.DataFrame) -> int:
        """Copy into a passing table, then upsert from there."""
        with _driver(connection).cursor() as cursor:
            cursor.execute(STAGE)
            _copy(cursor, "incoming", events.select(*KEYED_EVENTS))
            changed = cursor.execute(UPSERT).rowcount
            cursor.execute("TRUNCATE incoming")
        return int(changed)

    def read_events(
        self,
        connection: Connection,
        *,
        user_key: int | None = None,
        since: int | None = None,
        by_arrival: bool = False,
    ) -> Iterator[pl.DataFrame]:
        """Read the server's CSV."""
        query = reading(user_key, since, by_arrival)
        with (
            _driver(connection).cursor() as cursor,
            cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy,
        ):
            lines: list[bytes] = []
            for line in copy:
                lines.append(bytes(line))
                if len(lines) == ROWS_A_BATCH:
                    yield _parse(lines)
                    lines = []
            if lines:
                yield _parse(lines)

    def explain(self, error: Exception) -> LimelightError | None:
        """Pass on what the server says, where it is not about our statements."""
        if isinstance(error, self._outside):
            said = str(error).strip().splitlines()[0]
            return UnavailableError(f"{self.place} can't be used: {said}")
        return None


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _copy(cursor: Any, table: str, rows: pl.DataFrame) -> None:
    columns = ", ".join(rows.columns)
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        for part in rows.iter_slices(ROWS_A_BATCH):
            copy.write(part.write_csv(include_header=False))


def _parse(lines: list[bytes]) -> pl.DataFrame:
    return pl.read_csv(b"".join(lines), has_header=False, schema=READ_SCHEMA)
