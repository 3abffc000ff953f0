"""Which documents have a term, and how much that says: the sparse side of search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

SATURATION, LENGTH = 1.2, 0.75
"""BM25's k1 and b."""
ARRAYS = ("rarity", "rows", "weights", "starts")


class Postings:
    """Terms' counts in documents, by term, with weights that are computed in advance.

    ``documents`` are terms and how often each is there. ``bm25`` weighs by Robertson and Zaragoza
    (2009), so that a query's score is a sum over its terms; else documents are vectors of length 1
    of log counts by rarity, and a score is the cosine.
    """

    def __init__(self, documents: Sequence[Mapping[str, float]], bm25: bool) -> None:
        """Count."""
        self.vocabulary: dict[str, int] = {}
        columns = [
            self.vocabulary.setdefault(term, len(self.vocabulary))
            for document in documents
            for term in document
        ]
        sizes = [len(document) for document in documents]
        column = np.array(columns, np.int64)
        row = np.repeat(np.arange(len(documents), dtype=np.int32), sizes)
        told: Iterable[float] = (n for document in documents for n in document.values())
        count = np.fromiter(told, np.float32, len(columns))
        owners = np.bincount(column, minlength=len(self.vocabulary))
        n = len(documents)
        self._bm25, self._n = bm25, n
        self._rarity = np.log1p((n - owners + 0.5) / (owners + 0.5)).astype(np.float32)
        if bm25:
            length = np.bincount(row, count, n)
            relative = 1 - LENGTH + LENGTH * length / max(length.mean() if n else 1.0, 1e-9)
            weight = count * (SATURATION + 1) / (count + SATURATION * relative[row])
            weight *= self._rarity[column]
        else:
            weight = (1 + np.log(count)) * self._rarity[column]
            weight /= np.sqrt(np.bincount(row, weight**2, n))[row]
        order = np.argsort(column, kind="stable")
        self._rows, self._weights = row[order], weight[order].astype(np.float32)
        self._starts = np.concatenate([[0], np.cumsum(owners)])

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
                found[self._rows[at]] += importance * self._weights[at]
                best += importance * rarity * (SATURATION + 1)
            else:
                weight = (1 + np.log(importance)) * rarity
                found[self._rows[at]] += np.float32(weight) * self._weights[at]
                best += weight**2
        if best > 0:
            found /= best if self._bm25 else np.sqrt(best)
        return found


def counted(terms: Iterable[str], times: int = 1) -> Counter[str]:
    """Count terms, each as often as ``times``."""
    counts = Counter(terms)
    return Counter({term: n * times for term, n in counts.items()}) if times != 1 else counts
