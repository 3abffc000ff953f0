"""What every operation on video promises: frames in, frames out, each with its time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from limelight.image.picture import Picture
from limelight.video.filters import filtered
from limelight.video.frame import Footage, Frame
from limelight.video.pictures import worked


class Operation(ABC):
    """One thing that is done to a video's frames; its settings are a frozen dataclass's fields.

    ``stream`` takes frames in order of time and gives frames in order of time, in bounded memory;
    they keep their times, unless the operation is about time. What it makes of a frame must depend
    on nothing but the frames within ``margin_seconds`` before and after it: a long video is done in
    segments, each with so much of what surrounds it. One that must know the whole video first (its
    shake, its flicker) looks at it in ``surveyed``, and finds frames again by their times.

    ``high_dynamic_range`` says that footage in PQ or HLG stays right; without it such is refused.
    """

    name: ClassVar[str]
    margin_seconds: ClassVar[int] = 0
    needs_survey: ClassVar[bool] = False
    high_dynamic_range: ClassVar[bool] = False

    @abstractmethod
    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Work on frames as they come. ``footage`` is that of the file, before any operation."""

    def surveyed(self, frames: Iterator[Frame], footage: Footage) -> Operation:
        """Look at the whole video once and give the operation that is settled for it."""
        return self


class PictureOperation(Operation):
    """An operation on single pictures, in parallel on all cores; the threads share ``self``.

    Neighbouring ones work on the same array, so that colours are converted once. A picture may
    change its size, the same way for all pictures, and gain alpha. Where it is left as it was, the
    frame keeps its samples to the bit.
    """

    @abstractmethod
    def __call__(self, picture: Picture) -> Picture:
        """Work on one picture, leaving the given array as it is; the dtype stays."""

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Make a picture of every frame, work on it, and make a frame of that."""
        return worked(self, frames)


class FilterOperation(Operation):
    """A chain of FFmpeg's filters; colours are converted only where a filter needs it."""

    @abstractmethod
    def filters(self, footage: Footage) -> Sequence[tuple[str, Mapping[str, object]]]:
        """Give the filters in order, each with its options by their full names, not escaped."""

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Send the frames through the filters."""
        return filtered(self.filters(footage), frames, footage)
