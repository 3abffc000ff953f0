"""The k best of each row in one pass over the scores, without sorting whole rows."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from limelight.recommend.cores import cores_for
from limelight.recommend.interactions import Histories


def top_k(
    scores: NDArray[np.float32], k: int, exclude: Histories | None = None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Find the ``k`` best-scored titles of every row, best first.

    ``scores`` is float32 (n, n_items); ``exclude`` names titles that row h must not contain. Equal
    scores go to the lower index. Returns items int32 (n, k) and their scores float32 (n, k); places
    that nothing can fill hold -1 and -inf, as do titles scored -inf or NaN.
    """
    scores = np.ascontiguousarray(scores, np.float32)
    k = min(k, scores.shape[1])
    if exclude is None:
        offsets, banned = np.zeros(len(scores) + 1, np.int64), np.empty(0, np.int32)
    else:
        offsets, banned = exclude.offsets, exclude.items
    items = np.full((len(scores), k), -1, np.int32)
    best = np.full((len(scores), k), -np.inf, np.float32)
    if k > 0:
        with cores_for(len(scores)):
            _select(scores, offsets, banned, items, best)
    return items, best


@numba.njit(parallel=True, cache=True, nogil=True)
def _select(
    scores: NDArray[np.float32],
    offsets: NDArray[np.int64],
    banned: NDArray[np.int32],
    items: NDArray[np.int32],
    best: NDArray[np.float32],
) -> None:
    n_items, k = scores.shape[1], items.shape[1]
    for row in numba.prange(len(scores)):
        # A row of its own tells which titles are banned; it stays in the first-level cache.
        allowed = np.ones(n_items, np.bool_)
        for event in range(offsets[row], offsets[row + 1]):
            allowed[banned[event]] = False
        floor = -np.inf
        for item in range(n_items):
            score = scores[row, item]
            # Nearly every title fails this one comparison, so the pass runs at memory speed.
            if score > floor and allowed[item]:
                place = k - 1
                while place > 0 and best[row, place - 1] < score:
                    best[row, place] = best[row, place - 1]
                    items[row, place] = items[row, place - 1]
                    place -= 1
                best[row, place] = score
                items[row, place] = item
                floor = best[row, k - 1]
