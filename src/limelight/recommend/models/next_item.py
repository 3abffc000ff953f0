"""What comes next, in closed form: ridge regression on decayed histories, and near successors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.errors import BadInputError
from limelight.memory import require_memory
from limelight.progress import Progress
from limelight.recommend.decayed import decays, features, normal_equations
from limelight.recommend.interactions import Histories
from limelight.recommend.linalg import multiply, solve_positive_definite
from limelight.recommend.models.base import Model, Scores
from limelight.recommend.models.transitions import Transitions

SHARPNESS = 1e4
"""Linear scores are probabilities; below the inverse of this their differences are noise."""

UNKNOWNS = 20_000
HALF_LIVES = ((1, 8), (4,), ())
"""What catalogues of every size can afford: the first whose system stays below UNKNOWNS, which two
cores solve in under a minute, else the last."""


@dataclass
class NextItem(Model):
    """Score by what the history, old and recent, makes likely to come next.

    Two guesses of the next title are multiplied, that is, added as logarithms:

    - A linear one. A history is described side by side as a set (scaled by the root of its length)
      and as sums that decay with each of ``half_lives`` (in events; None fits them to the size of
      the catalogue); one ridge regression maps all of them to the next title, with every event of
      every history as an example. ``regularization`` counts in mean events per title.
    - ``transition_weight`` times that of Transitions, which sees what a sum can't: that several
      recent titles agree.

    Both are closed form: no learning rate, no epochs, no seed. The parts that events have in the
    score are Aumann-Shapley values (integrated gradients from the empty history, Sundararajan et
    al. 2017), exact here because the logarithm is of a linear sum.

    weights  float32 (n_features * n_items, n_items), the set's block first
    lifts    sparse float32 (n_items, n_items), as in Transitions
    """

    name: ClassVar[str] = "next-item"
    additive: ClassVar[bool] = True

    half_lives: Sequence[float] | None = None
    regularization: float = 1.5
    transition_weight: float = 0.12
    weights: Scores = field(init=False, repr=False)
    lifts: csr_matrix = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return int(self.weights.shape[1])

    def _fit(self, histories: Histories, progress: Progress) -> None:
        if self.regularization <= 0 or any(life <= 0 for life in self.half_lives or ()):
            raise BadInputError("regularization and half_lives must be above 0")
        n_items = histories.n_items
        decay = self._decays(n_items)
        n_features = len(decay)
        require_memory(
            4 * (n_features**2 + 2 * n_features) * n_items**2,
            f"next-item on {n_items:,} titles with {n_features} features",
            "give fewer half_lives, or train transitions or item-knn",
        )
        transitions = Transitions()
        transitions._fit(histories, progress)
        self.lifts = transitions.lifts
        gram, answers = normal_equations(histories, decay)
        ridge = self.regularization * len(histories.items) / n_items
        gram[np.diag_indices_from(gram)] += np.float32(ridge)
        self.weights = solve_positive_definite(gram, answers, progress, "solving next-item")

    def _score(self, histories: Histories) -> Scores:
        scores = _sharpen(multiply(features(histories, self._decays(self.n_items)), self.weights))
        scores += np.float32(self.transition_weight) * self._transitions()._score(histories)
        return scores

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        described = features(history, self._decays(self.n_items), by_event=True)
        linear = described @ self.weights[:, targets]
        total = linear.sum(axis=0)
        # Along the straight path from nothing to the history, everyone's share of the logarithm is
        # their share of the sum.
        parts = linear * np.divide(_sharpen(total.copy()), total, where=total > 0, out=0 * total)
        parts += self.transition_weight * self._transitions()._contributions(history, targets)
        return np.asarray(parts, np.float32)

    def _decays(self, n_items: int) -> Scores:
        if self.half_lives is not None:
            return decays(self.half_lives)
        affordable = (h for h in HALF_LIVES if (1 + len(h)) * n_items <= UNKNOWNS)
        return decays(next(affordable, HALF_LIVES[-1]))

    def _transitions(self) -> Transitions:
        transitions = Transitions()
        transitions.lifts = self.lifts
        return transitions


def _sharpen(linear: Scores) -> Scores:
    """Take the logarithm, in place: zero where the linear guess is zero or less."""
    np.maximum(linear, 0, out=linear)
    linear *= np.float32(SHARPNESS)
    return np.log1p(linear, out=linear)
