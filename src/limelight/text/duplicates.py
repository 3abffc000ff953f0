"""Texts that are nearly the same, found among many without comparing all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np
from numba import njit
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.text.language import HAN
from limelight.text.terms import folded

ALIKE = 0.7
SPACED, UNSPACED = 9, 4
"""Characters of a shingle, of text with spaces between words and in Han characters."""
BANDS, ROWS = 40, 3
"""Two texts are compared if the least hashes of one band of three are the same: of those that
share half of their shingles 99.5 % are, of 0.7 all but one in twenty million."""
TOGETHER = 2_000
MIX = np.uint64(0x9E3779B97F4A7C15)
NOT_WORDS = re.compile(r"[\W_]+")

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """Texts that are nearly the same: their rows in order, and how alike each is to the first.

    ``alike`` is the share of shingles that both have among those that either has (Jaccard).
    """

    rows: tuple[int, ...]
    alike: tuple[float, ...]


def near_duplicates(
    texts: Sequence[str], alike: float = ALIKE, progress: Progress = silent
) -> list[Group]:
    """Find the groups of texts that share ``alike`` or more of their shingles, 0.5 to 1.

    A shingle is nine characters in a row, four of Chinese; case, accents, punctuation and spaces
    say nothing. Candidates come from MinHash and banding (Broder 1997; Leskovec, Rajaraman and
    Ullman 2014, ch. 3) and are compared exactly: each of a group is so alike to another one of it.
    Texts without a letter or digit are in no group. Raises BadInputError for another ``alike``.
    """
    if not 0.5 <= alike <= 1:
        raise BadInputError(f"texts are alike from 0.5 to 1, not {alike}")
    shingles, starts, least = _shingles(texts, progress)
    progress(len(texts), len(texts), "comparing")
    root = np.arange(len(texts))
    some = np.flatnonzero(np.diff(starts) > 0)
    for band in range(BANDS):
        keys = least[some, band]
        order = some[np.argsort(keys, kind="stable")]
        _join(order, least[:, band], shingles, starts, alike, root)
    groups: dict[int, list[int]] = {}
    for row in some.tolist():
        groups.setdefault(int(_root(root, row)), []).append(row)
    return [
        Group(
            tuple(rows),
            tuple(round(float(_jaccard(shingles, starts, rows[0], row)), 4) for row in rows),
        )
        for rows in groups.values()
        if len(rows) > 1
    ]


def _shingles(texts: Sequence[str], progress: Progress) -> tuple[Hashes, Places, Hashes]:
    """Give each text's shingles as sorted hashes, where they begin, and the hashes of bands."""
    random = np.random.default_rng(0)
    factors = random.integers(1 << 62, size=BANDS * ROWS, dtype=np.uint64) * np.uint64(2) + 1
    edges = [*range(0, len(texts), TOGETHER), len(texts)]

    def work(begin: int, end: int) -> tuple[list[Hashes], Hashes]:
        plain = [NOT_WORDS.sub(" ", folded(text)).strip() for text in texts[begin:end]]
        found = [
            _hashed(np.frombuffer(text.encode("utf-32-le"), np.uint32), _width(text))
            for text in plain
        ]
        return found, np.stack([_bands(own, factors) for own in found])

    hashes: list[Hashes] = []
    bands: list[Hashes] = [np.zeros((0, BANDS), np.uint64)]
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        for at, (found, own) in enumerate(pool.map(work, edges[:-1], edges[1:])):
            progress(edges[at], len(texts), "reading")
            hashes += found
            bands.append(own)
    starts = np.concatenate([[0], np.cumsum([len(own) for own in hashes], dtype=np.int64)])
    every = np.concatenate([np.zeros(0, np.uint64), *hashes])
    return every, starts.astype(np.int64), np.concatenate(bands)


def _width(text: str) -> int:
    return UNSPACED if 2 * len(HAN.findall(text)) > len(text) else SPACED


@njit(nogil=True, cache=True)
def _hashed(letters: NDArray[np.uint32], width: int) -> Hashes:
    """Hash every stretch of ``width`` letters, a shorter text as a whole; each hash once."""
    if len(letters) == 0:
        return np.zeros(0, np.uint64)
    n = max(len(letters) - width + 1, 1)
    found = np.empty(n, np.uint64)
    for begin in range(n):
        value = np.uint64(0)
        for at in range(begin, min(begin + width, len(letters))):
            value = (value ^ np.uint64(letters[at])) * MIX
            value ^= value >> np.uint64(29)
        found[begin] = value
    return np.unique(found)


@njit(nogil=True, cache=True)
def _bands(shingles: Hashes, factors: Hashes) -> Hashes:
    """Give for every band one hash of the least hashes by its ``ROWS`` functions."""
    least = np.full(len(factors), ~np.uint64(0), np.uint64)
    for shingle in shingles:
        for at in range(len(factors)):
            value = (shingle ^ (shingle >> np.uint64(31))) * factors[at]
            least[at] = min(least[at], value ^ (value >> np.uint64(32)))
    found = np.zeros(BANDS, np.uint64)
    for at in range(len(factors)):
        band = at // ROWS
        found[band] = (found[band] ^ least[at]) * MIX
        found[band] ^= found[band] >> np.uint64(32)
    return found


@njit(cache=True)
def _join(
    order: Places,
    keys: Hashes,
    shingles: Hashes,
    starts: Places,
    alike: float,
    root: Places,
) -> None:
    """Join texts with the same key that are alike; each is compared until it is joined to one.

    Texts of one key that are alike to none before them are those that later ones are held to.
    """
    leaders = np.empty(len(order), np.int64)
    n = 0
    for at in range(len(order)):
        row = order[at]
        if at == 0 or keys[row] != keys[order[at - 1]]:
            n = 0
        joined = False
        for leader in leaders[:n]:
            one, other = _root(root, row), _root(root, leader)
            if one == other:
                joined = True
            elif _jaccard(shingles, starts, row, leader) >= alike:
                root[max(one, other)] = min(one, other)
                joined = True
            if joined:
                break
        if not joined:
            leaders[n] = row
            n += 1


@njit(cache=True)
def _root(root: Places, row: int) -> int:
    while root[row] != row:
        root[row] = root[root[row]]
        row = root[row]
    return row


@njit(cache=True)
def _jaccard(shingles: Hashes, starts: Places, one: int, other: int) -> float:
    a, end_a = starts[one], starts[one + 1]
    b, end_b = starts[other], starts[other + 1]
    shared = 0
    every = end_a - a + end_b - b
    while a < end_a and b < end_b:
        if shingles[a] == shingles[b]:
            shared += 1
            a += 1
            b += 1
        elif shingles[a] < shingles[b]:
            a += 1
        else:
            b += 1
    return float(shared / max(every - shared, 1))
