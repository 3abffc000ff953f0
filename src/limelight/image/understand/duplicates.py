"""Which of very many pictures are nearly the same, by their fingerprints.

Multi-index hashing (Norouzi, Punjani and Fleet 2012): of two hashes of 64 bits that differ in at
most 11, one of four bands of 16 differs in at most 2. So each hash is compared only with those
that lie within 2 bits in one band, and nothing is missed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from limelight.image.understand.fingerprint import Fingerprint

BANDS, WIDTH, RADIUS = 4, 16, 2
MOST = BANDS * (RADIUS + 1) - 1
NEAR, NEAR_TOO = 10, 12
"""Bits in which the pHashes and the dHashes of the same picture differ at most."""

Hashes = NDArray[np.uint64]
Pairs = NDArray[np.int64]


def near_duplicates(
    fingerprints: Sequence[Fingerprint], near: int = NEAR, near_too: int = NEAR_TOO
) -> list[list[int]]:
    """Group pictures that are nearly the same: indices, the groups in order of their first one.

    Two are, if their pHashes differ in at most ``near`` bits (0 to 11) and their dHashes in at most
    ``near_too``, or if that holds between one and an inner part of the other: then one is cropped.
    What is the same as something in a group is in the group. Pictures alone are in none.
    """
    if not fingerprints:
        return []
    hashes = np.array([one.hashes for one in fingerprints], np.uint64)  # (n, views, 2)
    pairs = [_equal(hashes[:, 0])]
    # Exact copies are compared once: a catalogue may hold thousands of them.
    _, firsts = np.unique(hashes[:, 0], axis=0, return_index=True)
    firsts.sort()
    whole = np.ascontiguousarray(hashes[firsts, 0])
    for view in range(hashes.shape[1]):
        asked = np.ascontiguousarray(hashes[firsts, view])
        pairs.append(firsts[similar(whole, asked, near, near_too)])
    return _groups(np.concatenate(pairs), len(fingerprints))


def similar(whole: Hashes, asked: Hashes, near: int = NEAR, near_too: int = NEAR_TOO) -> Pairs:
    """Find all (i, j) for which ``whole[i]`` (n, 2) is near ``asked[j]`` (m, 2), but i = j."""
    if not 0 <= near <= MOST:
        raise ValueError(f"near is from 0 to {MOST}, not {near}")
    return np.concatenate(
        [_in_band(whole, asked, band, _masks(), near, near_too) for band in range(BANDS)]
    )


def _equal(whole: Hashes) -> Pairs:
    """Pair everything with the first that has exactly the same hashes."""
    _, first, which = np.unique(whole, axis=0, return_index=True, return_inverse=True)
    at = np.arange(len(whole))
    earlier = first[which.ravel()]
    other = earlier != at
    return np.stack([earlier[other], at[other]], axis=1)


def _groups(pairs: Pairs, count: int) -> list[list[int]]:
    ones = np.ones(len(pairs), np.int8)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    return sorted(part.tolist() for part in parts if len(part) > 1)


def _in_band(
    whole: Hashes, asked: Hashes, band: int, masks: NDArray[np.int32], near: int, near_too: int
) -> Pairs:
    """Find the pairs of which ``band`` is the first that differs in at most two bits.

    Both sides are walked through in the order of the band, so that memory is read where it was
    read just before.
    """
    values, own = _band(whole[:, 0], band), _band(asked[:, 0], band)
    order, turn = np.argsort(values, kind="stable"), np.argsort(own, kind="stable")
    counts = np.bincount(values, minlength=1 << WIDTH)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    found: Pairs = _similar(
        whole[order, 0], whole[:, 1], order, starts, asked, turn, masks, band, near, near_too
    )
    return found


def _band(hashes: Hashes, band: int) -> NDArray[np.int32]:
    return ((hashes >> np.uint64(band * WIDTH)) & np.uint64((1 << WIDTH) - 1)).astype(np.int32)


def _masks() -> NDArray[np.int32]:
    """Give all ways of changing at most two bits of a band."""
    bits = [1 << bit for bit in range(WIDTH)]
    pairs = [one | other for at, one in enumerate(bits) for other in bits[:at]]
    return np.array([0, *bits, *pairs], np.int32)


@numba.njit(cache=True)
def _similar(
    sorted_whole: Hashes,
    second: Hashes,
    order: Pairs,
    starts: NDArray[np.int32],
    asked: Hashes,
    turn: Pairs,
    masks: NDArray[np.int32],
    band: int,
    near: int,
    near_too: int,
) -> Pairs:
    found = np.empty((1024, 2), np.int64)
    count = 0
    low = np.uint64((1 << WIDTH) - 1)
    shift = np.uint64(band * WIDTH)
    for j in turn:
        own = asked[j, 0]
        value = np.int32((own >> shift) & low)
        for mask in masks:
            begin, end = starts[value ^ mask], starts[(value ^ mask) + 1]
            for place in range(begin, end):
                apart = sorted_whole[place] ^ own
                if _ones(apart) > near:
                    continue
                i = order[place]
                if i == j or _ones(second[i] ^ asked[j, 1]) > near_too:
                    continue
                if _first_band(apart, low) != band:  # told by an earlier band
                    continue
                if count == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                found[count, 0], found[count, 1] = i, j
                count += 1
    return found[:count].copy()


@numba.njit(inline="always")
def _first_band(apart: np.uint64, low: np.uint64) -> int:
    for band in range(BANDS):
        if _ones((apart >> np.uint64(band * WIDTH)) & low) <= RADIUS:
            return band
    return BANDS


@numba.njit(inline="always")
def _ones(x: np.uint64) -> np.uint64:
    """Count the ones by adding neighbours, which compiles to a single instruction."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (x * np.uint64(0x0101010101010101)) >> np.uint64(56)
