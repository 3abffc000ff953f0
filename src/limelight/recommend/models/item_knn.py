"""Titles that the same people met: cosine similarity between items, the nearest kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numba
import numpy as np
from numpy.typing import NDArray

from limelight.progress import Progress
from limelight.recommend.interactions import Histories
from limelight.recommend.models.base import Model, Scores


@dataclass
class ItemKNN(Model):
    """Score a title by its similarity to the titles in the history, summed over its neighbours.

    Cosine similarity between the columns of the binary user-item matrix, damped by ``shrinkage``
    (Bell and Koren 2007), of which each title keeps its ``neighbours`` largest. Memory is
    n_items x neighbours: fit for catalogues of millions.

    similar_items  int32 (n_items, neighbours), -1 where a title has fewer
    similarities   float32 (n_items, neighbours)
    """

    name: ClassVar[str] = "item-knn"
    additive: ClassVar[bool] = True

    neighbours: int = 100
    shrinkage: float = 10.0
    similar_items: NDArray[np.int32] = field(init=False, repr=False)
    similarities: NDArray[np.float32] = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return len(self.similar_items)

    def _fit(self, histories: Histories, progress: Progress) -> None:
        by_user = histories.matrix(binary=True)
        by_item = by_user.tocsc()
        kept = min(self.neighbours, histories.n_items)
        self.similar_items = np.full((histories.n_items, kept), -1, np.int32)
        self.similarities = np.zeros((histories.n_items, kept), np.float32)
        _nearest(
            by_user.indptr,
            by_user.indices,
            by_item.indptr,
            by_item.indices,
            np.float32(self.shrinkage),
            numba.get_num_threads(),
            self.similar_items,
            self.similarities,
        )

    def _score(self, histories: Histories) -> Scores:
        once = histories.matrix(binary=True)
        scores = np.zeros((len(histories), self.n_items), np.float32)
        _sum_neighbours(once.indptr, once.indices, self.similar_items, self.similarities, scores)
        return scores

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        parts = np.zeros((len(history.items), len(targets)), np.float32)
        first = np.unique(history.items, return_index=True)[1]
        neighbours = self.similar_items[history.items[first]]
        for column, target in enumerate(targets):
            weight = np.where(neighbours == target, self.similarities[history.items[first]], 0)
            parts[first, column] = weight.sum(axis=1)
        return parts


@numba.njit(parallel=True, cache=True, nogil=True)
def _nearest(
    user_offsets: NDArray[np.int32],
    user_items: NDArray[np.int32],
    item_offsets: NDArray[np.int32],
    item_users: NDArray[np.int32],
    shrinkage: np.float32,
    workers: int,
    similar_items: NDArray[np.int32],
    similarities: NDArray[np.float32],
) -> None:
    n_items, kept = similar_items.shape
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
                    similarity = shared[other] / (np.sqrt(audience * others) + shrinkage)
                    if similarity > similarities[item, kept - 1]:
                        slot = kept - 1
                        while slot > 0 and similarities[item, slot - 1] < similarity:
                            similarities[item, slot] = similarities[item, slot - 1]
                            similar_items[item, slot] = similar_items[item, slot - 1]
                            slot -= 1
                        similarities[item, slot] = similarity
                        similar_items[item, slot] = other
                shared[other] = 0


@numba.njit(parallel=True, cache=True, nogil=True)
def _sum_neighbours(
    offsets: NDArray[np.int32],
    items: NDArray[np.int32],
    similar_items: NDArray[np.int32],
    similarities: NDArray[np.float32],
    scores: NDArray[np.float32],
) -> None:
    for row in numba.prange(len(scores)):
        for event in range(offsets[row], offsets[row + 1]):
            item = items[event]
            for slot in range(similar_items.shape[1]):
                neighbour = similar_items[item, slot]
                if neighbour < 0:
                    break
                scores[row, neighbour] += similarities[item, slot]
