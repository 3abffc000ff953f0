"""What every operation on pictures promises: a picture in, a picture out, in tiles or whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from limelight.image.picture import Picture


class Operation(ABC):
    """One thing that is done to a picture; its settings are the fields of a frozen dataclass.

    ``operation(picture)`` works on a whole picture. ``tiles.worked`` gives the same of a large one
    in overlapping tiles, several at a time: threads share ``self``. One that must know the whole
    picture first (its noise, its colour cast) looks at it in ``surveyed``, and is then settled, so
    that all tiles are treated alike.
    """

    name: ClassVar[str]
    needs_survey: ClassVar[bool] = False

    @property
    def margin(self) -> int | None:
        """How many pixels around a tile decide what becomes of it; None where all of them do.

        Tiles begin at multiples of 64. An operation on a grid (blocks of 8 by 8, halved pictures)
        has a margin that is a multiple of its grid.
        """
        return 0

    @property
    def factor(self) -> int:
        """How many times wider and higher pictures become."""
        return 1

    @abstractmethod
    def __call__(self, picture: Picture) -> Picture:
        """Work on a picture, leaving the given array as it is.

        The dtype stays; height and width are multiplied by ``factor``. Alpha is kept (enlarged with
        the rest); one operation or another adds it.
        """

    def surveyed(self, picture: Picture) -> Operation:
        """Look at the whole picture once and give the operation that is settled for it.

        What was found are fields of the settled one with ``repr=False`` where they are no settings.
        """
        return self

    def told(self) -> str:
        """Say in words what a settled operation decided by looking; most decide nothing."""
        return ""
