"""What is known of titles, as arrays: categories, newness, windows, ages, any attribute."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cached_property
from warnings import warn

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.catalog.times import to_microseconds
from limelight.errors import LimelightWarning
from limelight.recommend.metrics import category_shares

DAY = 86_400_000_000  # microseconds
ALWAYS = (np.iinfo(np.int64).min, np.iinfo(np.int64).max)
WHOLE_DAY = r"^\d{4}[-/]\d{2}[-/]\d{2}$"


class Facts:
    """Columns of a table of titles, made ready once and kept: row i describes index i."""

    def __init__(self, table: pl.DataFrame) -> None:
        """Stand on a table with item_id, kind, released, categories and attributes."""
        self._table = table
        self._attributes: dict[str, pl.Series] = {}
        self._codes: dict[str, tuple[NDArray[np.int64], NDArray[np.int32]]] = {}

    @cached_property
    def categories(self) -> pl.Series:
        """The names of the categories in alphabetical order, the columns of the arrays below."""
        return self._table["categories"].explode().drop_nulls().unique().sort()

    @cached_property
    def category_shares(self) -> NDArray[np.float32]:
        """Equal shares of each title's categories, float32 (n_titles, n_categories)."""
        return category_shares(self._table["categories"])

    @cached_property
    def category_directions(self) -> NDArray[np.float32]:
        """The same as vectors of length 1, or 0 for a title without any."""
        return directions(self.category_shares)

    @cached_property
    def newness(self) -> NDArray[np.float64]:
        """Share of the dated titles that came out before each one, float64 (n_titles,).

        NaN for a title without a date.
        """
        return share_before(self._table["released"].to_physical())

    @cached_property
    def age_rating(self) -> NDArray[np.float64]:
        """The age in the attribute ``age_rating``, float64 (n_titles,), NaN where there is none.

        It is a number, or the first number in a text: 12, "12+", "FSK 12", "PG-13".
        """
        text = self._only("age_rating")
        ages = text.str.extract(r"(\d+(?:\.\d+)?)").cast(pl.Float64)
        _warn_unread("age_rating", "an age such as 12 or 'PG-13'", text, ages)
        return ages.fill_null(float("nan")).to_numpy()

    @cached_property
    def window(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """When each title may be shown: from and until, int64 (n_titles,) µs since 1970 UTC.

        Of the attributes ``available_from`` (inclusive) and ``available_until`` (exclusive; a day
        counts to its end). A title without one is available from ever or for ever; one whose time
        can't be read is not available at all.
        """
        bounds = []
        for name, otherwise in zip(("available_from", "available_until"), ALWAYS, strict=True):
            text = self._only(name)
            times = to_microseconds(text)
            _warn_unread(name, "a time such as 2026-05-31 or 2026-05-31T20:15:00Z", text, times)
            if name == "available_until":
                times += pl.select(pl.lit(text).str.contains(WHOLE_DAY) * DAY).to_series()
            never = ALWAYS[1] if name == "available_from" else ALWAYS[0]
            filled = times.fill_null(never).to_numpy().copy()
            filled[text.is_null().to_numpy()] = otherwise
            bounds.append(filled)
        return bounds[0], bounds[1]

    def attribute(self, name: str) -> pl.Series:
        """Give each title's values of an attribute, a series of lists of text; null for none.

        ``name`` is "kind", "category", or a key of the attributes' JSON object; what is no list
        there counts as a list of one.
        """
        if name not in self._attributes:
            self._attributes[name] = self._read(name)
        return self._attributes[name]

    def codes(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Number the distinct values of an attribute: row i has codes[offsets[i] : offsets[i + 1]].

        Returns offsets int64 (n_titles + 1,) and codes int32 (n_values,).
        """
        if name not in self._codes:
            lists = self.attribute(name).list.drop_nulls().list.unique(maintain_order=True)
            counts = lists.list.len().fill_null(0).to_numpy()
            values = lists.explode().drop_nulls()
            offsets = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
            distinct = values.unique(maintain_order=True)
            codes = values.cast(pl.Enum(distinct)).to_physical().to_numpy().astype(np.int32)
            self._codes[name] = offsets, codes
        return self._codes[name]

    def _read(self, name: str) -> pl.Series:
        if name == "category":
            return self._table["categories"]
        if name == "kind":
            lists = [None if kind is None else [kind] for kind in self._table["kind"]]
        else:
            lists = [None if text is None else _values(text) for text in self._text(name)]
        return pl.Series(name, lists, dtype=pl.List(pl.String))

    def _text(self, name: str) -> pl.Series:
        return self._table["attributes"].str.json_path_match(
            f"$[{json.dumps(name, ensure_ascii=False)}]"
        )

    def _only(self, name: str) -> pl.Series:
        """Give an attribute that has one value; an empty one says nothing."""
        text = self._text(name).str.strip_chars()
        return text.set(text == "", None)


def directions(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Bring the rows of ``vectors`` to length 1; rows of zeros stay, float32 of the same shape."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.zeros(vectors.shape, np.float32)
    np.divide(vectors, lengths, out=units, where=lengths > 0, casting="same_kind")
    return units


def share_before(values: pl.Series) -> NDArray[np.float64]:
    """Share of the known values that are smaller than each, float64 (n,); NaN for a null."""
    known = values.len() - values.null_count()
    shares = (values.rank("min") - 1) / max(known, 1)
    return shares.fill_null(float("nan")).to_numpy()


def _values(text: str) -> list[str]:
    """Give the values of a JSON list, or the text itself."""
    if text.startswith("["):
        with suppress(ValueError):
            return [str(value) for value in json.loads(text) if value is not None]
    return [text]


def _warn_unread(name: str, wanted: str, text: pl.Series, found: pl.Series) -> None:
    unread = text.filter(text.is_not_null() & found.is_null())
    if len(unread):
        warn(
            f"{name} must be {wanted}; {len(unread):,} can't be read, the first is {unread[0]!r}, "
            "and what has one is not shown where it matters",
            LimelightWarning,
            3,
        )
