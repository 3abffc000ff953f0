"""Dislikes that count: what a model makes of the titles somebody rejected is taken away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from limelight.progress import Progress, silent
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import configure
from limelight.recommend.models.base import Model, Scores
from limelight.recommend.topk import top_k

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
LATE = 0.2
"""Each history's share of newest events that is held out to learn the weight."""

SCORES_AT_ONCE = 2**23
LIST = 10


@dataclass
class Rocchio(Model):
    """Score by what the liked titles say, less ``weight`` times what the rejected ones say.

    Relevance feedback after Rocchio (1971) around any ``model``, described as for ``configure``:
    events whose weight is below zero (skips, dislikes, ratings that ``RatingScale`` judged) make a
    history of their own, and what it would recommend is taken away. The weight is learned: each
    history's newest fifth is held out, and of WEIGHTS the one is taken whose lists find the most of
    the titles liked in it, and the fewest of the rejected (the DCG of the first less that of the
    second). Where nobody rejects anything it is zero, and fitting costs no more than the model's.

    fitted  the model, alone in its list
    weight  float32 (1,)
    """

    name: ClassVar[str] = "rocchio"

    model: str = "ease"
    fitted: list[Model] = field(init=False, repr=False)
    weight: NDArray[np.float32] = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return self.fitted[0].n_items

    def fit(self, interactions: Interactions, progress: Progress = silent) -> Self:
        """Learn from the events for titles and from those against them, and return self."""
        histories = interactions.histories
        weight = 0.0
        if (histories.weights < 0).any():
            weight = self._learn_weight(interactions, progress)
        super().fit(interactions, progress)
        self.weight = np.array([weight], np.float32)
        return self

    def contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        """Say what each event adds to the targets' scores, and what a rejection takes away."""
        parts = self.fitted[0].contributions(history, targets)
        against = history.weights < 0
        if against.any():
            taken = self.fitted[0].contributions(_rejected(history), targets)
            parts[against] = -self.weight * taken
        return parts

    def _usable(self, histories: Histories) -> Histories:
        super()._usable(histories)
        return histories

    def _fit(self, histories: Histories, progress: Progress) -> None:
        model = configure.configure(self.model)
        model._fit(histories, progress)
        self.fitted, self.weight = [model], np.zeros(1, np.float32)

    def _score(self, histories: Histories) -> Scores:
        scores = self.fitted[0].score(histories)
        rejected = _rejected(histories)
        rows = np.flatnonzero(rejected.lengths)
        if self.weight[0] > 0 and len(rows):
            scores = scores.copy()
            scores[rows] -= self.weight * _said(self.fitted[0], rejected[rows])
        return scores

    def _learn_weight(self, interactions: Interactions, progress: Progress) -> float:
        histories = interactions.histories
        place = np.arange(len(histories.items)) - histories.offsets[histories.owners]
        early = place < np.ceil((1 - LATE) * histories.lengths)[histories.owners]
        shown, late = histories.where(early), histories.where(~early)
        if not (shown.weights > 0).any():
            return 0.0
        known = replace(interactions, histories=shown)
        sibling = configure.configure(self.model).fit(known, progress)
        telling = (_rejected(shown).lengths > 0) & (shown.positive().lengths > 0)
        rows = np.flatnonzero(telling & (late.lengths > 0))
        rows = rows[: SCORES_AT_ONCE // histories.n_items + 1]
        if not len(rows):
            return 0.0
        shown, late = shown[rows], late[rows]
        says = np.sign(late.matrix().toarray())
        liking, against = sibling.score(shown), _said(sibling, _rejected(shown))
        gains = [_net_gain(liking - weight * against, says, shown) for weight in WEIGHTS]
        return WEIGHTS[int(np.argmax(gains))]


def _rejected(histories: Histories) -> Histories:
    """Make a history of what was rejected."""
    against = histories.where(histories.weights < 0)
    return Histories(
        against.offsets, against.items, -against.weights, against.n_items, against.times
    )


def _said(model: Model, histories: Histories) -> Scores:
    """Say what histories add to a model's scores of nobody."""
    nobody = model.score(Histories.from_lists([[]], histories.n_items))
    return model.score(histories) - nobody


def _net_gain(scores: Scores, says: NDArray[np.float32], shown: Histories) -> float:
    """Give the mean DCG of liked titles less that of rejected ones."""
    items, _ = top_k(scores, LIST, shown)
    found = np.where(items >= 0, np.take_along_axis(says, items.astype(np.int64), axis=1), 0)
    return float((found / np.log2(np.arange(items.shape[1]) + 2)).sum(axis=1).mean())
