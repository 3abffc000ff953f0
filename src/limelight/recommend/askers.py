"""Who asks for titles, and which of the models at hand is good for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.recommend.interactions import Histories
from limelight.recommend.models.attribute_prior import AttributePrior
from limelight.recommend.models.base import Model
from limelight.recommend.models.cold_start import ColdStart
from limelight.recommend.models.latent_classes import LatentClasses
from limelight.recommend.models.newcomers import Newcomers
from limelight.recommend.models.popularity import Popularity
from limelight.recommend.topk import Items, Mask, Scores, no_titles

FEW = 10
"""Events up to which attributes are listened to beside a model that does without them."""

POPULAR = (Popularity, LatentClasses, AttributePrior, Newcomers, ColdStart)
"""Models that are popularity for somebody of whom nothing is known."""


@dataclass(frozen=True, eq=False)
class Askers:
    """Some people: the history of each, and what is known of them besides.

    people  a mapping from attribute to value each, empty for a stranger
    """

    histories: Histories
    people: Sequence[Mapping[str, Any]]

    @classmethod
    def unknown(cls, histories: Histories) -> Askers:
        """Take histories of people of whom nothing else is known."""
        return cls(histories, [{}] * len(histories))

    def __len__(self) -> int:
        """Count the people."""
        return len(self.people)

    def __getitem__(self, rows: NDArray[np.integer]) -> Askers:
        """Take some of them, by row numbers."""
        return Askers(self.histories[rows], [self.people[row] for row in rows])

    @property
    def are_strangers(self) -> NDArray[np.bool_]:
        """Tell whose history says nothing, bool (n,)."""
        return np.equal(self.histories.positive().lengths, 0)


class Dispatcher:
    """Sends people to the model that is good for them.

    Regulars go to ``model``. Where attributes say something and the history has at most FEW events,
    the guesses of ``newcomers`` stand beside it; a ColdStart model listens to attributes whatever
    the history. Who has neither a history nor such attributes goes to the fallback.
    """

    def __init__(
        self, model: Model, fallback: Callable[[], Model], newcomers: Newcomers | None = None
    ) -> None:
        """Stand on a fitted model; the fallback is asked for when it is needed."""
        self.model, self.fallback = model, fallback
        self.cold: ColdStart | None = None
        if isinstance(model, ColdStart):
            self.cold = model
        elif newcomers is not None:
            self.cold = ColdStart.of(model, newcomers)

    @property
    def most_events(self) -> float:
        """Events up to which attributes count."""
        return np.inf if self.cold is self.model else FEW

    def known_by_attributes(self, askers: Askers) -> NDArray[np.bool_]:
        """Tell whose attributes count, bool (n,)."""
        if self.cold is None or not any(askers.people):
            return np.zeros(len(askers), np.bool_)
        few = askers.histories.positive().lengths <= self.most_events
        return few & self.cold.newcomers.told_by_attributes(askers.people)

    def top(
        self, askers: Askers, k: int, *, exclude: Histories | None, allowed: Mask | None
    ) -> tuple[Items, Scores]:
        """Find the ``k`` best titles of each, best first, as ``Model.top`` does."""
        if k < 1:
            raise BadInputError(f"the number of titles must be at least 1, not {k}")
        by_attributes = self.known_by_attributes(askers)
        strangers = askers.are_strangers & ~by_attributes
        if not (by_attributes | strangers).any():
            return self.model.top(askers.histories, k, exclude=exclude, allowed=allowed)
        items, scores = no_titles(len(askers), min(k, self.model.n_items))
        for chosen in (by_attributes, strangers, ~by_attributes & ~strangers):
            rows = np.flatnonzero(chosen)
            if not len(rows):
                continue
            some = askers[rows]
            barred = None if exclude is None else exclude[rows]
            if chosen is by_attributes and self.cold is not None:
                found = self.cold.top_for(
                    some.people, some.histories, k, exclude=barred, allowed=allowed
                )
            else:
                ranks = self.fallback() if chosen is strangers else self.model
                found = ranks.top(some.histories, k, exclude=barred, allowed=allowed)
            items[rows], scores[rows] = found
        return items, scores

    def model_for(self, asker: Askers) -> Model:
        """Give the model that ranks for one person."""
        if self.cold is not None and self.known_by_attributes(asker)[0]:
            return self.cold.for_person(asker.people[0])
        return self.fallback() if asker.are_strangers[0] else self.model


def in_words(model: Model) -> str:
    """Say what ranks for somebody without a history."""
    if values := told(model):
        return f"what people with {', '.join(values)} meet"
    return "what is popular" if isinstance(model, POPULAR) else f"the fallback, {model.name},"


def told(model: Model) -> list[str]:
    """Name the values of a person's attributes that a model goes by."""
    if not isinstance(model, ColdStart):
        return []
    prior = model.newcomers.prior
    columns = prior.attributes.encode([model.about]).indices
    return [prior.attributes.words(column) for column in columns if prior.lifts[column].any()]
