"""How much of a text each sentence says: vectors of sentences, and LexRank over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from limelight.text.summary.source import Sentence

Vectors: TypeAlias = "csr_array | NDArray[np.float32]"
"""One row a sentence, each of length 1 or 0."""


def tfidf(sentences: Sequence[Sentence]) -> csr_array:
    """Give TF-IDF vectors (n, stems) of a text's sentences, of length 1.

    A stem weighs its count times log((1 + n) / (1 + sentences with it)) + 1, so that what stands
    everywhere says little and words such as "the" next to nothing beside names.
    """
    columns: dict[str, int] = {}
    counts = [Counter(one.stems) for one in sentences]
    rows, places, values = [], [], []
    for row, count in enumerate(counts):
        for stem, times in count.items():
            rows.append(row)
            places.append(columns.setdefault(stem, len(columns)))
            values.append(times)
    shape = (len(counts), max(len(columns), 1))
    matrix = csr_array((np.array(values, np.float64), (rows, places)), shape=shape)
    present = np.bincount(matrix.indices, minlength=shape[1])
    matrix = matrix.multiply(np.log((1 + len(counts)) / (1 + present)) + 1).tocsr()
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return csr_array(matrix.multiply(1 / np.maximum(lengths, 1e-12)[:, None]))


def similarities(vectors: Vectors, other: Vectors) -> NDArray[np.float64]:
    """Give the cosines (n, m) of rows of length 1, those below 0 as 0."""
    found = vectors @ other.T
    dense = found.toarray() if isinstance(found, csr_array) else np.asarray(found)
    return np.maximum(dense.astype(np.float64), 0.0)


def lexrank(vectors: Vectors, damping: float = 0.85, steps: int = 50) -> NDArray[np.float64]:
    """Give the share (n,) of a walk from sentence to similar sentence that is spent in each.

    Continuous LexRank (Erkan and Radev 2004). Where no component is negative, as with TF-IDF, the
    similarities of all pairs are never written down: a step is two products with the vectors, so
    that a book of 100,000 sentences is ranked as a page is.
    """
    n = vectors.shape[0]
    if not isinstance(vectors, csr_array):
        pairs = similarities(vectors, vectors)

        def spread(share: NDArray[np.float64]) -> NDArray[np.float64]:
            return pairs @ share
    else:

        def spread(share: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.asarray(vectors @ (vectors.T @ share))

    degrees = np.maximum(spread(np.ones(n)), 1e-12)
    share = np.full(n, 1 / n)
    for _ in range(steps):
        before = share
        share = (1 - damping) / n + damping * spread(share / degrees)
        if np.abs(share - before).sum() < 1e-9:
            break
    return np.asarray(share / share.sum())
