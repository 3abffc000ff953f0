"""Several models asked at once, each believed as much as it deserves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.progress import Progress, labelled, silent
from limelight.recommend.blending.choice import Choices, fit_weights
from limelight.recommend.blending.questions import last_stretch, last_title, sample
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import configure
from limelight.recommend.models.base import Model, Scores

VALIDATIONS = {"last-title": last_title, "last-stretch": last_stretch}
MOST_QUESTIONS = 8_000
CANDIDATES = 100
"""Titles of each part among which the weights are learned; the choice is among the best of all."""

RIDGE = 1.0
"""The weights' prior, worth as much as so many questions."""

SCORES_AT_ONCE = 2**21
N_VIEWS = 2


@dataclass
class Blend(Model):
    """Add up what several models say, each title's scores weighted by what they proved worth.

    ``parts`` are models described as for ``configure``. Each part's score is seen in two ways,
    standardised over the catalogue for each history and, so that what is a probability or a count
    can be added as a logarithm, the logarithm of 1 + that where it is positive. Their non-negative
    weights make what people chose likeliest (a conditional logit over the parts' best titles), on
    events that the parts had not seen: with ``validation`` "last-title" everybody's newest title,
    which is what predicts the next one; with "last-stretch" all that came in the newest tenth of
    the events, which is what predicts the time to come, and needs times. Then the parts are fitted
    again on everything: fitting costs twice the sum of the parts. Where there is too little to
    learn from, the parts weigh the same.

    fitted   the parts
    weights  float32 (n_parts, 2), for the standardised score and for its logarithm
    """

    name: ClassVar[str] = "blend"

    parts: Sequence[str] = (
        "next-item:transition_weight=0",
        "transitions",
        "ease",
        "sequence-knn",
        "sequence-knn:half_life=2,power=4",
        "popularity",
    )
    validation: str = "last-title"
    fitted: list[Model] = field(init=False, repr=False)
    weights: Scores = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return self.fitted[0].n_items

    @classmethod
    def of(cls, fitted: Mapping[str, Model], histories: Histories, answers: Histories) -> Self:
        """Blend models that are fitted already, by their descriptions.

        The weights are learned from ``answers``, which follow ``histories`` and which the models
        have not seen; as the validation part of a split has them. Models of no weight are left
        out.
        """
        blend = cls(parts=tuple(fitted))
        blend.fitted = list(fitted.values())
        weights = blend._learn(histories.positive(), answers.positive())
        kept = [part for part, weight in enumerate(weights) if weight.any()] or [0]
        blend.parts = tuple(blend.parts[part] for part in kept)
        blend.fitted = [blend.fitted[part] for part in kept]
        blend.weights = weights[kept]
        return blend

    def refit(self, interactions: Interactions, progress: Progress = silent) -> Self:
        """Fit the parts on everything, the weights kept, and return self."""
        self.fitted = [
            part.fit(interactions, labelled(name, progress)) for name, part in self._unfitted()
        ]
        return self

    def sibling(self, interactions: Interactions, progress: Progress = silent) -> Self:
        """Fit another of the same configuration, with the same weights where there are any."""
        if not hasattr(self, "weights"):
            return super().sibling(interactions, progress)
        same = type(self)(**self.config())
        same.weights = self.weights
        return same.refit(interactions, progress)

    def _fit(self, histories: Histories, progress: Progress) -> None:
        if self.validation not in VALIDATIONS:
            raise BadInputError(
                f"there is no validation {self.validation!r}; there are {', '.join(VALIDATIONS)}"
            )
        if self.validation == "last-stretch" and histories.times is None:
            raise BadInputError("validation on the last stretch of time needs events with times")
        questions = VALIDATIONS[self.validation](histories)
        if questions is None:
            self.weights = _equal(len(self.parts))
        else:
            self._fit_parts(questions.train, progress)
            self.weights = self._learn(questions.histories, questions.answers)
        self._fit_parts(histories, progress)

    def _fit_parts(self, histories: Histories, progress: Progress) -> None:
        self.fitted = []
        for name, part in self._unfitted():
            part._fit(histories, labelled(name, progress))
            self.fitted.append(part)

    def _unfitted(self) -> list[tuple[str, Model]]:
        if not self.parts or isinstance(self.parts, str):
            raise BadInputError("a blend needs parts, such as ('ease', 'next-item')")
        return [(name, configure.configure(name)) for name in self.parts]

    def _score(self, histories: Histories) -> Scores:
        total = np.zeros((len(histories), self.n_items), np.float32)
        for part, weights in zip(self.fitted, self.weights, strict=True):
            if weights.any():
                for view, weight in zip(_views(part._score(histories)), weights, strict=True):
                    total += weight * view
        return total

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        """Share each part's say among the events as the part does."""
        total = np.zeros((len(history.items), len(targets)), np.float32)
        for part, weights in zip(self.fitted, self.weights, strict=True):
            if not weights.any():
                continue
            scores = part._score(history)
            standard, logarithm = (view[0, targets] for view in _views(scores.copy()))
            curve = np.divide(logarithm, standard, where=standard > 0, out=np.zeros_like(standard))
            scale = (weights[0] + weights[1] * curve) / max(float(scores.std()), 1e-30)
            total += scale * part._contributions(history, targets)
        return total

    def _learn(self, histories: Histories, answers: Histories) -> Scores:
        rows = sample(histories, MOST_QUESTIONS)
        histories, answers = histories[rows], answers[rows]
        step = max(1, SCORES_AT_ONCE // histories.n_items)
        features, chosen, counts = [], [], []
        for start in range(0, len(histories), step):
            batch = histories[start : start + step]
            views = [view for part in self.fitted for view in _views(part._score(batch))]
            among = _candidates(views[::N_VIEWS], batch)
            wanted = np.zeros_like(among)
            asked = answers[start : start + step]
            wanted[asked.owners, asked.items] = True
            features.append(np.stack([view[among] for view in views], axis=1))
            chosen.append(wanted[among])
            counts.append(among.sum(axis=1))
        lengths = np.concatenate(counts)
        starts = (np.cumsum(lengths) - lengths)[lengths > 0]
        picked = np.concatenate(chosen)
        if not picked.any():
            return _equal(len(self.fitted))
        choices = Choices(np.concatenate(features), picked, starts)
        weights = fit_weights(choices, ridge=RIDGE / len(starts))
        return weights.astype(np.float32).reshape(-1, N_VIEWS)


def _equal(n_parts: int) -> Scores:
    return np.tile(np.array([1, 0], np.float32), (n_parts, 1))


def _views(scores: Scores) -> tuple[Scores, Scores]:
    """Standardise the rows of float32 (n, n_items), in place, and give their logarithms too."""
    scores -= scores.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", scores, scores) / max(1, scores.shape[1]))
    scores /= np.maximum(spread, np.finfo(np.float32).tiny)[:, None]
    return scores, np.log1p(np.maximum(scores, 0))


def _candidates(scores: Sequence[Scores], seen: Histories) -> NDArray[np.bool_]:
    """Say which titles are among any part's best that are not seen, bool (n, n_items)."""
    n_items = seen.n_items
    among = np.zeros((len(seen), n_items), np.bool_)
    count = min(CANDIDATES, n_items)
    for one in scores:
        open_to = one.copy()
        open_to[seen.owners, seen.items] = -np.inf
        best = np.argpartition(open_to, n_items - count, axis=1)[:, -count:]
        np.put_along_axis(among, best, True, axis=1)
    among[seen.owners, seen.items] = False
    return among
