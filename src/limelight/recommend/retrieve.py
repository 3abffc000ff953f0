"""The k best of a million titles by inner product: exact, without a score for every title.

One query is a pass over the item vectors, so the time is that of reading them. They are kept in
bytes too, a quarter of the traffic: a product of bytes, and a bound on how far it may be from the
true one, tells which titles can still enter the list, a few hundred in a million. Only those are
scored in float32. The bound makes the list that of a full scan, not an approximation of it.

Many queries are a matrix product, block by block of the titles, so that the scores never leave the
cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numba
import numpy as np
from numpy.typing import NDArray

from limelight.recommend.cores import cores_for
from limelight.recommend.interactions import Histories
from limelight.recommend.topk import Items, Mask, Scores, exclusions, no_titles, select

MANY = 32
"""From so many queries on, a matrix product takes less time than a pass for each."""

QUERIES, BLOCK = 256, 4096
"""Queries and titles at a time in a matrix product: 4 MB of scores."""

LARGEST = 127
"""What a byte holds, of either sign."""

PART = 1 << 15
"""Titles that are worth waking up another core."""


def top_by_product(
    queries: Scores,
    vectors: Scores,
    k: int,
    exclude: Histories | None = None,
    allowed: Mask | None = None,
) -> tuple[Items, Scores]:
    """Do what ``top_k(queries @ vectors.T, …)`` does, with a block of the scores at a time.

    ``queries`` is float32 (n, d), ``vectors`` (n_items, d).
    """
    free = np.ones(len(vectors), np.bool_) if allowed is None else allowed
    items, best = no_titles(len(queries), min(k, len(vectors)))
    for start in range(0, len(queries), QUERIES):
        rows = slice(start, start + QUERIES)
        some = queries[rows]
        offsets, banned = exclusions(None if exclude is None else exclude[rows], len(some))
        for first in range(0, len(vectors), BLOCK):
            scores = some @ vectors[first : first + BLOCK].T
            select(scores, first, offsets, banned, free, items[rows], best[rows])
    return items, best


@dataclass(frozen=True, eq=False)
class ByteVectors:
    """Item vectors beside a copy in bytes, for the best titles of a few queries.

    vectors  float32 (n_items, d)
    columns  float32 (d,), what each column is divided by: its root mean square
    scales   float32 (n_items,), what a row's bytes are multiplied by; NaN where it is not finite
    codes    int8 (n_items, d): vectors is about ``codes * scales[:, None] * columns``
    """

    vectors: Scores
    columns: Scores
    scales: Scores
    codes: NDArray[np.int8]

    @classmethod
    def of(cls, vectors: Scores) -> Self:
        """Round every row to bytes; columns of unlike size (a bias) are levelled first."""
        vectors = np.ascontiguousarray(vectors, np.float32)
        columns = _spread(vectors)
        scales, codes = np.empty(len(vectors), np.float32), np.empty(vectors.shape, np.int8)
        _round(vectors, columns, scales, codes)
        return cls(vectors, columns, scales, codes)

    def top(
        self,
        queries: Scores,
        k: int,
        exclude: Histories | None = None,
        allowed: Mask | None = None,
    ) -> tuple[Items, Scores]:
        """Do what ``top_k(queries @ vectors.T, …)`` does; titles that are not finite are left out.

        Every core reads a part of the titles for every query; the parts' lists are merged.
        """
        levelled = queries.astype(np.float64) * self.columns
        # As many steps as a sum of d products with bytes can take before it leaves 32 bits.
        width = max(queries.shape[1], 1)
        steps = min(np.iinfo(np.int16).max, np.iinfo(np.int32).max // (LARGEST * width))
        sizes = np.abs(levelled)
        step = np.maximum(sizes.max(axis=1, initial=0) / steps, np.finfo(np.float32).tiny)
        codes = np.rint(levelled / step[:, None])
        # Rounding moved a title's code by 1/2 at most and the query's by step / 2. The rest is for
        # the rounding of float32 itself.
        doubt = sizes.sum(axis=1) * (0.501 + 1e-5 * width) + step * (0.501 * LARGEST * width)
        offsets, banned = exclusions(exclude, len(queries))
        free = np.ones(len(self.vectors), np.bool_) if allowed is None else allowed
        parts, k = min(numba.get_num_threads(), 1 + len(free) // PART), min(k, len(free))
        items, best = no_titles(len(queries) * parts, k)
        with cores_for(len(items)):
            _scan(
                self.codes,
                self.scales,
                self.vectors,
                codes.astype(np.int16),
                step.astype(np.float32),
                doubt.astype(np.float32),
                np.ascontiguousarray(queries, np.float32),
                offsets,
                banned,
                free,
                parts,
                items,
                best,
            )
        items = items.reshape(len(queries), parts * k)
        best = best.reshape(len(queries), parts * k)
        # Parts follow each other as their titles do, so a stable sort keeps ties in order.
        order = np.argsort(-best, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(items, order, axis=1), np.take_along_axis(best, order, axis=1)


def _spread(vectors: Scores) -> Scores:
    """Root mean square of each column, 1 where that is zero or not finite."""
    spread = np.sqrt(np.einsum("ij,ij->j", vectors, vectors) / np.float32(len(vectors)))
    return np.where(np.isfinite(spread) & (spread > 0), spread, np.float32(1))


@numba.njit(parallel=True, cache=True, nogil=True)
def _round(vectors: Scores, columns: Scores, scales: Scores, codes: NDArray[np.int8]) -> None:
    for item in numba.prange(len(vectors)):
        levelled = vectors[item] / columns
        scale = np.float32(np.abs(levelled).max() / LARGEST)
        usable = np.isfinite(levelled).all()
        scales[item] = scale if usable else np.nan
        for place in range(len(columns)):
            code = np.rint(levelled[place] / scale) if usable and scale > 0 else np.float32(0)
            codes[item, place] = np.int8(code)


@numba.njit(parallel=True, cache=True, nogil=True)
def _scan(
    codes: NDArray[np.int8],
    scales: Scores,
    vectors: Scores,
    query_codes: NDArray[np.int16],
    steps: Scores,
    doubts: Scores,
    queries: Scores,
    offsets: NDArray[np.int64],
    banned: Items,
    allowed: Mask,
    parts: int,
    items: Items,
    best: Scores,
) -> None:
    n_items, k = len(codes), items.shape[1]
    for row in numba.prange(len(items)):
        query, part = row // parts, row % parts
        first, stop = n_items * part // parts, n_items * (part + 1) // parts
        free = allowed[first:stop].copy()
        for event in range(offsets[query], offsets[query + 1]):
            if first <= banned[event] < stop:
                free[banned[event] - first] = False
        step, doubt, floor = steps[query], doubts[query], best[row, k - 1]
        for item in range(first, stop):
            product = _byte_product(codes[item], query_codes[query])
            if scales[item] * (step * np.float32(product) + doubt) > floor and free[item - first]:
                score = _product(vectors[item], queries[query])
                if score > floor:
                    slot = k - 1
                    while slot > 0 and best[row, slot - 1] < score:
                        best[row, slot] = best[row, slot - 1]
                        items[row, slot] = items[row, slot - 1]
                        slot -= 1
                    best[row, slot] = score
                    items[row, slot] = item
                    floor = best[row, k - 1]


@numba.njit(cache=True, nogil=True)
def _byte_product(left: NDArray[np.int8], right: NDArray[np.int16]) -> np.int32:
    total = np.int32(0)
    for place in range(len(left)):
        # Numba widens to 64 bits; cut back to 32, this is one instruction for 32 places.
        total = np.int32(total + np.int32(left[place]) * np.int32(right[place]))
    return total


@numba.njit(cache=True, nogil=True, fastmath=True)
def _product(left: Scores, right: Scores) -> np.float32:
    total = np.float32(0)
    for place in range(len(left)):
        total += left[place] * right[place]
    return total
