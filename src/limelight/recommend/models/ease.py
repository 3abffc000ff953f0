"""EASE: the whole item-item matrix in closed form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.memory import require_memory
from limelight.progress import Progress
from limelight.recommend.interactions import Histories
from limelight.recommend.linalg import gram, multiply, solve_positive_definite
from limelight.recommend.models.base import Model, Scores


@dataclass
class EASE(Model):
    """Score by a linear item-item model whose diagonal is zero, the order of events ignored.

    Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019: ridge regression of each
    title on all others, solved from the Gram matrix of the binary user-item matrix. ``weights`` is
    float32 (n_items, n_items): row i is what having met title i adds to every title's score.
    """

    name: ClassVar[str] = "ease"
    additive: ClassVar[bool] = True

    regularization: float = 500.0
    weights: Scores = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return len(self.weights)

    def _fit(self, histories: Histories, progress: Progress) -> None:
        if self.regularization <= 0:
            raise BadInputError(f"regularization must be above 0, not {self.regularization}")
        require_memory(
            16 * histories.n_items**2,
            f"EASE on {histories.n_items:,} titles",
            "for large catalogues train item-knn or transitions",
        )
        matrix = gram(histories.matrix(binary=True))
        np.fill_diagonal(matrix, matrix.diagonal() + np.float32(self.regularization))
        inverse = solve_positive_definite(
            matrix, np.eye(histories.n_items, dtype=np.float32), progress, "solving EASE"
        )
        self.weights = inverse / -inverse.diagonal()
        np.fill_diagonal(self.weights, 0)

    def _score(self, histories: Histories) -> Scores:
        return multiply(histories.matrix(binary=True), self.weights)

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        parts = np.zeros((len(history.items), len(targets)), np.float32)
        first = np.unique(history.items, return_index=True)[1]
        parts[first] = self.weights[np.ix_(history.items[first], targets)]
        return parts
