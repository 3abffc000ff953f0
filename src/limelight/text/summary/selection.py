"""Which sentences together: worth much, unlike each other, and no longer than was asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limelight.text.summary.centrality import Vectors, similarities

STEEPNESS = 4
"""The power of its likeness to what is taken that a sentence's worth falls with: it loses next to
nothing for a likeness of 0.3, as of sentences on one subject, a quarter for 0.7, all for 1."""
NOTHING = 1e-6


def selected(
    worth: NDArray[np.float64],
    vectors: Vectors,
    costs: Sequence[int],
    most: int,
    supports: Sequence[int | None] = (),
    first: Sequence[int] = (),
) -> list[int]:
    """Take sentences one by one while any fits into ``most``, and give their numbers in order.

    ``first`` are taken first, as far as they fit. Then it is each time the one with the highest
    worth after what it loses for its likeness to the likest that is taken (as in maximal marginal
    relevance, Carbonell and Goldstein 1998). One that needs another, by ``supports``, waits for
    that to be taken. What would only repeat is not taken.
    """
    cost = np.asarray(costs, np.float64)
    likest = np.zeros(len(cost))
    free = np.ones(len(cost), bool)
    waiting: dict[int, list[int]] = {}
    for one, support in enumerate(supports):
        if support is not None:
            waiting.setdefault(support, []).append(one)
            free[one] = False
    taken: list[int] = []
    left = float(most)

    def take(one: int) -> None:
        nonlocal left, likest
        taken.append(one)
        free[one] = False
        free[waiting.get(one, [])] = True
        left -= cost[one]
        likest = np.maximum(likest, similarities(vectors, vectors[[one]])[:, 0])

    for one in first:
        if cost[one] <= left:
            take(one)
    while True:
        gain = np.where(free & (cost <= left), worth * (1 - likest**STEEPNESS), -np.inf)
        best = int(gain.argmax())
        if gain[best] == -np.inf or (taken and gain[best] <= NOTHING):
            return sorted(taken)
        take(best)
