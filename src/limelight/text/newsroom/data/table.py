"""A table whose columns mean something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from limelight.text.newsroom.sources import Line, Place
from limelight.text.reading import LeftOut

SIGNS = {"USD": "$", "GBP": "£", "EUR": "€", "CNY": "¥", "JPY": "JPY ", "AUD": "A$", "HKD": "HK$"}
SIGNS |= {"CAD": "C$", "NZD": "NZ$"}


@dataclass(frozen=True)
class Cell:
    """A value: of a number with its unit ("USD", "%" or ""), a day, or words."""

    value: Decimal | date | str
    unit: str = ""

    def __str__(self) -> str:
        """Say it in full, as the checks read it."""
        if isinstance(self.value, Decimal):
            plain = f"{self.value.normalize():f}"
            return f"{SIGNS[self.unit]}{plain}" if self.unit in SIGNS else f"{plain}{self.unit}"
        return self.value.isoformat() if isinstance(self.value, date) else self.value


@dataclass(frozen=True)
class Row:
    """A row: its number in the file, from 1 below the heading, and its cells by role."""

    number: int
    cells: dict[str, Cell]

    def number_of(self, role: str) -> Decimal | None:
        """Give a number, None where there is none."""
        cell = self.cells.get(role)
        return cell.value if cell and isinstance(cell.value, Decimal) else None

    def words_of(self, role: str) -> str:
        """Give a cell in words, "" where there is none."""
        return str(self.cells[role]) if role in self.cells else ""

    def day_of(self, role: str = "date") -> date | None:
        """Give a day, None where there is none."""
        cell = self.cells.get(role)
        return cell.value if cell and isinstance(cell.value, date) else None


@dataclass(frozen=True)
class Table:
    """A table of a kind: "box office", "chart", "match", "calendar" or "table".

    ``headings`` are the columns' own names by role. ``number`` is its number among the sources.
    """

    name: str
    kind: str
    headings: dict[str, str]
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...] = ()
    number: int = 0

    def numbered(self, number: int) -> Table:
        """Give it its place among the sources."""
        return replace(self, number=number)

    def place(self, row: Row | None = None) -> Place:
        """Say where a row stands; without one, of all of them."""
        return Place(self.number, row.number if row else 0, 0)

    def keyed(self) -> list[tuple[str, Row]]:
        """Give what names each row (a title, an artist, else the first words), if it names one."""
        roles = [
            role
            for role in ("title", "artist", *self.headings)
            if any(isinstance(row.cells[role].value, str) for row in self.rows if role in row.cells)
        ]
        keyed = [(row.words_of(role), row) for role in roles[:1] for row in self.rows]
        count = Counter(key for key, _ in keyed)
        return [(key, row) for key, row in keyed if len(key) > 1 and count[key] == 1]

    def names(self) -> set[str]:
        """Give the single words by which it names its rows, or who played."""
        said = {key for key, _ in self.keyed()}
        said |= {row.words_of(role) for row in self.rows for role in ("home", "away")}
        return {one for one in said if one.istitle() and one.isalpha()}

    def lines(self) -> Sequence[Line]:
        """Give every row as a sentence for the checks."""
        return [
            Line(
                self.place(row),
                "; ".join(f"{self.headings[role]}: {cell}" for role, cell in row.cells.items()),
            )
            for row in self.rows
        ]
