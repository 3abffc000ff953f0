"""One writing transaction: what an import adds and changes, until it is committed."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select, update

from limelight.catalog import schema
from limelight.catalog.backend import Backend
from limelight.progress import Progress

MANY = 5_000
IDS_A_QUERY = 500


class Transaction:
    """What is written between two commits. ``Store.writing`` makes one and commits it."""

    def __init__(self, connection: Connection, backend: Backend, progress: Progress) -> None:
        """Write through a connection that holds the write lock."""
        self.connection = connection
        self.backend = backend
        self.progress = progress
        self.added = 0
        self.updated = 0
        self._digest = hashlib.sha256()
        self._changed = False
        self._key_books: dict[str, KeyBook] = {}

    def key_book(self, table: str) -> KeyBook:
        """Give the keys of ``users``, ``items`` or ``kinds``."""
        if table not in self._key_books:
            self._key_books[table] = KeyBook(self, table)
        return self._key_books[table]

    def record(self, *changes: bytes) -> None:
        """Let the fingerprint know what was changed."""
        self._changed = True
        for change in changes:
            self._digest.update(change)

    def finish(self) -> None:
        """Move the fingerprint on, if anything was changed."""
        if not self._changed:
            return
        before = self.connection.scalar(select(schema.state.c.fingerprint))
        self._digest.update(str(before).encode())
        self.connection.execute(
            update(schema.state).values(fingerprint=self._digest.hexdigest()[:16])
        )


class KeyBook:
    """Integer keys for text ids: those in the store, and new ones for ids that nobody met yet."""

    def __init__(self, transaction: Transaction, table: str) -> None:
        """Keep the keys of one table through one transaction."""
        self._transaction = transaction
        self._name = table
        self._table = schema.NAMES[table]
        self._column = schema.ID_COLUMNS[table]
        self._known = pl.DataFrame(schema={"id": pl.String, "key": pl.Int32})
        self._key_of_code = np.zeros(0, np.int32)
        newest = transaction.connection.scalar(select(func.max(self._table.c.key)))
        self._next = (newest or 0) + 1
        self._complete = newest is None

    def find(self, ids: pl.Series) -> pl.DataFrame:
        """Give ``id`` and ``key`` of those distinct ids that the store holds."""
        wanted = pl.DataFrame({"id": ids})
        if not self._complete:
            self._look_up(wanted.join(self._known, on="id", how="anti")["id"])
        return wanted.join(self._known, on="id", maintain_order="left")

    def keys(self, ids: pl.Series) -> NDArray[np.int32]:
        """Give each id its key; an id that the store does not hold gets a bare row.

        ``ids`` are Categoricals, in all calls of one type.
        """
        codes = ids.to_physical().to_numpy()
        n_more = int(codes.max(initial=0)) + 1 - len(self._key_of_code)
        if n_more > 0:
            self._key_of_code = np.append(self._key_of_code, np.zeros(n_more, np.int32))
        keys: NDArray[np.int32] = self._key_of_code[codes]
        if not keys.all():
            new = ids.filter(pl.Series(keys == 0)).unique(maintain_order=True)
            self._key_of_code[new.to_physical().to_numpy()] = self._keys_of(new.cast(pl.String))
            keys = self._key_of_code[codes]
        return keys

    def _keys_of(self, distinct: pl.Series) -> NDArray[np.int32]:
        ids = pl.DataFrame({"id": distinct})
        new = ids.join(self.find(distinct), on="id", how="anti", maintain_order="left")
        if new.height:
            self.add(new)
        keys = ids.join(self._known, on="id", how="left", maintain_order="left")["key"]
        return keys.to_numpy()

    def add(self, rows: pl.DataFrame) -> None:
        """Insert rows of new distinct ``id``s, and maybe more columns, under the next keys."""
        keys = pl.int_range(self._next, self._next + rows.height, dtype=pl.Int32, eager=True)
        keyed = rows.with_columns(keys.alias("key"))
        self._next += rows.height
        self._transaction.backend.insert(
            self._transaction.connection, self._name, keyed.rename({"id": self._column})
        )
        self._transaction.record(self._name.encode(), rows.write_csv().encode())
        self._known = pl.concat([self._known, keyed.select("id", "key")])

    def _look_up(self, ids: pl.Series) -> None:
        columns = select(self._table.c[self._column], self._table.c.key)
        connection = self._transaction.connection
        if len(ids) > MANY:
            rows = connection.execute(columns).all()
            self._known = self._known.clear()
            self._complete = True
        else:
            some = (ids[at : at + IDS_A_QUERY].to_list() for at in range(0, len(ids), IDS_A_QUERY))
            rows = [
                row
                for part in some
                for row in connection.execute(columns.where(self._table.c[self._column].in_(part)))
            ]
        found = pl.DataFrame(rows, schema=self._known.schema, orient="row")
        self._known = pl.concat([self._known, found])
