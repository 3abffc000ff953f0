"""Matrix factorisation for implicit feedback, every history folded in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from limelight.progress import Progress
from limelight.recommend.cores import cores_for
from limelight.recommend.interactions import Histories
from limelight.recommend.models.base import Model, Scores


@dataclass
class ALS(Model):
    """Score by the inner product of a title's factors and those of the history.

    Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008:
    weighted least squares, in turns for users and items, with confidence 1 + ``alpha`` times the
    event's weight on what was met and 1 on everything else. Only item factors are kept; a
    history's factors are the exact least squares solution given them, so that nobody needs
    retraining. ``item_factors`` is float32 (n_items, factors).
    """

    name: ClassVar[str] = "als"
    additive: ClassVar[bool] = True

    factors: int = 128
    alpha: float = 10.0
    regularization: float = 30.0
    iterations: int = 12
    seed: int = 0
    item_factors: Scores = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return len(self.item_factors)

    def _fit(self, histories: Histories, progress: Progress) -> None:
        by_user = histories.matrix()
        by_item = by_user.T.tocsr()
        start = np.random.default_rng(self.seed).standard_normal((histories.n_items, self.factors))
        self.item_factors = (start / self.factors).astype(np.float32)
        for done in range(self.iterations):
            progress(done, self.iterations, "alternating least squares")
            users = self._least_squares(by_user, self.item_factors)
            self.item_factors = self._least_squares(by_item, users)
        progress(self.iterations, self.iterations, "alternating least squares")

    def _score(self, histories: Histories) -> Scores:
        folded = self._least_squares(histories.matrix(), self.item_factors)
        scores: Scores = folded @ self.item_factors.T
        return scores

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        # The folded factors are inverse(A) times a sum over events, so the score is that sum too
        # (section 6 of the paper).
        matrix = history.matrix()
        weights = 1 + np.float32(self.alpha) * matrix.data
        factors = self.item_factors[matrix.indices]
        system = self._prior(self.item_factors) + (factors * (weights - 1)[:, None]).T @ factors
        parts = np.zeros((len(history.items), len(targets)), np.float32)
        solved = np.linalg.solve(system, self.item_factors[targets].T)
        first = np.unique(history.items, return_index=True)[1]
        parts[first] = weights[:, None] * (factors @ solved)
        return parts

    def _least_squares(self, matrix: csr_matrix, fixed: Scores) -> Scores:
        solution = np.zeros((matrix.shape[0], self.factors), np.float32)
        prior = self._prior(fixed)
        confidences = matrix.data * np.float32(self.alpha)
        # Every core solves rows of its own; a matrix product that used all cores too would stall.
        with threadpool_limits(1, user_api="blas"), cores_for(len(solution)):
            _solve_rows(matrix.indptr, matrix.indices, confidences, fixed, prior, solution)
        return solution

    def _prior(self, fixed: Scores) -> Scores:
        ridge = np.float32(self.regularization) * np.eye(self.factors, dtype=np.float32)
        prior: Scores = fixed.T @ fixed + ridge
        return prior


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=True)
def _solve_rows(
    offsets: NDArray[np.int32],
    columns: NDArray[np.int32],
    confidences: Scores,
    fixed: Scores,
    prior: Scores,
    solution: Scores,
) -> None:
    for row in numba.prange(len(solution)):
        start, stop = offsets[row], offsets[row + 1]
        if start == stop:
            continue
        met = fixed[columns[start:stop]]
        confidence = confidences[start:stop].copy().reshape(-1, 1)
        system = prior + (met * confidence).T @ met
        right = ((1 + confidence) * met).sum(axis=0)
        solution[row] = np.linalg.solve(system, right)
