"""Which words stand near each other, and how often, counted on all cores."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numba
import numpy as np
from numba import njit
from numpy.typing import NDArray

from limelight.progress import Progress, silent

DENSE = 1024
"""So many of the most frequent words have a cell for every pair; other pairs are hashed."""
WHOLE = 1 << 20
"""What a pair of neighbours counts; whole numbers add up to the same in any order."""
SMALLEST = 1 << 12
PIECES = 8
"""Shares of the texts for each thread, so that progress is told and long texts even out."""
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)

Keys = NDArray[np.uint64]
Counts = NDArray[np.float64]


class Pairs(NamedTuple):
    """Pairs of words, each once, the rarer first: int32 (n,), int32 (n,), float32 (n,)."""

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    counts: NDArray[np.float32]


def cooccurrences(
    ids: NDArray[np.int32],
    starts: NDArray[np.int64],
    n_words: int,
    window: int,
    progress: Progress = silent,
) -> Pairs:
    """Count pairs of words at most ``window`` apart within a text, each by 1 / distance.

    Text i is ``ids[starts[i]:starts[i + 1]]``, its words as their ranks by frequency. A pair is
    counted for both its directions at once; a word beside itself counts twice, once for each.
    """
    n_dense = min(DENSE, n_words)
    threads = numba.get_num_threads()
    shares = np.linspace(0, len(ids), threads * PIECES + 1)
    edges = np.unique(np.searchsorted(starts, shares))
    edges[-1] = len(starts) - 1
    dense = np.zeros(n_dense * (n_dense + 1) // 2)
    found: list[tuple[Keys, Counts]] = [(np.zeros(0, np.uint64), np.zeros(0))]

    def count(begin: int, end: int) -> tuple[Counts, Keys, Counts]:
        return _count(ids, starts, begin, end, window, n_dense)

    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(count, a, b) for a, b in pairwise(edges)]
        try:
            for done, job in enumerate(jobs):
                progress(done, len(jobs), "counting neighbours")
                part, keys, counts = job.result()
                dense += part
                filled = keys > 0
                found.append((keys[filled], counts[filled]))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return _joined(dense, n_dense, found)


def _joined(dense: Counts, n_dense: int, found: list[tuple[Keys, Counts]]) -> Pairs:
    keys = np.concatenate([part[0] for part in found])
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], np.concatenate([part[1] for part in found])[order]
    new = np.flatnonzero(np.diff(keys, prepend=np.uint64(0)))  # no key is 0
    keys, sums = keys[new], np.add.reduceat(counts, new) if len(new) else counts
    frequent, other = np.tril_indices(n_dense)
    kept = dense > 0
    first = np.concatenate([frequent[kept], (keys >> HALF).astype(np.int64)])
    second = np.concatenate([other[kept], (keys & LOW).astype(np.int64)])
    totals = np.concatenate([dense[kept], sums]) / WHOLE
    totals[first == second] *= 2
    return Pairs(first.astype(np.int32), second.astype(np.int32), totals.astype(np.float32))


@njit(nogil=True, cache=True)
def _count(
    ids: NDArray[np.int32],
    starts: NDArray[np.int64],
    begin: int,
    end: int,
    window: int,
    n_dense: int,
) -> tuple[Counts, Keys, Counts]:
    dense = np.zeros(n_dense * (n_dense + 1) // 2)
    keys = np.zeros(SMALLEST, np.uint64)
    counts = np.zeros(SMALLEST, np.float64)
    filled = 0
    for text in range(begin, end):
        for at in range(starts[text], starts[text + 1]):
            word = ids[at]
            for other in range(max(starts[text], at - window), at):
                rarer, usual = max(word, ids[other]), min(word, ids[other])
                weight = WHOLE // (at - other)
                if rarer < n_dense:
                    dense[rarer * (rarer + 1) // 2 + usual] += weight
                else:
                    key = (np.uint64(rarer) << HALF) | np.uint64(usual)
                    slot = _slot(keys, key)
                    if keys[slot] == 0:
                        keys[slot] = key
                        filled += 1
                    counts[slot] += weight
            if 2 * (filled + window) > len(keys):
                keys, counts = _grown(keys, counts)
    return dense, keys, counts


@njit(nogil=True, cache=True)
def _slot(keys: Keys, key: np.uint64) -> np.uint64:
    """Give where a key is, or the free place where it goes."""
    mask = np.uint64(len(keys) - 1)
    slot = ((key * GOLDEN) >> np.uint64(20)) & mask
    while keys[slot] != 0 and keys[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return slot


@njit(nogil=True, cache=True)
def _grown(keys: Keys, counts: Counts) -> tuple[Keys, Counts]:
    more = np.zeros(4 * len(keys), np.uint64)
    sums = np.zeros(4 * len(keys), np.float64)
    for old in range(len(keys)):
        if keys[old] != 0:
            slot = _slot(more, keys[old])
            more[slot] = keys[old]
            sums[slot] = counts[old]
    return more, sums
