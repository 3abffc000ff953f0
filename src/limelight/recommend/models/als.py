"""Matrix factorisation for implicit feedback, every history folded in."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import ThreadpoolController

from limelight.memory import require_memory
from limelight.progress import Progress
from limelight.recommend.cores import cores_for
from limelight.recommend.interactions import Histories
from limelight.recommend.models.base import Scores
from limelight.recommend.models.factored import Factored

STEPS = 3
CONVERGED = 1e-12


@dataclass
class ALS(Factored):
    """Score by the inner product of a title's factors and those of the history.

    Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008:
    weighted least squares, in turns for users and items, with confidence 1 + ``alpha`` times the
    event's weight on what was met and 1 on everything else. Training takes a few steps of
    conjugate gradients from the last solution (Takács, Pilászy and Tikk, RecSys 2011). Only item
    factors are kept; a history's factors are the exact least squares solution given them, so that
    nobody needs retraining. ``item_factors`` is float32 (n_items, factors).
    """

    name: ClassVar[str] = "als"
    additive: ClassVar[bool] = True

    factors: int = 128
    alpha: float = 1.0
    regularization: float = 10.0
    iterations: int = 15
    seed: int = 0
    item_factors: Scores = field(init=False, repr=False)

    @property
    def item_vectors(self) -> Scores:
        """The titles' factors, float32 (n_items, factors)."""
        return self.item_factors

    def _fit(self, histories: Histories, progress: Progress) -> None:
        rows = len(histories) + histories.n_items
        require_memory(
            12 * self.factors * rows + 32 * len(histories.items),
            f"ALS with {self.factors} factors for {rows:,} users and titles",
            "give fewer factors",
        )
        by_user = histories.matrix()
        by_item = by_user.T.tocsr()
        random = np.random.default_rng(self.seed)
        users, items = (
            (random.standard_normal((rows, self.factors)) / self.factors).astype(np.float32)
            for rows in by_user.shape
        )
        for done in range(self.iterations):
            progress(done, self.iterations, "alternating least squares")
            self._improve(users, by_user, items)
            self._improve(items, by_item, users)
        progress(self.iterations, self.iterations, "alternating least squares")
        self.item_factors = items

    def _queries(self, histories: Histories) -> Scores:
        return self._least_squares(
            histories.matrix(), self.item_factors, self._prior(self._kept(_gram))
        )

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        # The folded factors are inverse(A) times a sum over events, so the score is that sum too
        # (section 6 of the paper).
        matrix = history.matrix()
        weights = 1 + np.float32(self.alpha) * matrix.data
        factors = self.item_factors[matrix.indices]
        system = self._prior(self._kept(_gram)) + (factors * (weights - 1)[:, None]).T @ factors
        parts = np.zeros((len(history.items), len(targets)), np.float32)
        solved = np.linalg.solve(system, self.item_factors[targets].T)
        first = np.unique(history.items, return_index=True)[1]
        parts[first] = weights[:, None] * (factors @ solved)
        return parts

    def _improve(self, factors: Scores, matrix: csr_matrix, fixed: Scores) -> None:
        """Take steps towards the least squares solution, in place."""
        confidences, prior = matrix.data * np.float32(self.alpha), self._prior(_gram(fixed))
        _descend(matrix.indptr, matrix.indices, confidences, fixed, prior, STEPS, factors)

    def _least_squares(self, matrix: csr_matrix, fixed: Scores, prior: Scores) -> Scores:
        """Find the least squares solution of every row, float32 (rows, factors)."""
        solution = np.zeros((matrix.shape[0], self.factors), np.float32)
        confidences = matrix.data * np.float32(self.alpha)
        # Every core solves rows of its own; a matrix product that used all cores too would stall.
        with _blas().limit(limits=1, user_api="blas"), cores_for(len(solution)):
            _solve_rows(matrix.indptr, matrix.indices, confidences, fixed, prior, solution)
        return solution

    def _prior(self, gram: Scores) -> Scores:
        ridge = np.float32(self.regularization) * np.eye(self.factors, dtype=np.float32)
        prior: Scores = gram + ridge
        return prior


def _gram(factors: Scores) -> Scores:
    product: Scores = factors.T @ factors
    return product


@cache
def _blas() -> ThreadpoolController:
    """Find the libraries of linear algebra once: it takes longer than a history's factors do."""
    return ThreadpoolController()


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


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=True)
def _descend(
    offsets: NDArray[np.int32],
    columns: NDArray[np.int32],
    confidences: Scores,
    fixed: Scores,
    prior: Scores,
    steps: int,
    solution: Scores,
) -> None:
    """Take steps of conjugate gradients on every row's system, which is never written down."""
    for row in numba.prange(len(solution)):
        events = slice(offsets[row], offsets[row + 1])
        met, confidence = columns[events], confidences[events]
        current = solution[row]
        if len(met) == 0:
            current[:] = 0  # the exact solution, which steps would only come near to
            continue
        residual = -_image(prior, fixed, met, confidence, current)
        for event in range(len(met)):
            residual += (1 + confidence[event]) * fixed[met[event]]
        direction = residual.copy()
        length = _dot(residual, residual)
        for _ in range(steps):
            if length < CONVERGED:
                break
            image = _image(prior, fixed, met, confidence, direction)
            step, before = length / _dot(direction, image), length
            current += step * direction
            residual -= step * image
            length = _dot(residual, residual)
            direction = residual + length / before * direction


@numba.njit(cache=True, nogil=True, fastmath=True)
def _image(
    prior: Scores,
    fixed: Scores,
    met: NDArray[np.int32],
    confidence: Scores,
    direction: Scores,
) -> Scores:
    """Multiply a row's system, the prior and a part for each title met, by a direction."""
    image = np.empty_like(direction)
    for factor in range(len(direction)):
        image[factor] = _dot(prior[factor], direction)
    for event in range(len(met)):
        factors = fixed[met[event]]
        image += confidence[event] * _dot(factors, direction) * factors
    return image


@numba.njit(cache=True, nogil=True, fastmath=True)
def _dot(left: Scores, right: Scores) -> np.float32:
    total = np.float32(0)
    for place in range(len(left)):
        total += left[place] * right[place]
    return total
