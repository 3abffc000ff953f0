"""What titles are like: their categories, words, people, pictures as sparse vectors, in groups."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.catalog.vocabulary import ITEMS
from limelight.errors import BadInputError

DECADE, STEP = 10, 2
"""Releases are described by the spans of ten years that they lie in, one beginning every second
year, so that two titles grow less alike from year to year and are not at all after ten."""

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
WORDS = rf"[{UNSPACED}]+|[\p{{L}}\p{{N}}&&[^{UNSPACED}]]+"
"""A run of letters and digits; scripts that put no space between words are runs of their own."""

PARTED = "|;,"

Vectors = NDArray[np.floating[Any]]


class Features:
    """What is known of titles, in named groups that can each be compared.

    ``groups`` are sparse float32 (n_items, n_features) with rows of length 1, or 0 where nothing is
    known, so that a row's product with another is their cosine:

    - ``title`` and ``text``: the words, of scripts without spaces the pairs of neighbouring letters
    - ``categories``, ``kind``, ``parent`` (the title itself counts among its parts), ``released``
    - every attribute by its own name: each of its values, of lists and of texts such as "a, b"
    - dense vectors: attributes that are lists of numbers with a decimal point, and ``vectors``

    Words and values weigh (1 + log count) * log(n_titles / titles that have it), that is, sublinear
    TF-IDF (Salton and Buckley 1988). What a single title has, or all have, likens nothing and is
    left out, as are groups without anything else. Groups are made when they are first used.
    """

    def __init__(self, table: pl.DataFrame, vectors: Mapping[str, Vectors] | None = None) -> None:
        """Take a table whose row i tells of title i, and dense vectors (n_items, n) by name."""
        self._table = table
        self._vectors = {name: np.asarray(found) for name, found in (vectors or {}).items()}
        for name, found in self._vectors.items():
            if found.ndim != 2 or len(found) != table.height:
                raise BadInputError(
                    f"the vectors {name!r} have the shape {found.shape}; "
                    f"they need a row for each of {table.height:,} titles"
                )
            if not np.isfinite(found).all():
                raise BadInputError(f"the vectors {name!r} hold values that are no numbers")

    @classmethod
    def from_items(
        cls,
        items: pl.DataFrame,
        item_ids: Iterable[str],
        vectors: Mapping[str, Vectors] | None = None,
    ) -> Features:
        """Read a catalogue's table of titles, in the order of ``item_ids``.

        ``items`` has ``item_id`` and as many other columns of ITEMS as there are; titles that it
        lacks have no features. ``vectors`` are in the order of ``item_ids``. Raises BadInputError
        for columns of other types or vectors of another length.
        """
        ids = pl.DataFrame({"item_id": pl.Series(item_ids, dtype=pl.String)})
        if "item_id" not in items.columns:
            raise BadInputError(f"the items have no column 'item_id', only {items.columns}")
        try:
            known = items.select(
                pl.col(name).cast(dtype)
                if name in items.columns
                else pl.lit(None, dtype).alias(name)
                for name, dtype in ITEMS.items()
            ).unique("item_id", keep="last")
        except pl.exceptions.PolarsError as error:
            raise BadInputError(f"the items need columns of other types: {error}") from error
        return cls(ids.join(known, on="item_id", how="left", maintain_order="left"), vectors)

    def __len__(self) -> int:
        """Count the titles."""
        return self._table.height

    def take(self, rows: NDArray[np.integer]) -> Features:
        """Give the features of other titles: row i is the old row ``rows[i]``, -1 for none."""
        known = rows >= 0
        table = self._table[np.where(known, rows, 0)].with_columns(
            pl.when(pl.Series(known)).then(pl.col(name)).alias(name) for name in self._table.columns
        )
        return Features(
            table,
            {
                name: np.where(known[:, None], found[np.where(known, rows, 0)], 0)
                for name, found in self._vectors.items()
            },
        )

    @cached_property
    def groups(self) -> dict[str, csr_matrix]:
        """The groups by name."""
        named = self._named_values()
        found = {name: _sparse(values, len(self)) for name, values in named.items()}
        found |= {name: _unit_rows(csr_matrix(array)) for name, array in self._all_vectors.items()}
        return {name: matrix for name, matrix in found.items() if matrix.nnz}

    def _named_values(self) -> dict[str, pl.DataFrame]:
        """Give each group's values as a table of row and value, one line each time it is said."""
        rows = self._table.with_row_index("row")
        begins = pl.col("released").dt.year() // STEP * STEP
        spans = [(begins - back).cast(pl.String) for back in range(0, DECADE, STEP)]
        own_part = pl.col("item_id").is_in(pl.col("parent_id").drop_nulls().unique().implode())
        own = pl.when(own_part).then("item_id")
        one = {
            "kind": pl.concat_list(pl.col("kind").str.to_lowercase()),
            "categories": pl.col("categories").list.eval(pl.element().str.to_lowercase()),
            "parent": pl.concat_list("parent_id", own),
            "released": pl.concat_list(spans),
        }
        values = {
            name: rows.select("row", value=value).explode("value").drop_nulls()
            for name, value in one.items()
        }
        words = {name: _words(rows.select("row", text=name)) for name in ("title", "text")}
        return words | values | _attribute_values(self._attributes)

    @cached_property
    def _attributes(self) -> list[tuple[int, str, Any]]:
        """What the attributes say: row, name and value."""
        texts = self._table["attributes"]
        found = []
        for row in texts.is_not_null().arg_true():
            try:
                told = json.loads(texts[row])
            except ValueError as error:
                item = self._table["item_id"][row]
                raise BadInputError(f"the attributes of {item!r} are no JSON: {error}") from error
            if isinstance(told, dict):
                found += [(row, name, value) for name, value in told.items()]
        return found

    @property
    def _all_vectors(self) -> dict[str, Vectors]:
        rows: dict[str, list[int]] = {}
        values: dict[str, list[list[float]]] = {}
        for row, name, value in self._attributes:
            if _is_vector(value):
                rows.setdefault(name, []).append(row)
                values.setdefault(name, []).append(value)
        arrays: dict[str, Vectors] = {}
        for name, lists in values.items():
            if len(lengths := set(map(len, lists))) > 1:
                raise BadInputError(
                    f"the attribute {name!r} holds vectors of {min(lengths)} and of {max(lengths)} "
                    "numbers; they must be of one length"
                )
            arrays[name] = np.zeros((len(self), lengths.pop()), np.float32)
            arrays[name][rows[name]] = lists
        return arrays | self._vectors


def _is_vector(value: Any) -> bool:
    """Tell a vector from a list of ids: one of its numbers has a decimal point."""
    return (
        isinstance(value, list)
        and any(isinstance(part, float) for part in value)
        and all(isinstance(part, int | float) for part in value)
    )


def _attribute_values(attributes: Iterable[tuple[int, str, Any]]) -> dict[str, pl.DataFrame]:
    said: dict[str, tuple[list[int], list[str]]] = {}
    for row, name, value in attributes:
        if not _is_vector(value):
            rows, values = said.setdefault(name, ([], []))
            for text in _flat(value):
                rows.append(row)
                values.append(text)
    return {
        name: pl.DataFrame(
            {"row": rows, "value": values}, schema={"row": pl.UInt32, "value": pl.String}
        )
        for name, (rows, values) in said.items()
    }


def _flat(value: Any) -> Iterator[str]:
    """Say one value, or each of a list's; an object in a list goes by its name."""
    if isinstance(value, list):
        for part in value:
            yield from _flat(part.get("name") if isinstance(part, dict) else part)
    elif isinstance(value, str):
        for mark in PARTED[1:]:
            value = value.replace(mark, PARTED[0])
        yield from filter(None, (part.strip().lower() for part in value.split(PARTED[0])))
    elif isinstance(value, int | float):
        yield str(value)


def _words(texts: pl.DataFrame) -> pl.DataFrame:
    """Take texts (row, text) apart into words (row, value)."""
    runs = (
        texts.drop_nulls()
        .select("row", value=pl.col("text").str.normalize("NFKC").str.to_lowercase())
        .with_columns(pl.col("value").str.extract_all(WORDS))
        .explode("value")
        .drop_nulls()
    )
    unspaced = pl.col("value").str.contains(f"^[{UNSPACED}]")
    letters = (
        runs.filter(unspaced)
        .with_row_index("run")
        .with_columns(pl.col("value").str.extract_all("."), alone=pl.col("value").str.len_chars())
        .explode("value")
    )
    pairs = letters.with_columns(
        pl.when(pl.col("alone") == 1)
        .then("value")
        .otherwise(pl.col("value") + pl.col("value").shift(-1).over("run"))
    )
    words = runs.filter(~unspaced & (pl.col("value").str.len_chars() > 1))
    return pl.concat([words, pairs.select("row", "value").drop_nulls()])


def _sparse(values: pl.DataFrame, n_items: int) -> csr_matrix:
    """Weigh values (row, value) by TF-IDF: sparse float32 (n_items, n_values), rows of length 1."""
    counts = values.group_by("row", "value").len()
    owners = counts.group_by("value").agg(titles=pl.len())
    telling = owners.filter(pl.col("titles").is_between(2, n_items - 1)).sort("value")
    entries = counts.join(telling.with_row_index("column"), on="value").sort("row", "column")
    count, titles = (entries[name].to_numpy().astype(np.float64) for name in ("len", "titles"))
    weights = ((1 + np.log(count)) * np.log(n_items / titles)).astype(np.float32)
    places = (entries["row"].to_numpy(), entries["column"].to_numpy())
    return _unit_rows(csr_matrix((weights, places), shape=(n_items, telling.height)))


def _unit_rows(matrix: csr_matrix) -> csr_matrix:
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1), np.float64)).ravel()
    matrix = matrix.astype(np.float32)
    matrix.data /= np.repeat(np.where(norms > 0, norms, 1), np.diff(matrix.indptr))
    return matrix
