"""Calibration: a list's categories in the proportions of the user's history."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numba
import numpy as np
from numpy.typing import NDArray

from limelight.recommend.rerank.base import (
    NOTHING,
    Candidates,
    Reranker,
    Values,
    Wish,
    checked_strength,
    weight,
)
from limelight.recommend.titles import Titles

SMOOTHING = 0.01


@dataclass(frozen=True)
class Calibration(Reranker):
    """Calibrated recommendations (Steck 2018).

    The next title is the one for which (1 - strength) * relevance - strength * KL(p || q) is most:
    p are the shares of categories in the history, q those of the list with that title, smoothed as
    in ``metrics.calibration``. Users without categories in their history keep their order.
    """

    strength: float

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        checked_strength("calibration", self.strength)

    def wish(self, titles: Titles) -> Wish:
        """Count the distance of the categories against a candidate."""
        return Wish(gain=self._gain) if self.strength else NOTHING

    def _gain(self, candidates: Candidates) -> _Balance:
        shares = candidates.titles.facts.category_shares
        tastes = np.asarray(candidates.histories.positive().matrix() @ shares, np.float64)
        tastes /= np.maximum(tastes.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        return _Balance(shares, candidates.items, tastes, weight(self.strength))


class _Balance:
    def __init__(
        self, shares: NDArray[np.float32], items: NDArray[np.int32], tastes: Values, weight: float
    ) -> None:
        self._shares, self._items, self._tastes, self._weight = shares, items, tastes, weight
        self._listed = np.zeros_like(tastes)
        self._values = np.zeros(items.shape)

    def values(self) -> Values:
        _distances(self._shares, self._items, self._tastes, self._listed, self._values)
        self._values *= -self._weight
        return self._values

    def take(self, places: NDArray[np.intp]) -> None:
        took = np.flatnonzero(places >= 0)
        self._listed[took] += self._shares[self._items[took, places[took]]]


@numba.njit(cache=True, nogil=True)
def _distances(
    shares: NDArray[np.float32],
    items: NDArray[np.int32],
    tastes: Values,
    listed: Values,
    distances: Values,
) -> None:
    """Find KL(p || q) of each list with each candidate; ``listed`` sums the shares of the list."""
    n_categories = tastes.shape[1]
    without = np.empty(n_categories)
    for user in range(len(items)):
        mass = listed[user].sum()
        # A title touches few categories: all others add the same to every candidate's distance.
        before, common = 0.0, 0.0
        for category in range(n_categories):
            p, q = tastes[user, category], listed[user, category]
            before += _divergence(p, q / mass if mass > 0 else 0.0)
            without[category] = _divergence(p, q / (mass + 1))
            common += without[category]
        for place in range(items.shape[1]):
            item = items[user, place]
            if item < 0:
                continue
            distance, described = common, False
            for category in range(n_categories):
                share = shares[item, category]
                if share > 0:
                    described = True
                    q = (listed[user, category] + share) / (mass + 1)
                    distance += _divergence(tastes[user, category], q) - without[category]
            distances[user, place] = distance if described else before


@numba.njit(cache=True, nogil=True)
def _divergence(p: float, q: float) -> float:
    if p <= 0:
        return 0.0
    return p * log(p / ((1 - SMOOTHING) * q + SMOOTHING * p))
