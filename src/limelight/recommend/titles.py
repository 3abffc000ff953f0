"""The titles that a model knows, by index, and which of them a filter lets through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from warnings import warn

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.errors import BadInputError, LimelightWarning, NotFoundError
from limelight.recommend.facts import Facts

SCHEMA: dict[str, pl.DataType] = {
    "item_id": pl.String(),
    "title": pl.String(),
    "kind": pl.String(),
    "released": pl.Date(),
    "categories": pl.List(pl.String),
    "attributes": pl.String(),
}

LONGEST, SHORTLIST = 100, 100  # letters of a search that are read, names that are looked at closely


class Titles:
    """Titles in the order of a model's indices.

    ``table`` has the columns of SCHEMA, row i describing index i; a title without a name in the
    catalogue goes by its id.
    """

    def __init__(self, item_ids: Iterable[str], items: pl.DataFrame | None = None) -> None:
        """Look ``item_ids`` up in ``items``, a catalogue's table with a column ``item_id``."""
        ids = pl.DataFrame({"item_id": pl.Series(item_ids, dtype=pl.String)})
        if items is None:
            items = pl.DataFrame(schema=SCHEMA)
        if "item_id" not in items.columns:
            raise BadInputError(f"the items have no column 'item_id', only {items.columns}")
        try:
            known = items.select(
                pl.col(name).cast(dtype)
                if name in items.columns
                else pl.lit(None, dtype=dtype).alias(name)
                for name, dtype in SCHEMA.items()
            ).unique("item_id", keep="last")
        except pl.exceptions.PolarsError as error:
            raise BadInputError(f"the items need columns of other types: {error}") from error
        self.table = ids.join(known, on="item_id", how="left", maintain_order="left").with_columns(
            pl.col("title").fill_null(pl.col("item_id"))
        )

    def __len__(self) -> int:
        """Count the titles."""
        return self.table.height

    @cached_property
    def facts(self) -> Facts:
        """What is known of the titles, as arrays."""
        return Facts(self.table)

    @cached_property
    def index(self) -> dict[str, int]:
        """Index of each item id."""
        return {item: index for index, item in enumerate(self.table["item_id"])}

    def find(self, item_id: str) -> int:
        """Give the index of a title. Raises NotFoundError, which names the likeliest ones meant."""
        index = self.index.get(str(item_id))
        if index is None:
            hint = self._hint(str(item_id))
            raise NotFoundError(f"there is no title {item_id!r} among {len(self):,} titles{hint}")
        return index

    def name(self, item_id: str) -> str:
        """Give the name of a title. Raises NotFoundError as ``find`` does."""
        return str(self.table["title"][self.find(item_id)])

    def closest(self, text: str, n: int = 3) -> pl.DataFrame:
        """Find titles whose name contains ``text`` or whose name or id looks like it.

        Returns item_id and title, the best match first.
        """
        wanted = text.strip().lower()[:LONGEST]
        pairs = {wanted[i : i + 2] for i in range(len(wanted) - 1)}
        if not pairs:
            return self.table.select("item_id", "title").clear()
        names = self.table.with_row_index("index").select("index", name="title")
        ids = self.table.with_row_index("index").select("index", name="item_id")
        # Comparing letter by letter is slow, so only names that share many pairs of letters are.
        name = pl.col("name").str.to_lowercase()
        shared = pl.sum_horizontal(name.str.contains(pair, literal=True) for pair in pairs)
        likely = (
            pl.concat([names, ids])
            .with_columns(name, alike=2 * shared / (len(pairs) + name.str.len_chars()))
            .with_columns(whole=pl.col("name").str.contains(wanted, literal=True))
            .sort("whole", "alike", descending=True, maintain_order=True)
            .head(SHORTLIST)
        )
        close = get_close_matches(wanted, likely["name"], n=SHORTLIST)
        order = {name: rank for rank, name in enumerate(close)}
        found = likely.filter(pl.col("whole") | pl.col("name").is_in(close)).sort(
            ~pl.col("whole"), pl.col("name").replace_strict(order, default=n), maintain_order=True
        )
        chosen = found["index"].unique(maintain_order=True).head(n)
        return self.table[chosen.to_list()].select("item_id", "title")

    def _hint(self, text: str) -> str:
        rows = self.closest(text).iter_rows()
        likely = " or ".join(i if i == title else f"{i} ({title})" for i, title in rows)
        return f"; did you mean {likely}?" if likely else ""


@dataclass(frozen=True)
class Filters:
    """Which titles may be recommended; a title must pass everything that is given.

    ``kinds`` and ``categories`` name what is wanted, a title needs one of each; letter case does
    not matter. ``released_from`` and ``released_to`` are inclusive; a title without a date does
    not pass them. ``allow`` lists the only ids allowed, ``block`` ids that are not. ``attributes``
    names the values wanted of an attribute, of which a title needs one of each.
    """

    kinds: Sequence[str] = ()
    categories: Sequence[str] = ()
    released_from: date | None = None
    released_to: date | None = None
    allow: Sequence[str] | None = None
    block: Sequence[str] = ()
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def mask(self, titles: Titles) -> NDArray[np.bool_]:
        """Tell which titles pass, bool (n_titles,); warn of words the catalogue never uses."""
        table = titles.table
        passing = pl.lit(True)
        if self.kinds:
            _check_words("kind", self.kinds, table["kind"])
            passing &= pl.col("kind").str.to_lowercase().is_in(_lower(self.kinds))
        if self.categories:
            _check_words("category", self.categories, table["categories"].explode())
            wanted = pl.element().str.to_lowercase().is_in(_lower(self.categories))
            passing &= pl.col("categories").list.eval(wanted).list.any()
        if self.released_from is not None:
            passing &= pl.col("released") >= self.released_from
        if self.released_to is not None:
            passing &= pl.col("released") <= self.released_to
        if self.allow is not None:
            passing &= pl.col("item_id").is_in([str(item) for item in self.allow])
        if self.block:
            passing &= ~pl.col("item_id").is_in([str(item) for item in self.block])
        for name, values in self.attributes.items():
            known = titles.facts.attribute(name)
            _check_words(name, values, known.explode())
            wanted = pl.element().str.to_lowercase().is_in(_lower(values))
            passing &= pl.lit(known.list.eval(wanted).list.any())
        mask: NDArray[np.bool_] = (
            table.select(pass_=pl.repeat(True, table.height) & passing.fill_null(False))
            .to_series()
            .to_numpy()
        )
        return mask


def first_day(text: str) -> date:
    """Read a date, or a year as its first day. Raises BadInputError for anything else."""
    return _day(text, "-01-01")


def last_day(text: str) -> date:
    """Read a date, or a year as its last day. Raises BadInputError for anything else."""
    return _day(text, "-12-31")


def _day(text: str, of_year: str) -> date:
    try:
        return date.fromisoformat(text + of_year if re.fullmatch(r"[0-9]{4}", text) else text)
    except ValueError:
        raise BadInputError(f"{text!r} is no date; write 1994 or 1994-05-31") from None


def _lower(words: Iterable[str]) -> list[str]:
    return [word.strip().lower() for word in words]


def _check_words(name: str, wanted: Sequence[str], values: pl.Series) -> None:
    known = values.drop_nulls().unique().sort()
    strange = sorted(set(_lower(wanted)) - set(known.str.to_lowercase()))
    if strange:
        choice = (
            f"there are {', '.join(known.head(20))}" if len(known) else "the catalogue has none"
        )
        warn(f"no title has the {name} {', '.join(strange)}; {choice}", LimelightWarning, 4)
