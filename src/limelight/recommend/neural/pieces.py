"""Histories cut into pieces of bounded length, and batches of pieces of like length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limelight.recommend.interactions import Histories

LENGTHS = 8
"""Lengths are padded to multiples of so many: PyTorch prepares bfloat16 products anew for every
shape, which takes longer than the product."""

Pieces = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Where in ``histories.items`` each piece begins, and how many events it has."""


def cut(histories: Histories, length: int, random: np.random.Generator) -> Pieces:
    """Cut every history so that each of its events but the first is asked for exactly once.

    A piece has at most ``length + 1`` events: it asks for each of them but its first. Longer
    histories are cut at a random place first, so that every epoch sees other contexts.
    """
    counts = histories.lengths
    asking = np.flatnonzero(counts > 1)
    starts, counts = histories.offsets[asking], counts[asking]
    long = counts > length + 1
    first = np.where(long, random.integers(2, length + 2, len(counts)), counts)
    n_pieces = 1 + -(-(counts - first) // length)
    history = np.repeat(np.arange(len(counts)), n_pieces)
    number = np.arange(len(history)) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    ends = np.minimum(first[history] + number * length, counts[history])
    begins = np.where(number == 0, 0, first[history] + (number - 1) * length - 1)
    return starts[history] + begins, ends - begins


def last(histories: Histories, length: int) -> Pieces:
    """Take the newest ``length`` events of every history, empty ones too."""
    lengths = np.minimum(histories.lengths, length)
    return histories.offsets[1:] - lengths, lengths


def batches(
    lengths: NDArray[np.int64], events: int, random: np.random.Generator | None = None
) -> list[NDArray[np.int64]]:
    """Group lengths that are like, so that a group, padded, has at most ``events`` places.

    With ``random`` the pieces of like length are shuffled, and so are the groups. Returns the
    pieces' numbers, an array a group.
    """
    order = np.arange(len(lengths)) if random is None else random.permutation(len(lengths))
    like = round_up(lengths)[order]
    groups = []
    for length in np.unique(like):
        pieces = order[like == length]
        step = max(1, events // max(1, int(length)))
        groups += [pieces[begin : begin + step] for begin in range(0, len(pieces), step)]
    if random is not None:
        random.shuffle(groups)
    return groups


def round_up(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Round to the next multiple of LENGTHS."""
    return -(-lengths // LENGTHS) * LENGTHS


def padded(values: NDArray[np.integer], pieces: Pieces, width: int, fill: int) -> NDArray[np.int64]:
    """Lay pieces of ``values`` side by side, int64 (n_pieces, width), ``fill`` at the ends."""
    starts, lengths = pieces
    places = np.arange(width)
    within = places < lengths[:, None]
    rows = np.full(within.shape, fill, np.int64)
    rows[within] = values[(starts[:, None] + places)[within]]
    return rows
