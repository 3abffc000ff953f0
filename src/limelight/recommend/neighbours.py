"""The k best of a million titles by sparse neighbours: only the titles they touch are looked at."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.recommend.cores import cores_for
from limelight.recommend.interactions import Histories
from limelight.recommend.topk import Items, Mask, Scores, exclusions, no_titles

TOUCHED, BANNED = 1, 2

Indices = NDArray[np.int32] | NDArray[np.int64]


def top_by_neighbours(
    described: csr_matrix,
    neighbours: csr_matrix,
    k: int,
    exclude: Histories | None = None,
    allowed: Mask | None = None,
) -> tuple[Items, Scores]:
    """Do what ``top_k(described @ neighbours, …)`` does, without a score for every title.

    ``described`` is sparse float32 (n, n_items), ``neighbours`` (n_items, n_items). A row takes
    time by the neighbours of its entries, whatever the number of titles; titles that they don't
    touch score zero, and are looked at only where a list is not full without them.
    """
    rows, n_items = described.shape
    offsets, banned = exclusions(exclude, rows)
    free = np.ones(n_items, np.bool_) if allowed is None else allowed
    items, best = no_titles(rows, min(k, n_items))
    with cores_for(rows):
        _rank_touched(
            described.indptr,
            described.indices,
            described.data,
            neighbours.indptr,
            neighbours.indices,
            neighbours.data,
            offsets,
            banned,
            free,
            numba.get_num_threads(),
            items,
            best,
        )
    return items, best


@numba.njit(parallel=True, cache=True, nogil=True)
def _rank_touched(
    row_offsets: Indices,
    row_columns: NDArray[np.int32],
    row_values: Scores,
    neighbour_offsets: Indices,
    neighbour_columns: NDArray[np.int32],
    neighbour_values: Scores,
    offsets: NDArray[np.int64],
    banned: Items,
    allowed: Mask,
    workers: int,
    items: Items,
    best: Scores,
) -> None:
    n_items = len(allowed)
    for worker in numba.prange(workers):
        # Only what a row touched is cleared again, so a large catalogue costs nothing by itself.
        sums = np.zeros(n_items, np.float32)
        state = np.zeros(n_items, np.uint8)
        touched = np.empty(n_items, np.int32)
        zero = np.float32(0)
        for row in range(worker, len(items), workers):
            titles, scores = items[row], best[row]
            for event in range(offsets[row], offsets[row + 1]):
                state[banned[event]] = BANNED
            entries = slice(row_offsets[row], row_offsets[row + 1])
            n_touched = _add_up(
                row_columns[entries],
                row_values[entries],
                neighbour_offsets,
                neighbour_columns,
                neighbour_values,
                sums,
                state,
                touched,
            )
            for index in range(n_touched):
                item = touched[index]
                if allowed[item] and not state[item] & BANNED:
                    _insert(item, sums[item], titles, scores)
            for item in range(n_items):
                # They come in order, so that after the first to find no place none does.
                if allowed[item] and not state[item] and not _insert(item, zero, titles, scores):
                    break
            for index in range(n_touched):
                sums[touched[index]] = 0
                state[touched[index]] = 0
            for event in range(offsets[row], offsets[row + 1]):
                state[banned[event]] = 0


@numba.njit(cache=True, nogil=True)
def _add_up(
    sources: NDArray[np.int32],
    values: Scores,
    neighbour_offsets: Indices,
    neighbour_columns: NDArray[np.int32],
    neighbour_values: Scores,
    sums: Scores,
    state: NDArray[np.uint8],
    touched: NDArray[np.int32],
) -> int:
    """Add a row's neighbours to the sums; mark, list and count the titles they touch."""
    n_touched = 0
    for entry in range(len(sources)):
        source, value = sources[entry], values[entry]
        for place in range(neighbour_offsets[source], neighbour_offsets[source + 1]):
            item = neighbour_columns[place]
            sums[item] += value * neighbour_values[place]
            if not state[item] & TOUCHED:
                state[item] |= TOUCHED
                touched[n_touched] = item
                n_touched += 1
    return n_touched


@numba.njit(cache=True, nogil=True)
def _insert(item: int, score: np.float32, items: Items, best: Scores) -> bool:
    """Put a title where it belongs in a list, best first; say whether there was a place for it."""
    slot = len(items)
    while slot > 0 and (
        best[slot - 1] < score or (best[slot - 1] == score and items[slot - 1] > item)
    ):
        slot -= 1
    if slot == len(items):
        return False
    for place in range(len(items) - 1, slot, -1):
        best[place], items[place] = best[place - 1], items[place - 1]
    best[slot], items[slot] = score, item
    return True
