"""Less popular titles, for lists that are not the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limelight.errors import BadInputError
from limelight.recommend.rerank.base import (
    NOTHING,
    Candidates,
    Fixed,
    Reranker,
    Wish,
    checked_strength,
    weight,
)
from limelight.recommend.titles import Titles


@dataclass(frozen=True)
class LessPopular(Reranker):
    """Popularity debiasing: (1 - strength) * relevance - strength * popularity.

    Popularity counts as a logarithm, log(1 + count) / log(1 + the largest count), so that it lies
    between 0 and 1 and one step from 10 to 100 events is as long as one from 100 to 1,000.
    """

    strength: float

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        checked_strength("less popular", self.strength)

    def wish(self, titles: Titles) -> Wish:
        """Count popularity against a candidate."""
        return Wish(gain=self._gain) if self.strength else NOTHING

    def _gain(self, candidates: Candidates) -> Fixed:
        counts = candidates.popularity
        if counts is None:
            raise BadInputError(
                "nobody knows here how popular the titles are; give the recommender interactions"
            )
        most = np.log1p(max(float(counts.max(initial=0)), np.finfo(np.float64).tiny))
        popularity = np.log1p(np.maximum(counts[candidates.items], 0, dtype=np.float64)) / most
        return Fixed(-weight(self.strength) * popularity)
