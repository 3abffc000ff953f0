"""Lists built place by place from candidates, as the re-rankers wish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from warnings import warn

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError, LimelightWarning
from limelight.recommend.rerank.base import Candidates, Gain, Reranker, Values
from limelight.recommend.titles import Titles

Lists = tuple[NDArray[np.int32], NDArray[np.float32]]

POOL, TIMES = 100, 2
"""How many candidates a list is built from: POOL, or TIMES its length if that is more."""


def rerank(candidates: Candidates, rerankers: Sequence[Reranker], n: int) -> Lists:
    """Build every user's list of at most ``n`` titles from the candidates.

    Place by place, each list takes the candidate with the most relevance (1 / its rank) plus the
    gains of all re-rankers, given what the list holds already. All wishes count at once, so their
    order does not matter: diversity never breaks a cap, and a pin counts towards it. Ties go to the
    better candidate, and without a wish the candidates' order stays.

    Returns items int32 (n_users, k) and the model's scores float32 (n_users, k), where k is ``n``,
    or the number of candidates if that is less; -1 and -inf where a list is short.
    """
    return Plan(rerankers, candidates.titles).build(candidates, n)


class Plan:
    """Re-rankers' wishes for one catalogue, ready for any number of lists.

    allowed  bool (n_titles,), which titles all of them let through; None for all
    pins     which title (index) belongs at which place (from 0), in the order of places
    """

    def __init__(self, rerankers: Sequence[Reranker], titles: Titles) -> None:
        """Collect the wishes. Raises BadInputError where two pins can't both be kept."""
        wishes = [one.wish(titles) for one in rerankers]
        masks = [wish.allowed for wish in wishes if wish.allowed is not None]
        self.allowed = np.logical_and.reduce(masks) if masks else None
        self.pins: dict[int, int] = {}
        for wish in wishes:
            for place, item in wish.pins.items():
                self._pin(place, item, titles)
        self.pins = dict(sorted(self.pins.items()))
        self._gains = [wish.gain for wish in wishes if wish.gain is not None]
        self._limits = [str(one) for one in rerankers if one.limits]

    def pool(self, n: int) -> int:
        """Say how many candidates make a good list of ``n`` titles; it leaves them room to wish."""
        return max(POOL, TIMES * n)

    def build(self, candidates: Candidates, n: int) -> Lists:
        """Build lists as :func:`rerank` does."""
        if self.allowed is not None:
            keep = (candidates.items >= 0) & self.allowed[candidates.items]
            candidates = replace(candidates, items=np.where(keep, candidates.items, np.int32(-1)))
        gains = [make(candidates) for make in self._gains]
        return _ordered(
            candidates, _build(candidates, gains, self.pins, min(n, candidates.items.shape[1]))
        )

    def warn_if_short(self, n_short: int, n_lists: int, n: int, stacklevel: int) -> None:
        """Name the rules under which ``n_short`` of the lists hold fewer than ``n`` titles."""
        if self._limits and n_short:
            which = "the list has" if n_lists == 1 else f"{n_short:,} of {n_lists:,} lists have"
            rules = "; ".join(self._limits)
            text = f"{which} fewer than {n:,} titles under the rules: {rules}"
            warn(text, LimelightWarning, stacklevel + 1)

    def _pin(self, place: int, item: int, titles: Titles) -> None:
        if self.pins.get(place, item) != item:
            raise BadInputError(f"two titles are pinned at place {place + 1}; move one of them")
        if place not in self.pins and item in self.pins.values():
            name = titles.table["title"][item]
            raise BadInputError(f"{name!r} is pinned at two places; leave one of them out")
        self.pins[place] = item


def _build(
    candidates: Candidates, gains: list[Gain], pins: dict[int, int], n: int
) -> NDArray[np.intp]:
    """Give the candidates' columns in the order of the lists, (n_users, n), -1 for none."""
    users = np.arange(len(candidates.items))
    base = np.where(candidates.items >= 0, candidates.relevance, -np.inf)
    at = {
        place: _keep(candidates.items, item, gains, base)
        for place, item in pins.items()
        if place < n
    }
    places = np.full((len(users), n), -1, np.intp)
    for place in range(n):
        values = base.copy()
        for gain in gains:
            values += gain.values()
        best = values.argmax(axis=1)
        best[values[users, best] == -np.inf] = -1
        if place in at:
            best = np.where(at[place] >= 0, -1, best)
        took = best >= 0
        if not (took.any() or any(later >= place for later in at)):
            break
        base[users[took], best[took]] = -np.inf
        for gain in gains:
            gain.take(best)
        places[:, place] = best if place not in at else np.maximum(best, at[place])
    return places


def _keep(items: NDArray[np.int32], item: int, gains: list[Gain], base: Values) -> NDArray[np.intp]:
    """Keep a pinned candidate for its place, and let the gains know it from the start.

    Gives its column in each user's candidates, (n_users,), -1 where it is not among them or a
    gain bars it.
    """
    found, users = items == item, np.arange(len(items))
    columns = np.where(found.any(axis=1), found.argmax(axis=1), -1)
    barred = np.zeros(len(items), np.bool_)
    for gain in gains:
        barred |= (columns >= 0) & (gain.values()[users, columns] == -np.inf)
    columns[barred] = -1
    base[users[columns >= 0], columns[columns >= 0]] = -np.inf
    for gain in gains:
        gain.take(columns)
    return columns


def _ordered(candidates: Candidates, places: NDArray[np.intp]) -> Lists:
    """Look the titles up, and close the gaps that a late pin may have left."""
    places = np.take_along_axis(places, np.argsort(places < 0, axis=1, kind="stable"), axis=1)
    items = np.take_along_axis(candidates.items, np.maximum(places, 0), axis=1)
    scores = np.take_along_axis(candidates.scores, np.maximum(places, 0), axis=1)
    missing = places < 0
    return (
        np.where(missing, np.int32(-1), items),
        np.where(missing, np.float32(-np.inf), scores),
    )
