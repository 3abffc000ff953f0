"""What a service wants to show sooner, or later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limelight.errors import BadInputError
from limelight.recommend.rerank.base import NOTHING, Fixed, Reranker, Wish
from limelight.recommend.titles import Filters, Titles


@dataclass(frozen=True)
class Boost(Reranker):
    """Titles that pass ``titles`` count ``by`` more.

    The best candidate counts 1, the second 1/2, the tenth 1/10: 1 lifts any candidate above all
    that are not meant, and 0.1 the twentieth above the seventh. Only candidates are lifted; a Pin
    brings in any title.
    """

    titles: Filters
    by: float

    def __post_init__(self) -> None:
        """Refuse what is no number above 0."""
        if not 0 <= self.by < float("inf"):
            name = type(self).__name__.lower()
            raise BadInputError(f"a {name} must be a number of 0 or more, not {self.by}")

    def wish(self, titles: Titles) -> Wish:
        """Count ``by`` for the titles meant."""
        gains = self._signed() * self.titles.mask(titles).astype(np.float64)
        return Wish(gain=lambda some: Fixed(gains[some.items])) if self.by else NOTHING

    def _signed(self) -> float:
        return self.by


@dataclass(frozen=True)
class Bury(Boost):
    """Titles that pass ``titles`` count ``by`` less; 1 drops them below all that are not meant."""

    def _signed(self) -> float:
        return -self.by
