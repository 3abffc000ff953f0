"""Models whose score is an inner product of a history's vector and a title's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

from limelight.recommend.interactions import Histories
from limelight.recommend.models.base import Model
from limelight.recommend.retrieve import MANY, ByteVectors, top_by_product
from limelight.recommend.topk import Items, Mask, Scores

Made = TypeVar("Made")


class Factored(Model):
    """A model that scores by ``queries @ item_vectors.T``, and finds the best titles faster so.

    A bias of titles is a column of ``item_vectors`` that meets a column of ones in the queries.
    Subclasses give ``_queries`` and ``item_vectors``; score, top and the number of titles follow.
    """

    @property
    @abstractmethod
    def item_vectors(self) -> Scores:
        """The titles' vectors, float32 (n_items, d): the same array until the model is fitted anew.

        What retrieval derives from it is kept for as long as it is the same array.
        """

    @abstractmethod
    def _queries(self, histories: Histories) -> Scores:
        """Give the vectors of histories of positive events, float32 (n_histories, d)."""

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return len(self.item_vectors)

    def _score(self, histories: Histories) -> Scores:
        scores: Scores = self._queries(histories) @ self.item_vectors.T
        return scores

    def _top(
        self, histories: Histories, k: int, exclude: Histories | None, allowed: Mask | None
    ) -> tuple[Items, Scores]:
        queries = self._queries(histories)
        if len(queries) >= MANY:
            return top_by_product(queries, self.item_vectors, k, exclude, allowed)
        return self._kept(ByteVectors.of).top(queries, k, exclude, allowed)

    def _kept(self, make: Callable[[Scores], Made]) -> Made:
        """Give ``make(item_vectors)``, made once for as long as those are the same array."""
        vectors = self.item_vectors
        kept: dict[Any, tuple[Scores, Made]] = self.__dict__.setdefault("_made", {})
        if make not in kept or kept[make][0] is not vectors:
            kept[make] = vectors, make(vectors)
        return kept[make][1]
