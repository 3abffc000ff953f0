"""A few kinds of people, and what each meets: the model for those of whom little is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from scipy.sparse import csr_matrix

from limelight.errors import BadInputError
from limelight.memory import require_memory
from limelight.progress import Progress
from limelight.recommend.interactions import Histories
from limelight.recommend.linalg import multiply
from limelight.recommend.models.base import Model, Scores

STEPS = 20
ENOUGH = 16
"""A history tells as much as this many independent events at most, because events of one person
are not independent: tempered expectation maximisation (Hofmann 1999), which also ends at once."""

SMOOTHING = 0.03
"""Events that each class borrows from everybody, as a share of its own on average."""


@dataclass
class LatentClasses(Model):
    """Score by log p(item | history), the classes of people weighed by how well each explains it.

    A mixture of multinomials: everybody is of one of ``classes`` kinds, and each kind meets titles
    with its own probabilities (latent class analysis: Lazarsfeld; Hofmann and Puzicha 1999). It is
    learned by expectation maximisation from the titles met, their order ignored. Its scores are
    probabilities from the first event on: without an event they are popularity, and every event
    moves them as far as Bayes' rule says. So it is good where regressions have too little to go by.

    sizes   float32 (classes,), shares of the people
    tastes float32 (classes, n_items), p(item | class)
    rates   float32 (classes, n_items), share of the class that met the title
    """

    name: ClassVar[str] = "latent-classes"

    classes: int = 64
    seed: int = 0
    sizes: Scores = field(init=False, repr=False)
    tastes: Scores = field(init=False, repr=False)
    rates: Scores = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return int(self.tastes.shape[1])

    def memberships(self, histories: Histories) -> Scores:
        """Give p(class | history), float32 (n_histories, classes)."""
        met = histories.positive().matrix(binary=True)
        return _memberships(met, np.log(self.tastes), np.log(self.sizes))

    def _fit(self, histories: Histories, progress: Progress) -> None:
        if self.classes < 1:
            raise BadInputError(f"there must be at least one class, not {self.classes}")
        require_memory(
            24 * self.classes * histories.n_items + 8 * self.classes * len(histories),
            f"{self.classes:,} latent classes of {histories.n_items:,} titles",
            "give fewer classes",
        )
        met = histories.matrix(binary=True)
        counts = np.asarray(met.sum(axis=0), np.float32).ravel() + np.float32(0.5)
        borrowed = SMOOTHING * len(met.data) / self.classes * counts / counts.sum()
        draws = np.random.default_rng(self.seed)
        belongs = draws.dirichlet(np.full(self.classes, 0.3), len(histories)).astype(np.float32)
        for step in range(STEPS):
            progress(step, STEPS, "finding kinds of people")
            in_class = np.ascontiguousarray((met.T @ belongs).T)
            tastes = in_class + borrowed.astype(np.float32)
            self.tastes = tastes / tastes.sum(axis=1, keepdims=True)
            people = belongs.sum(axis=0)
            self.sizes = (people + 1) / (people.sum() + self.classes)
            self.rates = in_class / (people[:, None] + 1)
            belongs = _memberships(met, np.log(self.tastes), np.log(self.sizes))

    def _score(self, histories: Histories) -> Scores:
        return np.asarray(np.log(self.memberships(histories) @ self.tastes), np.float32)


def _memberships(met: csr_matrix, log_tastes: Scores, log_sizes: Scores) -> Scores:
    """Apply Bayes' rule to each row of met titles."""
    n_met = np.maximum(np.diff(met.indptr), 1)
    told = multiply(met, np.ascontiguousarray(log_tastes.T))
    told *= np.minimum(1, ENOUGH / n_met).astype(np.float32)[:, None]
    told += log_sizes
    told -= told.max(axis=1, keepdims=True)
    np.exp(told, out=told)
    told /= told.sum(axis=1, keepdims=True)
    return told
