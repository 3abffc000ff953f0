"""What is known of people besides their events: attributes as a sparse table of ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from limelight.errors import BadInputError

FEWEST_PEOPLE = 10
"""A value that fewer people have says little about titles and much about them: it is left out."""

MOST_NUMBERS = 12
"""An attribute with more different numbers than this is cut into GROUPS of about equal size."""

GROUPS = 6
MOST_NAMED = 20
"""Values that are named where somebody gives another one."""

Column = tuple[str, str] | tuple[str, float | None, float | None]
"""An attribute's value as text, or a range of its numbers: from (included) to (excluded), None
where it has no end."""


@dataclass(frozen=True)
class Attributes:
    """The columns that people are described with, learned from those who are known."""

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, users: pl.DataFrame) -> Attributes:
        """Choose columns for a table of users: ``attributes`` is a JSON object or null.

        Text, true and false and lists of text become a column a value; so do whole numbers of few
        kinds, and other numbers a column a range. Objects in objects and values of too few people
        are left out. Raises BadInputError for what is no JSON object.
        """
        values: dict[str, list[list[Any]]] = {}
        for person in read_attributes(users):
            for name, value in person.items():
                values.setdefault(name, []).append(_listed(value))
        columns = (column for name in sorted(values) for column in _columns(name, values[name]))
        return cls(tuple(columns))

    @property
    def names(self) -> list[str]:
        """The attribute that each column belongs to."""
        return [column[0] for column in self.columns]

    def words(self, column: int) -> str:
        """Put a column into words: "sex=F", "age from 30 to 45"."""
        name, *said = self.columns[column]
        if len(said) == 1:
            return f"{name}={said[0]}"
        low, high = said
        if low is None:
            return f"{name} below {high:g}"
        return f"{name} from {low:g}" + ("" if high is None else f" to {high:g}")

    def unknown(self, about: Mapping[str, Any]) -> list[str]:
        """Say in a sentence each which attributes and values of a person nothing is known of."""
        sentences = []
        for name, given in about.items():
            columns = [place for place, known in enumerate(self.names) if known == name]
            if not columns:
                known = ", ".join(sorted(set(self.names)))
                sentences.append(f"nothing is known of the attribute {name!r}, only of {known}")
                continue
            for value in _listed(given):
                if not self.encode([{name: value}]).nnz:
                    there = [self.words(place).removeprefix(f"{name}=") for place in columns]
                    listed = ", ".join(there[:MOST_NAMED]) + (", …" * (len(there) > MOST_NAMED))
                    sentences.append(f"nothing is known of {name}={_text(value)}, only of {listed}")
        return sentences

    def encode(self, people: pl.DataFrame | Sequence[Mapping[str, Any]]) -> csr_matrix:
        """Describe people, float32 (n_people, n_columns) of ones; what is unknown has none.

        ``people`` is a table of users as above, or a mapping from attribute to value for each.
        """
        places: dict[tuple[str, str], int] = {}
        ranges: dict[str, list[tuple[float, float, int]]] = {}
        without_end = float("inf")
        for place, column in enumerate(self.columns):
            if len(column) == 2:
                places[column] = place
            else:
                low = -without_end if column[1] is None else column[1]
                high = without_end if column[2] is None else column[2]
                ranges.setdefault(column[0], []).append((low, high, place))
        rows: list[list[int]] = []
        for person in read_attributes(people) if isinstance(people, pl.DataFrame) else people:
            found = set()
            for name, given in person.items():
                for value in _listed(given):
                    found.add(places.get((name, _text(value)), -1))
                    number = _number(value)
                    for low, high, place in ranges.get(name, ()):
                        if number is not None and low <= number < high:
                            found.add(place)
            rows.append(sorted(found - {-1}))
        offsets = np.cumsum([0, *map(len, rows)])
        places_met = np.array([place for row in rows for place in row], np.int32)
        ones = np.ones(len(places_met), np.float32)
        return csr_matrix((ones, places_met, offsets), shape=(len(rows), len(self.columns)))


def read_attributes(users: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Read the ``attributes`` of each of a table of users, none where they are null.

    Raises BadInputError for what is no JSON object.
    """
    if "attributes" not in users.columns:
        raise BadInputError(f"the users have no column 'attributes', only {users.columns}")
    # People of the same attributes are many, so each text is read once.
    known: dict[str | None, dict[str, Any]] = {None: {}}
    for text in users["attributes"].unique().drop_nulls():
        try:
            found = json.loads(text)
        except ValueError as error:
            raise BadInputError(f"attributes {text[:80]!r} are no JSON: {error}") from None
        if not isinstance(found, dict):
            raise BadInputError(f"attributes {text[:80]!r} are no JSON object")
        known[text] = found
    return (known[text] for text in users["attributes"])


def _listed(value: Any) -> list[Any]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str | int | float)]


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _number(value: Any) -> float | None:
    """Give a number; also one in a text, as a command line has it."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _columns(name: str, of_people: list[list[Any]]) -> list[Column]:
    flat = [value for values in of_people for value in values]
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in flat)
    if numeric and len(set(flat)) > MOST_NUMBERS:
        edges = np.unique(np.quantile(flat, np.arange(1, GROUPS) / GROUPS)).tolist()
        return [(name, *ends) for ends in zip([None, *edges], [*edges, None], strict=True)]
    counts: dict[str, int] = {}
    for values in of_people:
        for text in {_text(value) for value in values}:
            counts[text] = counts.get(text, 0) + 1
    return [(name, text) for text in sorted(counts) if counts[text] >= FEWEST_PEOPLE]
