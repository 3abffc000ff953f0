"""What a public data set is: its terms, and three tables in the catalogue's columns."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Description:
    """What one should know of a data set before fetching it."""

    name: str
    summary: str
    licence: str
    source: str
    """The page of the people who made it."""


class Tables(ABC):
    """Reads one file as three tables; ``attributes`` are JSON objects."""

    def __init__(self, path: Path) -> None:
        """Read from ``path``, which exists and has the right checksum."""
        self.path = path

    @abstractmethod
    def events(self) -> pl.DataFrame:
        """Give the events, columns EVENTS, in the file's order."""

    @abstractmethod
    def items(self) -> pl.DataFrame:
        """Give the titles, columns ITEMS."""

    @abstractmethod
    def users(self) -> pl.DataFrame:
        """Give the users, columns USERS."""


@dataclass(frozen=True)
class Dataset(Description):
    """A data set that lies on this disk, verified."""

    origin: str
    """The address or package that these bytes came from."""
    tables: Tables

    def events(self) -> pl.DataFrame:
        """Give the events: user_id, item_id, kind, value, time.

        Times are UTC, or null where the source has none.
        """
        return self.tables.events()

    def items(self) -> pl.DataFrame:
        """Give the titles: item_id, title, kind, released, categories, text, parent_id, attributes.

        ``released`` is the first of January where only the year is known.
        """
        return self.tables.items()

    def users(self) -> pl.DataFrame:
        """Give the users: user_id, attributes (a JSON object)."""
        return self.tables.users()
