"""What tends to follow what: sparse counts of near successors, in the space of logarithms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.memory import require_memory
from limelight.progress import Progress
from limelight.recommend.decayed import decays, features
from limelight.recommend.interactions import Histories
from limelight.recommend.linalg import multiply_sparse
from limelight.recommend.models.base import Model, Scores
from limelight.recommend.neighbours import top_by_neighbours
from limelight.recommend.topk import Items, Mask


@dataclass
class Transitions(Model):
    """Score by how much more often than by chance a title follows those of the recent history.

    An event's successors are the next ``window`` events of its history, the k-th with the weight
    ``0.5 ** ((k - 1) / window_half_life)``. A pair of titles has the lift
    ``log(1 + count / (smoothing * chance))``, where chance is what the second title's popularity
    makes of the first one's successors: positive pointwise mutual information (Church and Hanks
    1990) with a prior, zero for pairs never seen, and therefore sparse. The lifts of the history
    are summed with ``history_half_life``, which makes them a naive Bayes guess of the next title.

    Memory grows with the events, never with the square of the catalogue. ``lifts`` is sparse
    float32 (n_items, n_items), row i the successors of title i.
    """

    name: ClassVar[str] = "transitions"
    additive: ClassVar[bool] = True

    window: int = 8
    window_half_life: float = 3.0
    history_half_life: float = 2.0
    smoothing: float = 10.0
    lifts: csr_matrix = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return int(self.lifts.shape[0])

    def _fit(self, histories: Histories, progress: Progress) -> None:
        progress(0, None, "counting which titles follow which")
        weights = 0.5 ** (np.arange(self.window, dtype=np.float32) / self.window_half_life)
        counts = successors(histories, weights)
        popularity = np.bincount(histories.items, minlength=histories.n_items) + 1.0
        share = popularity / popularity.sum()
        chance = np.float32(self.smoothing * weights.sum()) * share.astype(np.float32)
        counts.data /= chance[counts.indices]
        np.log1p(counts.data, out=counts.data)
        self.lifts = counts

    def _score(self, histories: Histories) -> Scores:
        return multiply_sparse(self._recent(histories, by_event=False), self.lifts)

    def _top(
        self, histories: Histories, k: int, exclude: Histories | None, allowed: Mask | None
    ) -> tuple[Items, Scores]:
        recent = self._recent(histories, by_event=False)
        return top_by_neighbours(recent, self.lifts, k, exclude, allowed)

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        events = self._recent(history, by_event=True)
        parts: Scores = (events @ self.lifts)[:, targets].toarray()
        return parts

    def _recent(self, histories: Histories, *, by_event: bool) -> csr_matrix:
        return features(histories, decays([self.history_half_life])[1:], by_event=by_event)


def successors(histories: Histories, weights: NDArray[np.float32]) -> csr_matrix:
    """Count who follows whom within ``len(weights)`` events, the k-th successor by ``weights[k]``.

    Returns sparse float32 (n_items, n_items). Each row is counted on one core in an array of its
    own, once to learn its length and once to keep it, so that no list of all pairs is ever held.
    Raises BadInputError when what was counted will not fit in memory.
    """
    order = np.argsort(histories.items, kind="stable")
    starts = np.concatenate(
        [[0], np.cumsum(np.bincount(histories.items, minlength=histories.n_items))]
    )
    ends = histories.offsets[1:][histories.owners]
    workers = numba.get_num_threads()
    lengths = np.zeros(histories.n_items, np.int64)
    nothing = np.zeros(0, np.int64)
    _count_successors(
        histories.items,
        ends,
        starts,
        order,
        weights,
        workers,
        lengths,
        nothing,
        np.zeros(0, np.int32),
        np.zeros(0, np.float32),
    )
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    require_memory(
        12 * int(offsets[-1]),
        f"counting {offsets[-1]:,} pairs of following titles",
        "give a shorter window or fewer events",
    )
    columns, values = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.float32)
    _count_successors(
        histories.items, ends, starts, order, weights, workers, lengths, offsets, columns, values
    )
    shape = (histories.n_items, histories.n_items)
    return csr_matrix((values, columns, offsets), shape=shape)


@numba.njit(parallel=True, cache=True, nogil=True)
def _count_successors(
    items: NDArray[np.int32],
    ends: NDArray[np.int64],
    starts: NDArray[np.int64],
    order: NDArray[np.int64],
    weights: NDArray[np.float32],
    workers: int,
    lengths: NDArray[np.int64],
    offsets: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[np.float32],
) -> None:
    """Fill the rows at ``offsets``, or only their ``lengths`` where no offsets are given."""
    n_items = len(lengths)
    for worker in numba.prange(workers):
        counts = np.zeros(n_items, np.float32)
        touched = np.empty(n_items, np.int32)
        for item in range(worker, n_items, workers):
            n_touched = 0
            for place in range(starts[item], starts[item + 1]):
                event = order[place]
                for lag in range(min(len(weights), ends[event] - event - 1)):
                    follower = items[event + lag + 1]
                    if counts[follower] == 0:
                        touched[n_touched] = follower
                        n_touched += 1
                    counts[follower] += weights[lag]
            lengths[item] = n_touched
            for index in range(n_touched):
                follower = touched[index]
                if len(offsets):
                    columns[offsets[item] + index] = follower
                    values[offsets[item] + index] = counts[follower]
                counts[follower] = 0
