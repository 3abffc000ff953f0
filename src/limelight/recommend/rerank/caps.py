"""No more than so many titles of a category, of a provider, of anything in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from warnings import warn

import numba
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError, LimelightWarning
from limelight.recommend.rerank.base import NOTHING, Reranker, Values, Wish
from limelight.recommend.titles import Titles


@dataclass(frozen=True)
class Cap(Reranker):
    """A list holds at most ``at_most`` titles with the same value of an attribute.

    ``attribute`` is "category", "kind" or a key of the titles' attributes. A title with several
    values, such as categories, counts for each; a title without any is never barred.
    """

    attribute: str
    at_most: int

    limits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse what is no count."""
        if self.at_most < 1:
            raise BadInputError(f"a cap must be 1 or more, not {self.at_most}")

    def __str__(self) -> str:
        """Say it in words."""
        return f"at most {self.at_most} of one {self.attribute}"

    def wish(self, titles: Titles) -> Wish:
        """Bar what a list has enough of; warn of an attribute that no title has."""
        offsets, codes = titles.facts.codes(self.attribute)
        if not len(codes):
            warn(f"no title has the attribute {self.attribute!r} to cap", LimelightWarning, 5)
            return NOTHING
        return Wish(gain=lambda some: _Room(offsets, codes, some.items, self.at_most))


class _Room:
    def __init__(
        self,
        offsets: NDArray[np.int64],
        codes: NDArray[np.int32],
        items: NDArray[np.int32],
        at_most: int,
    ) -> None:
        self._offsets, self._codes, self._items, self._at_most = offsets, codes, items, at_most
        counts = np.where(items >= 0, np.diff(offsets)[items], 0)
        # How often each value of each candidate is in the list: the values of candidate (u, c)
        # begin at starts[u, c].
        self._starts = (np.cumsum(counts) - counts.ravel()).reshape(items.shape)
        self._used = np.zeros(int(counts.sum()), np.int32)
        self._barred = np.zeros(items.shape)

    def values(self) -> Values:
        return self._barred

    def take(self, places: NDArray[np.intp]) -> None:
        _count(
            self._offsets,
            self._codes,
            self._items,
            places,
            self._at_most,
            self._starts,
            self._used,
            self._barred,
        )


@numba.njit(cache=True, nogil=True)
def _count(
    offsets: NDArray[np.int64],
    codes: NDArray[np.int32],
    items: NDArray[np.int32],
    places: NDArray[np.intp],
    at_most: int,
    starts: NDArray[np.int64],
    used: NDArray[np.int32],
    barred: Values,
) -> None:
    """Count the values of the title just taken, and bar the candidates that have one of them."""
    for user in range(len(items)):
        if places[user] < 0:
            continue
        taken = items[user, places[user]]
        values = codes[offsets[taken] : offsets[taken + 1]]
        for place in range(items.shape[1]):
            item = items[user, place]
            if item < 0:
                continue
            for slot in range(offsets[item + 1] - offsets[item]):
                count = starts[user, place] + slot
                for value in values:
                    if codes[offsets[item] + slot] == value:
                        used[count] += 1
                if used[count] >= at_most:
                    barred[user, place] = -np.inf
