"""Which documents have a term, and how much that says: the sparse side of search."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

Scores = NDArray[np.float32]

SATURATION, LENGTH = 1.2, 0.75
"""BM25's k1 and b."""
ARRAYS = ("rarity", "rows", "weights", "starts")


class Numbered(NamedTuple):
    """Lists of words as whole numbers, which need a tenth of the memory and sort fast.

    words    every word once, its place being its number
    numbers  int32 (all words of all lists, one list after the other)
    sizes    int64 (n_lists,), the words of each list
    """

    words: list[str]
    numbers: NDArray[np.int32]
    sizes: NDArray[np.int64]


def numbered(lists: Iterable[Sequence[str]]) -> Numbered:
    """Number words in the order in which they come."""
    known: defaultdict[str, int] = defaultdict()
    known.default_factory = known.__len__
    numbers, sizes = array("i"), array("q")
    for words in lists:
        numbers.extend(map(known.__getitem__, words))
        sizes.append(len(words))
    return Numbered(list(known), np.array(numbers, np.int32), np.array(sizes, np.int64))


class Postings:
    """Terms' counts in documents, by term, with weights that are computed in advance.

    ``bm25`` weighs by Robertson and Zaragoza (2009), so that a query's score is a sum over its
    terms; else documents are vectors of length 1 of log counts by rarity, and a score is the
    cosine.
    """

    def __init__(
        self,
        terms: Sequence[str],
        columns: NDArray[np.int32],
        rows: NDArray[np.int32],
        times: Scores,
        n: int,
        bm25: bool,
    ) -> None:
        """Count term ``columns[i]`` as so many ``times[i]`` in document ``rows[i]`` of ``n``.

        Counts of the same pair are added up.
        """
        # The columns of terms become rows of the matrix: a sort by counting, in two passes.
        table = coo_array((times, (columns, rows)), (len(terms), n)).tocsr()
        table.sum_duplicates()
        self.vocabulary = {term: column for column, term in enumerate(terms)}
        self._bm25, self._n = bm25, n
        self._rows, self._starts, count = table.indices, table.indptr, table.data
        owners = np.diff(self._starts)
        self._rarity = np.log1p((n - owners + 0.5) / (owners + 0.5)).astype(np.float32)
        rarity = np.repeat(self._rarity, owners)
        if bm25:
            length = np.bincount(self._rows, count, n)
            relative = 1 - LENGTH + LENGTH * length / max(length.mean() if n else 1.0, 1e-9)
            weight = count * (SATURATION + 1) / (count + SATURATION * relative[self._rows])
            weight *= rarity
        else:
            weight = (1 + np.log(count)) * rarity
            weight /= np.sqrt(np.bincount(self._rows, weight**2, n))[self._rows]
        self._weights = weight.astype(np.float32)

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]], bm25: bool) -> Self:
        """Count the terms of documents."""
        terms, columns, sizes = numbered(documents)
        rows = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        return cls(terms, columns, rows, np.ones(len(rows), np.float32), len(sizes), bm25)

    def made(self) -> tuple[list[str], dict[str, NDArray[Any]]]:
        """Give the terms, and the arrays by name, for `restored`."""
        arrays = {name: getattr(self, f"_{name}") for name in ARRAYS}
        return list(self.vocabulary), arrays | {"n": np.array([self._n, self._bm25])}

    @classmethod
    def restored(cls, terms: Sequence[str], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take what `made` gave. Raises KeyError for an array that is missing."""
        found = cls.__new__(cls)
        found.vocabulary = {term: column for column, term in enumerate(terms)}
        for name in ARRAYS:
            setattr(found, f"_{name}", arrays[name])
        found._n, found._bm25 = int(arrays["n"][0]), bool(arrays["n"][1])
        return found

    def owners(self, term: str) -> int:
        """Count the documents that have a term."""
        column = self.vocabulary.get(term)
        return 0 if column is None else int(self._starts[column + 1] - self._starts[column])

    def scores(self, query: Mapping[str, float]) -> Scores:
        """Score all documents, from 0 to 1: float32 (n_documents,).

        Terms weigh as much as ``query`` says. BM25's score is told as a share of what a document
        could have that is about nothing else.
        """
        found = np.zeros(self._n, np.float32)
        best = 0.0
        for term, importance in query.items():
            column = self.vocabulary.get(term)
            if column is None:
                continue
            at = slice(self._starts[column], self._starts[column + 1])
            rarity = float(self._rarity[column])
            if self._bm25:
                weight = importance
                best += importance * rarity * (SATURATION + 1)
            else:
                weight = (1 + np.log(importance)) * rarity
                best += weight**2
            found[self._rows[at]] += np.float32(weight) * self._weights[at]
        if best > 0:
            found /= best if self._bm25 else np.sqrt(best)
        return found
