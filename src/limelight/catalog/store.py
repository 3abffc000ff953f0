"""The store: users, titles and events in a database, read as tables and written in transactions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
from sqlalchemy import URL, Connection, Table, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from limelight.catalog import migrations, schema
from limelight.catalog.backend import Backend
from limelight.catalog.postgres import PostgresBackend
from limelight.catalog.sqlite import SqliteBackend
from limelight.catalog.vocabulary import EVENTS, ITEMS, USERS
from limelight.catalog.writing import Transaction
from limelight.errors import BadInputError
from limelight.progress import Progress, silent

IDS_A_QUERY = 500
FEW_KEYS = 5_000
KEY_COLUMNS = {"users": "user_key", "items": "item_key", "kinds": "kind_key"}


def open_store(url: str | Path) -> Store:
    """Open a store, and make or migrate its tables where need be.

    ``url`` is ``sqlite:///path``, ``postgresql://user:password@host/database`` or the path of an
    SQLite file. Use it in a ``with`` statement. Raises BadInputError for another program's
    database or that of a newer Limelight, CorruptError for a file that is no database,
    UnavailableError where it can't be reached, MissingExtraError where psycopg is absent.
    """
    store = Store(_backend(url))
    try:
        store.prepare()
    except BaseException:
        store.close()
        raise
    return store


def _backend(url: str | Path) -> Backend:
    if isinstance(url, Path) or "://" not in url:
        return SqliteBackend(URL.create("sqlite", database=str(Path(url).expanduser())))
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadInputError(
            "that is no store; write sqlite:///path/to/file.db or postgresql://host/database"
        ) from None
    if parsed.drivername == "sqlite":
        return SqliteBackend(parsed)
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return PostgresBackend(parsed)
    raise BadInputError(
        f"a store can't be kept in {parsed.drivername!r}; use sqlite:/// or postgresql://"
    )


class Store:
    """A catalogue and its events. Make one with ``open_store``; close it when done."""

    def __init__(self, backend: Backend) -> None:
        """Stand on a database."""
        self._backend = backend

    def __enter__(self) -> Self:
        """Give the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._backend.engine.dispose()

    @property
    def place(self) -> str:
        """Where the store is, in words that hold no password."""
        return self._backend.place

    def prepare(self) -> None:
        """Make the tables, or bring them to this version's schema."""
        with self._connected() as connection:
            current = migrations.is_current(connection, self.place)
        if not current:
            with self._connected() as connection:
                self._backend.begin_writing(connection, silent)
                migrations.upgrade(connection)
                connection.commit()

    def counts(self) -> dict[str, int]:
        """Count the ``users``, ``items`` and ``events``."""
        with self._connected() as connection:
            return {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in (schema.users, schema.items, schema.events)
            }

    def fingerprint(self) -> str:
        """Identify the data, in no time: 16 hexadecimal digits.

        It changes with every change, and the same imports in the same order into a new store give
        the same fingerprint on any machine.
        """
        with self._connected() as connection:
            return str(connection.scalar(select(schema.state.c.fingerprint)))

    def items(self, ids: Iterable[str] | None = None) -> pl.DataFrame:
        """Give the titles, or those of ``ids`` that exist, with the columns of ITEMS."""
        with self._connected() as connection:
            rows = _rows(connection, schema.items, list(ITEMS), "item_id", ids)
        stored = ITEMS | {"categories": pl.String()}
        return pl.DataFrame(rows, schema=stored, orient="row").with_columns(
            pl.col("categories").str.json_decode(ITEMS["categories"])
        )

    def users(self, ids: Iterable[str] | None = None) -> pl.DataFrame:
        """Give the users, or those of ``ids`` that exist, with the columns of USERS."""
        with self._connected() as connection:
            rows = _rows(connection, schema.users, list(USERS), "user_id", ids)
        return pl.DataFrame(rows, schema=USERS, orient="row")

    def events(
        self, user_id: str | None = None, *, within: timedelta | None = None
    ) -> pl.DataFrame:
        """Give all events, or those of one user, with the columns of EVENTS.

        With ``within``, only those of so long before the newest event of all; the database leaves
        the others out. They are in the order of time, then of arrival; events without a time come
        first.
        """
        with self._connected() as connection:
            user_key = since = None
            if within is not None:
                newest = connection.scalar(select(func.max(schema.events.c.time)))
                if newest is None or newest == schema.NO_TIME:
                    return pl.DataFrame(schema=EVENTS)
                since = max(newest - within // timedelta(microseconds=1), schema.NO_TIME + 1)
            if user_id is not None:
                user_key = connection.scalar(
                    select(schema.users.c.key).where(schema.users.c.user_id == user_id)
                )
                if user_key is None:
                    return pl.DataFrame(schema=EVENTS)
            keyed = list(self._backend.read_events(connection, user_key=user_key, since=since))
            if not keyed:
                return pl.DataFrame(schema=EVENTS)
            table = pl.concat(keyed).sort("time", "arrival")
            del keyed
            return _named(table, _Names(connection, table))

    def event_batches(self) -> Iterator[pl.DataFrame]:
        """Give all events in the order of arrival, some at a time, in bounded memory."""
        with self._connected() as connection:
            names = _Names(connection)
            for keyed in self._backend.read_events(connection, by_arrival=True):
                yield _named(keyed, names)

    @contextmanager
    def writing(self, progress: Progress = silent) -> Iterator[Transaction]:
        """Begin to write: all that is done inside is committed at the end, or nothing is.

        Only one process writes at a time; another waits, and the listener hears of it.
        """
        with self._connected() as connection:
            self._backend.begin_writing(connection, progress)
            transaction = Transaction(connection, self._backend, progress)
            yield transaction
            transaction.finish()
            connection.commit()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Lend a connection in one transaction, rolled back unless committed."""
        try:
            with self._backend.engine.connect() as connection:
                yield connection
        except Exception as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if not isinstance(cause, self._backend.errors):
                raise
            explained = self._backend.explain(cause)
            if explained is None:
                raise
            raise explained from error


class _Names:
    """The text ids of a snapshot's integer keys: of all, or of ``events`` where they have few."""

    def __init__(self, connection: Connection, events: pl.DataFrame | None = None) -> None:
        self._of = {}
        for name, column in KEY_COLUMNS.items():
            keys = None if events is None else events[column].unique()
            few = keys if keys is not None and len(keys) <= FEW_KEYS else None
            self._of[name] = _by_key(connection, name, few)

    def of(self, table: str, keys: pl.Series) -> pl.Series:
        return self._of[table].gather(keys)


def _by_key(connection: Connection, name: str, keys: pl.Series | None) -> pl.Series:
    """Lay the ids out so that an id's place is its key."""
    table = schema.NAMES[name]
    query = select(table.c.key, table.c[schema.ID_COLUMNS[name]])
    if keys is not None:
        query = query.where(table.c.key.in_(keys.to_list()))
    rows = connection.execute(query).all()
    names = pl.DataFrame(rows, schema={"key": pl.Int32, "id": pl.String}, orient="row")
    most = names["key"].max() or 0
    places = pl.DataFrame({"key": pl.int_range(int(str(most)) + 1, dtype=pl.Int32, eager=True)})
    return places.join(names, on="key", how="left", maintain_order="left")["id"]


def _named(keyed: pl.DataFrame, names: _Names) -> pl.DataFrame:
    time = pl.when(pl.col("time") != schema.NO_TIME).then(pl.col("time"))
    return keyed.select(
        names.of("users", keyed["user_key"]).alias("user_id"),
        names.of("items", keyed["item_key"]).alias("item_id"),
        names.of("kinds", keyed["kind_key"]).alias("kind"),
        pl.col("value"),
        time.cast(pl.Datetime("us")).dt.replace_time_zone("UTC").alias("time"),
    )


def _rows(
    connection: Connection,
    table: Table,
    columns: list[str],
    id_column: str,
    ids: Iterable[str] | None,
) -> list[tuple[object, ...]]:
    query = select(*(table.c[name] for name in columns)).order_by(table.c.key)
    if ids is None:
        return [tuple(row) for row in connection.execute(query)]
    wanted = list(dict.fromkeys(ids))
    rows: list[tuple[object, ...]] = []
    for start in range(0, len(wanted), IDS_A_QUERY):
        some = table.c[id_column].in_(wanted[start : start + IDS_A_QUERY])
        rows.extend(tuple(row) for row in connection.execute(query.where(some)))
    return rows
