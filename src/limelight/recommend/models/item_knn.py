"""Titles that the same people met: cosine similarity between items, the nearest kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.memory import require_memory
from limelight.progress import Progress
from limelight.recommend.interactions import Histories
from limelight.recommend.linalg import multiply_sparse
from limelight.recommend.models.base import Model, Scores
from limelight.recommend.neighbours import top_by_neighbours
from limelight.recommend.topk import Items, Mask


@dataclass
class ItemKNN(Model):
    """Score a title by its similarity to the titles in the history, summed over its neighbours.

    Cosine similarity between the columns of the binary user-item matrix, damped by ``shrinkage``
    (Bell and Koren 2007), of which each title keeps its ``neighbours`` largest, so that catalogues
    of millions fit. ``similarities`` is sparse float32 (n_items, n_items), row i the neighbours of
    title i.
    """

    name: ClassVar[str] = "item-knn"
    additive: ClassVar[bool] = True

    neighbours: int = 100
    shrinkage: float = 10.0
    similarities: csr_matrix = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return int(self.similarities.shape[0])

    def _fit(self, histories: Histories, progress: Progress) -> None:
        progress(0, None, "counting who met what together")
        kept = min(self.neighbours, histories.n_items)
        require_memory(
            17 * kept * histories.n_items + 32 * len(histories.items),
            f"item-knn on {histories.n_items:,} titles with {kept} neighbours",
            "keep fewer neighbours",
        )
        by_user = histories.matrix(binary=True)
        by_item = by_user.tocsc()
        nearest = np.zeros((histories.n_items, kept), np.int32)
        cosines = np.zeros((histories.n_items, kept), np.float32)
        _nearest(
            by_user.indptr,
            by_user.indices,
            by_item.indptr,
            by_item.indices,
            np.float32(self.shrinkage),
            numba.get_num_threads(),
            nearest,
            cosines,
        )
        found = cosines > 0
        offsets = np.concatenate([[0], np.cumsum(found.sum(axis=1))])
        shape = (histories.n_items, histories.n_items)
        self.similarities = csr_matrix((cosines[found], nearest[found], offsets), shape=shape)

    def _score(self, histories: Histories) -> Scores:
        return multiply_sparse(histories.matrix(binary=True), self.similarities)

    def _top(
        self, histories: Histories, k: int, exclude: Histories | None, allowed: Mask | None
    ) -> tuple[Items, Scores]:
        met = histories.matrix(binary=True)
        return top_by_neighbours(met, self.similarities, k, exclude, allowed)

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        parts = np.zeros((len(history.items), len(targets)), np.float32)
        first = np.unique(history.items, return_index=True)[1]
        parts[first] = self.similarities[history.items[first]][:, targets].toarray()
        return parts


@numba.njit(parallel=True, cache=True, nogil=True)
def _nearest(
    user_offsets: NDArray[np.int32],
    user_items: NDArray[np.int32],
    item_offsets: NDArray[np.int32],
    item_users: NDArray[np.int32],
    shrinkage: np.float32,
    workers: int,
    nearest: NDArray[np.int32],
    cosines: NDArray[np.float32],
) -> None:
    n_items, kept = nearest.shape
    for worker in numba.prange(workers):
        # Only what an item touched is cleared again, so a large catalogue costs nothing by itself.
        shared = np.zeros(n_items, np.float32)
        touched = np.empty(n_items, np.int32)
        for item in range(worker, n_items, workers):
            n_touched = 0
            for place in range(item_offsets[item], item_offsets[item + 1]):
                user = item_users[place]
                for event in range(user_offsets[user], user_offsets[user + 1]):
                    other = user_items[event]
                    if shared[other] == 0:
                        touched[n_touched] = other
                        n_touched += 1
                    shared[other] += 1
            audience = np.float32(item_offsets[item + 1] - item_offsets[item])
            for index in range(n_touched):
                other = touched[index]
                if other != item:
                    others = np.float32(item_offsets[other + 1] - item_offsets[other])
                    cosine = shared[other] / (np.sqrt(audience * others) + shrinkage)
                    if cosine > cosines[item, kept - 1]:
                        slot = kept - 1
                        while slot > 0 and cosines[item, slot - 1] < cosine:
                            cosines[item, slot] = cosines[item, slot - 1]
                            nearest[item, slot] = nearest[item, slot - 1]
                            slot -= 1
                        cosines[item, slot] = cosine
                        nearest[item, slot] = other
                shared[other] = 0
