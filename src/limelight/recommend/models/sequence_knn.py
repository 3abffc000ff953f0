"""What came next where others had lately met the same titles: nearest neighbours among contexts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numba
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.progress import Progress
from limelight.recommend.cores import cores_for
from limelight.recommend.interactions import Histories
from limelight.recommend.models.base import Model, Scores

LANES = 16
"""Histories that one pass over the memory answers: as many float32 as two vector registers hold."""

FLOOR = 1e5
"""Shares of the votes below the inverse of this are noise."""


@dataclass
class SequenceKNN(Model):
    """Score a title by how much the places where others met it resemble where the history stands.

    Every event of the training is a place, and its context is what came before it. Both the
    history and the contexts count a title by ``0.5 ** (events ago / half_life)``; their agreement
    is the inner product. Each place votes for its title with the agreement to the ``power``, which
    is what lets a place that agrees on several titles outdo many that agree on one, as no sum over
    single titles can. The score is the logarithm of the title's share of the votes that go to
    titles not in the history yet. Relatives: V-SKNN (Ludewig and Jannach 2018) and STAN (Garg et
    al. 2019), which compare whole sessions.

    It keeps the sequences it was fitted on, without their owners: to forget somebody's, fit again,
    which takes no time. Scoring is one pass over all of them, shared by LANES histories.

    items    int32 (n_events,), the histories one after the other
    offsets  int64 (n_histories + 1,), where each begins
    size     int64 (1,), the number of titles
    """

    name: ClassVar[str] = "sequence-knn"

    half_life: float = 5.0
    power: int = 5
    items: NDArray[np.int32] = field(init=False, repr=False)
    offsets: NDArray[np.int64] = field(init=False, repr=False)
    size: NDArray[np.int64] = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return int(self.size[0])

    def _fit(self, histories: Histories, progress: Progress) -> None:
        if self.half_life <= 0 or self.power < 1:
            raise BadInputError("half_life must be above 0 and power 1 or more")
        self.items = np.ascontiguousarray(histories.items)
        self.offsets = np.ascontiguousarray(histories.offsets)
        self.size = np.array([histories.n_items], np.int64)

    def _score(self, histories: Histories) -> Scores:
        votes = np.zeros((len(histories), self.n_items), np.float32)
        decay = np.float32(0.5 ** (1 / self.half_life))
        with cores_for(-(-len(histories) // LANES)):
            _vote(
                self.items,
                self.offsets,
                histories.items,
                histories.offsets,
                decay,
                self.power,
                votes,
            )
        # What is in the history already would win by far where the memory holds that very history.
        owners, items = histories.owners, histories.items
        met = votes[owners, items]
        votes[owners, items] = 0
        total = votes.sum(axis=1)
        votes[owners, items] = np.minimum(met, total[owners])
        votes *= np.divide(FLOOR, total, where=total > 0, out=np.zeros_like(total))[:, None]
        return np.log1p(votes, out=votes)


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=True)
def _vote(
    items: NDArray[np.int32],
    offsets: NDArray[np.int64],
    asked: NDArray[np.int32],
    asked_offsets: NDArray[np.int64],
    decay: np.float32,
    power: int,
    votes: Scores,
) -> None:
    n_asked, n_items = votes.shape
    for group in numba.prange((n_asked + LANES - 1) // LANES):
        first = group * LANES
        wanted = np.zeros((n_items, LANES), np.float32)
        for lane in range(min(LANES, n_asked - first)):
            weight = np.float32(1)
            row = first + lane
            for event in range(asked_offsets[row + 1] - 1, asked_offsets[row] - 1, -1):
                wanted[asked[event], lane] += weight
                weight *= decay
        sums = np.zeros((n_items, LANES), np.float32)
        agreement = np.empty(LANES, np.float32)
        vote = np.empty(LANES, np.float32)
        for history in range(len(offsets) - 1):
            agreement[:] = 0
            for event in range(offsets[history], offsets[history + 1]):
                item = items[event]
                for lane in range(LANES):
                    vote[lane] = agreement[lane]
                for _ in range(power - 1):
                    for lane in range(LANES):
                        vote[lane] *= agreement[lane]
                for lane in range(LANES):
                    sums[item, lane] += vote[lane]
                    agreement[lane] = (agreement[lane] + wanted[item, lane]) * decay
        for lane in range(min(LANES, n_asked - first)):
            votes[first + lane] = sums[:, lane]
