"""Diversity: titles unlike those above them in the list."""

from __future__ import annotations

from dataclasses import dataclass, field

import numba
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.recommend.facts import directions
from limelight.recommend.rerank.base import (
    NOTHING,
    Reranker,
    Values,
    Wish,
    checked_strength,
    weight,
)
from limelight.recommend.titles import Titles


@dataclass(frozen=True, eq=False)
class Diversity(Reranker):
    """Maximal marginal relevance (Carbonell & Goldstein 1998).

    The next title is the one with the most (1 - strength) * relevance - strength * similarity,
    the similarity being the cosine to the most similar title of the list so far. ``vectors``, float
    (n_titles, n_features), describe the titles in the order of the model's indices; without them
    their categories do. A title that nothing describes is unlike any other.
    """

    strength: float
    vectors: NDArray[np.floating] | None = None
    _directions: NDArray[np.float32] | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        """Refuse what is no strength, and bring vectors to unit length."""
        checked_strength("diversity", self.strength)
        if self.vectors is not None:
            vectors = np.asarray(self.vectors)
            if vectors.ndim != 2 or not np.isfinite(vectors).all():
                raise BadInputError("diversity needs a row of finite numbers for each title")
            object.__setattr__(self, "_directions", directions(vectors))

    def wish(self, titles: Titles) -> Wish:
        """Count similarity against a candidate."""
        if self.strength == 0:
            return NOTHING
        units = titles.facts.category_directions if self._directions is None else self._directions
        if len(units) != len(titles):
            raise BadInputError(
                f"diversity was given vectors of {len(units):,} titles, not of {len(titles):,}"
            )
        return Wish(gain=lambda some: _Unlikeness(units, some.items, weight(self.strength)))


class _Unlikeness:
    def __init__(self, units: NDArray[np.float32], items: NDArray[np.int32], weight: float) -> None:
        self._units, self._items, self._weight = units, items, weight
        self._lost = np.zeros(items.shape)

    def values(self) -> Values:
        return self._lost

    def take(self, places: NDArray[np.intp]) -> None:
        _compare(self._units, self._items, places, self._weight, self._lost)


@numba.njit(cache=True, nogil=True)
def _compare(
    units: NDArray[np.float32],
    items: NDArray[np.int32],
    places: NDArray[np.intp],
    weight: float,
    lost: Values,
) -> None:
    """Lower what each candidate has lost to its similarity with the title just taken."""
    for user in range(len(items)):
        if places[user] < 0:
            continue
        taken = units[items[user, places[user]]]
        for place in range(items.shape[1]):
            item = items[user, place]
            if item >= 0:
                similarity = 0.0
                for feature in range(len(taken)):
                    similarity += taken[feature] * units[item, feature]
                lost[user, place] = min(lost[user, place], -weight * similarity)
