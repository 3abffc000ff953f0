"""Histories whose older events count less: as features, and their normal equations in one pass.

A history of length t is described by several sums over its events, a feature of n_items each: event
s has the value ``scale(t) * decay ** (t - s)``. The decay 1 with the scale ``1 / sqrt(t)`` is the
whole set; decays below 1, ``0.5 ** (1 / half_life)``, with the scale 1 follow what came last.
"""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.recommend.interactions import Histories

NEGLIGIBLE = 1e-4
"""Decays below this are zero: fourteen half-lives back there is nothing left to tell."""

TILE = 2048

Matrix = NDArray[np.float32]
Indices = NDArray[np.int64]


def decays(half_lives: Sequence[float]) -> Matrix:
    """Give each feature's decay, float32 (1 + len(half_lives),); the first is the whole set."""
    return np.array([1.0, *(0.5 ** (1 / half_life) for half_life in half_lives)], np.float32)


def features(histories: Histories, decay: Matrix, *, by_event: bool = False) -> csr_matrix:
    """Describe histories: sparse float32 (n_histories, n_features * n_items), feature by feature.

    ``by_event`` gives every event a row of its own; a history's row is the sum of its events' rows.
    """
    owners = histories.owners
    lengths = histories.lengths[owners]
    ages = lengths - 1 - (np.arange(len(owners)) - histories.offsets[owners])
    rows, columns, values = [], [], []
    for feature, (factor, reach) in enumerate(zip(decay, _reaches(decay), strict=True)):
        near = np.flatnonzero(ages < reach)
        rows.append(near if by_event else owners[near])
        columns.append(histories.items[near] + feature * histories.n_items)
        values.append(1 / np.sqrt(lengths[near]) if factor == 1 else factor ** ages[near])
    shape = (len(owners) if by_event else len(histories), len(decay) * histories.n_items)
    entries = (np.concatenate(rows), np.concatenate(columns))
    return csr_matrix((np.concatenate(values).astype(np.float32), entries), shape=shape)


def normal_equations(histories: Histories, decay: Matrix) -> tuple[Matrix, Matrix]:
    """Sum up the least squares problem "features before an event -> that event's title".

    Every event but the first of each history is an answer, counted with its weight. Returns the
    lower triangle of the features' Gram matrix, float32 (d, d), and their products with the one-hot
    answers, float32 (d, n_items), with d = n_features * n_items.

    Two events s < m of one history meet in every later example t, where their product is
    ``decay_a ** (t - s) * decay_b ** (t - m)`` times the scales: the sum over t is known at m by a
    backward recursion, so that each pair is visited once, whatever the number of examples. The rows
    of the result are summed one by one, each on one core and in its cache.
    """
    n_items, n_features = histories.n_items, len(decay)
    order = np.argsort(histories.items, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(histories.items, minlength=n_items))])
    first = histories.offsets[histories.owners]
    tails = np.zeros((len(histories.items), n_features, n_features), np.float32)
    _tails(histories.offsets, histories.weights, decay, tails)
    gram = np.zeros((n_features * n_items, n_features * n_items), np.float32)
    answers = np.zeros((n_items, n_features * n_items), np.float32)
    reaches = _reaches(decay)
    _gram_rows(histories.items, first, starts, order, decay, reaches, tails, gram)
    _answer_rows(histories.items, histories.weights, first, starts, order, decay, reaches, answers)
    _add_transpose(gram)
    for a in range(n_features):
        for b in range(n_features):
            rows = np.arange(n_items)
            gram[a * n_items + rows, b * n_items + rows] += np.bincount(
                histories.items, tails[:, a, b], n_items
            ).astype(np.float32)
    return gram, np.ascontiguousarray(answers.T)


def _reaches(decay: Matrix) -> Indices:
    """Give the age from which each decay is negligible."""
    far = np.iinfo(np.int64).max
    return np.array(
        [far if d == 1 else int(np.ceil(np.log(NEGLIGIBLE) / np.log(d))) for d in decay], np.int64
    )


def _add_transpose(matrix: Matrix) -> None:
    """Add to the lower triangle the transpose of the upper one, tile by tile."""
    for top in range(0, len(matrix), TILE):
        for left in range(0, top + 1, TILE):
            rows, columns = slice(top, top + TILE), slice(left, left + TILE)
            matrix[rows, columns] += matrix[columns, rows].T.copy()


@numba.njit(parallel=True, cache=True, nogil=True)
def _tails(offsets: Indices, weights: Matrix, decay: Matrix, tails: Matrix) -> None:
    """Sum, at every event m, what examples from m on weigh a pair of events at age 0."""
    n_features = len(decay)
    for row in numba.prange(len(offsets) - 1):
        start, stop = offsets[row], offsets[row + 1]
        total = np.zeros((n_features, n_features), np.float64)
        for event in range(stop - 2, start - 1, -1):
            scale = 1 / np.sqrt(event - start + 1)
            for a in range(n_features):
                for b in range(n_features):
                    product = weights[event + 1]
                    product *= scale if decay[a] == 1 else 1
                    product *= scale if decay[b] == 1 else 1
                    total[a, b] = total[a, b] * decay[a] * decay[b] + product
                    tails[event, a, b] = total[a, b]


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=True)
def _gram_rows(
    items: NDArray[np.int32],
    first: Indices,
    starts: Indices,
    order: Indices,
    decay: Matrix,
    reaches: Indices,
    tails: Matrix,
    gram: Matrix,
) -> None:
    """Fill row (a, i) with the pairs whose later event is item i, of feature a."""
    n_items, n_features = len(starts) - 1, len(decay)
    for item in numba.prange(n_items):
        sums = np.zeros((n_features, n_items, n_features), np.float32)
        for place in range(starts[item], starts[item + 1]):
            later = order[place]
            for b in range(n_features):
                tail = tails[later, :, b].copy()
                value = np.float32(1)
                for earlier in range(later - 1, max(first[later], later - reaches[b]) - 1, -1):
                    value *= decay[b]
                    for a in range(n_features):
                        sums[b, items[earlier], a] += tail[a] * value
        for a in range(n_features):
            for b in range(n_features):
                for other in range(n_items):
                    gram[a * n_items + item, b * n_items + other] = sums[b, other, a]


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=True)
def _answer_rows(
    items: NDArray[np.int32],
    weights: Matrix,
    first: Indices,
    starts: Indices,
    order: Indices,
    decay: Matrix,
    reaches: Indices,
    answers: Matrix,
) -> None:
    """Fill row i with the features before each event of item i."""
    n_items, n_features = len(starts) - 1, len(decay)
    for item in numba.prange(n_items):
        for place in range(starts[item], starts[item + 1]):
            event = order[place]
            for a in range(n_features):
                value = weights[event]
                if decay[a] == 1 and event > first[event]:
                    value /= np.sqrt(np.float32(event - first[event]))
                for earlier in range(event - 1, max(first[event], event - reaches[a]) - 1, -1):
                    answers[item, a * n_items + items[earlier]] += value
                    value *= decay[a]
