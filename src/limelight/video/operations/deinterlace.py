"""Whole pictures out of fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from limelight.video.frame import Footage, Frame
from limelight.video.operation import FilterOperation
from limelight.video.operations.alike import filtered_alike

LEAST_WIDTH, LEAST_HEIGHT = 3, 4
"""Smaller pictures bwdif refuses; they have no fields to speak of."""


@dataclass(frozen=True)
class Deinterlace(FilterOperation):
    """Make whole pictures of interlaced frames, as many as there were, and leave other frames.

    The filter is FFmpeg's bwdif (the BBC's weighted, motion-adaptive filter within yadif's frame).
    Which field is first is what the file says.
    """

    name: ClassVar[str] = "deinterlace"
    margin_seconds: ClassVar[int] = 1
    high_dynamic_range: ClassVar[bool] = True

    all: bool = False
    """Also frames that the file does not call interlaced."""

    def filters(self, footage: Footage) -> Sequence[tuple[str, Mapping[str, object]]]:
        """Give bwdif, one frame out for each frame in."""
        which = "all" if self.all else "interlaced"
        return [("bwdif", {"mode": "send_frame", "parity": "auto", "deint": which})]

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Pass tiny pictures on as they are."""
        if footage.width < LEAST_WIDTH or footage.height < LEAST_HEIGHT:
            return frames
        return filtered_alike(self.filters(footage), frames, footage)
