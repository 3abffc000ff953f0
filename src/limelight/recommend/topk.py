"""The k best of each row in one pass over the scores, without sorting whole rows."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from limelight.recommend.cores import cores_for
from limelight.recommend.interactions import Histories

LONG = 4096
"""From so many titles on, sorting a whole row costs less than keeping a list of the best."""

Items = NDArray[np.int32]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


def top_k(
    scores: Scores, k: int, exclude: Histories | None = None, allowed: Mask | None = None
) -> tuple[Items, Scores]:
    """Find the ``k`` best-scored titles of every row, best first.

    ``scores`` is float32 (n, n_items); ``exclude`` names titles that row h must not contain, and
    ``allowed``, bool (n_items,), the only ones that any row may. Equal scores go to the lower
    index. Returns items int32 (n, k) and their scores float32 (n, k), with k at most n_items;
    places that nothing can fill hold -1 and -inf, as do titles scored -inf or NaN.
    """
    scores = np.ascontiguousarray(scores, np.float32)
    n_items = scores.shape[1]
    offsets, banned = exclusions(exclude, len(scores))
    free = np.ones(n_items, np.bool_) if allowed is None else allowed
    items, best = no_titles(len(scores), min(k, n_items))
    if k > LONG:
        _sort(scores, offsets, banned, free, items, best)
    elif k > 0:
        with cores_for(len(scores)):
            select(scores, 0, offsets, banned, free, items, best)
    return items, best


def exclusions(exclude: Histories | None, rows: int) -> tuple[NDArray[np.int64], Items]:
    """Give the offsets and the titles that ``exclude`` bans, none without it."""
    if exclude is None:
        return np.zeros(rows + 1, np.int64), np.empty(0, np.int32)
    return np.asarray(exclude.offsets), np.asarray(exclude.items)


def no_titles(rows: int, k: int) -> tuple[Items, Scores]:
    """Make the lists that nothing has filled yet, of -1 and -inf."""
    return np.full((rows, k), -1, np.int32), np.full((rows, k), -np.inf, np.float32)


def _sort(
    scores: Scores,
    offsets: NDArray[np.int64],
    banned: Items,
    allowed: Mask,
    items: Items,
    best: Scores,
) -> None:
    for row, given in enumerate(scores):
        usable = np.where(allowed & ~np.isnan(given), given, np.float32(-np.inf))
        usable[banned[offsets[row] : offsets[row + 1]]] = -np.inf
        order = np.argsort(-usable, kind="stable")[: items.shape[1]]
        best[row] = usable[order]
        items[row] = np.where(best[row] > -np.inf, order, -1)


@numba.njit(parallel=True, cache=True, nogil=True)
def select(
    scores: Scores,
    first: int,
    offsets: NDArray[np.int64],
    banned: Items,
    allowed: Mask,
    items: Items,
    best: Scores,
) -> None:
    """Improve every row's list, best first, by the scores of the titles from ``first`` on.

    ``scores`` is (n, width); ``items`` and ``best`` (n, k) hold what earlier titles left there.
    """
    width, k = scores.shape[1], items.shape[1]
    for row in numba.prange(len(scores)):
        # A row of its own tells which titles are free; it stays in the first-level cache.
        free = allowed[first : first + width].copy()
        for event in range(offsets[row], offsets[row + 1]):
            if first <= banned[event] < first + width:
                free[banned[event] - first] = False
        floor = best[row, k - 1]
        for place in range(width):
            score = scores[row, place]
            # Nearly every title fails this one comparison, so the pass runs at memory speed.
            if score > floor and free[place]:
                slot = k - 1
                while slot > 0 and best[row, slot - 1] < score:
                    best[row, slot] = best[row, slot - 1]
                    items[row, slot] = items[row, slot - 1]
                    slot -= 1
                best[row, slot] = score
                items[row, slot] = first + place
                floor = best[row, k - 1]
