"""Titles that an editor wants at one place of every list."""

from __future__ import annotations

from dataclasses import dataclass
from warnings import warn

from limelight.errors import BadInputError, LimelightWarning, NotFoundError
from limelight.recommend.rerank.base import NOTHING, Reranker, Wish
from limelight.recommend.titles import Titles


@dataclass(frozen=True)
class Pin(Reranker):
    """The title ``item_id`` stands at ``place`` (from 1) of every list, whatever its score.

    It is left out for users who met it already, and where a filter, a cap, a window or an age limit
    bars it. A list too short for the place has it at its end, a list cut before the place may have
    it anywhere or not at all.
    """

    item_id: str
    place: int

    def __post_init__(self) -> None:
        """Refuse what is no place."""
        if self.place < 1:
            raise BadInputError(f"a place counts from 1; {self.item_id!r} can't be at {self.place}")

    def wish(self, titles: Titles) -> Wish:
        """Name the place of a known title; warn of an unknown one."""
        try:
            return Wish(pins={self.place - 1: titles.find(self.item_id)})
        except NotFoundError as error:
            warn(f"the pin at place {self.place} is left out: {error}", LimelightWarning, 5)
            return NOTHING
