"""What comes next, in closed form: ridge regression of the next title on decayed histories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limelight.progress import Progress
from limelight.recommend.decayed import decays, features, normal_equations
from limelight.recommend.interactions import Histories
from limelight.recommend.linalg import multiply, solve_positive_definite
from limelight.recommend.models.base import Model, Scores


@dataclass
class NextItem(Model):
    """Score by what the history, old and recent, makes likely to come next.

    A history is described side by side as a set (scaled by the root of its length) and as sums that
    decay with each of ``half_lives`` (in events); one ridge regression maps all of them to the next
    title, with every event of every history as an example. It is linear, so that every event's part
    in a score is exact, and closed form, so that it has no learning rate, no epochs and no seed.
    ``weights`` is float32 (n_features * n_items, n_items), the set's block first.
    """

    name: ClassVar[str] = "next-item"
    additive: ClassVar[bool] = True

    half_lives: Sequence[float] = (1, 4, 16)
    regularization: float = 400.0
    weights: Scores = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return int(self.weights.shape[1])

    def _fit(self, histories: Histories, progress: Progress) -> None:
        progress(0, None, "counting which titles follow which")
        gram, answers = normal_equations(histories, decays(self.half_lives))
        gram[np.diag_indices_from(gram)] += np.float32(self.regularization)
        self.weights = solve_positive_definite(gram, answers, progress, "solving next-item")

    def _score(self, histories: Histories) -> Scores:
        return multiply(features(histories, decays(self.half_lives)), self.weights)

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        events = features(history, decays(self.half_lives), by_event=True)
        parts: Scores = events @ self.weights[:, targets]
        return parts
