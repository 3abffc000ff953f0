"""What a list is made of, and what a re-ranker may say about it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.recommend.interactions import Histories
from limelight.recommend.titles import Titles

Values = NDArray[np.float64]

NEARLY_ALL = 1e-6


@dataclass(frozen=True, eq=False)
class Candidates:
    """Titles that the lists of some users may be made of, best first.

    items       int32 (n_users, m), -1 at the end where a user has fewer
    scores      float32 (n_users, m), the model's, -inf at -1
    histories   what those users did
    titles      what is known of the titles
    popularity  float (n_titles,), how often each is met, or None where nobody knows
    """

    items: NDArray[np.int32]
    scores: NDArray[np.float32]
    histories: Histories
    titles: Titles
    popularity: NDArray[np.floating] | None = None

    @cached_property
    def relevance(self) -> Values:
        """Reciprocal ranks: 1 for a user's best candidate, 1/2 for the second, 0 at -1.

        That is about how the chance of being wanted next falls along a good ranking, and the same
        whatever a model's scale. float64 (n_users, m).
        """
        known = self.items >= 0
        ranks = np.maximum(np.cumsum(known, axis=1), 1)
        return np.where(known, 1 / ranks, 0.0)


class Gain(Protocol):
    """What each candidate would add to lists that grow by one title at a time."""

    def values(self) -> Values:
        """Give the gain of every candidate as the next title, float64 (n_users, m); -inf bars."""

    def take(self, places: NDArray[np.intp]) -> None:
        """Hear which candidate each list took, (n_users,); -1 where it took none."""


@dataclass(frozen=True)
class Fixed:
    """A gain that does not depend on what a list holds already."""

    given: Values

    def values(self) -> Values:
        """Give the same values every time."""
        return self.given

    def take(self, places: NDArray[np.intp]) -> None:
        """Change nothing."""


@dataclass(frozen=True, eq=False)
class Wish:
    """What a re-ranker wants of the lists of one catalogue.

    allowed  bool (n_titles,), which titles may be shown at all; None for all of them
    pins     which titles (indices) belong at which places (from 0)
    gain     makes what candidates would add to lists; None for nothing
    """

    allowed: NDArray[np.bool_] | None = None
    pins: Mapping[int, int] = field(default_factory=dict)
    gain: Callable[[Candidates], Gain] | None = None


NOTHING = Wish()


class Reranker(ABC):
    """A wish about lists, whatever the catalogue."""

    limits: ClassVar[bool] = False
    """Whether lists may become shorter than asked for because of it."""

    @abstractmethod
    def wish(self, titles: Titles) -> Wish:
        """Make the wish for one catalogue, once for all lists."""


def weight(strength: float) -> float:
    """Turn a knob between 0 and 1 into the weight of a gain beside a relevance of weight 1.

    (1 - strength) * relevance + strength * gain orders as relevance + weight * gain does. At 1,
    relevance only breaks ties.
    """
    return strength / max(1 - strength, NEARLY_ALL)


def checked_strength(name: str, strength: float) -> None:
    """Raise BadInputError unless ``strength`` lies between 0 and 1."""
    if not 0 <= strength <= 1:
        raise BadInputError(
            f"{name} must lie between 0 (none) and 1 (nothing else), not {strength}"
        )
