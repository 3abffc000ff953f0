"""What may be shown at all: rights to show a title now, and to show it to somebody so young."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from limelight.errors import BadInputError
from limelight.recommend.rerank.base import Reranker, Wish
from limelight.recommend.titles import Titles

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Available(Reranker):
    """Only titles whose window is open at ``moment``; without one, at the moment of the call.

    A title's window are its attributes ``available_from`` (inclusive) and ``available_until``
    (exclusive; a day counts to its end, UTC). A title without them is always available, one whose
    window can't be read is not. A moment without a zone is UTC.
    """

    moment: datetime | None = None

    limits: ClassVar[bool] = True

    def __str__(self) -> str:
        """Say it in words."""
        return "available " + ("now" if self.moment is None else f"at {self.moment.isoformat()}")

    def wish(self, titles: Titles) -> Wish:
        """Allow titles whose window is open."""
        moment = self.moment or datetime.now(UTC)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        since = moment - EPOCH
        now = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        opens, closes = titles.facts.window
        return Wish(allowed=(opens <= now) & (now < closes))


@dataclass(frozen=True)
class AgeLimit(Reranker):
    """Only titles that suit the age ``at_most``.

    A title's rating is its attribute ``age_rating``: a number, or a text with one such as "PG-13".
    A title without a rating is not shown: nobody knows that it suits.
    """

    at_most: float

    limits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse what is no age."""
        if not 0 <= self.at_most < float("inf"):
            raise BadInputError(f"an age must be a number of 0 or more, not {self.at_most}")

    def __str__(self) -> str:
        """Say it in words."""
        return f"rated for age {self.at_most:g} or younger"

    def wish(self, titles: Titles) -> Wish:
        """Allow titles whose rating is low enough."""
        return Wish(allowed=titles.facts.age_rating <= self.at_most)
