"""Green and blue screens out of video."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from limelight.errors import BadInputError
from limelight.image.key import CHANNELS, key, over
from limelight.video.frame import Footage, Frame, Picture
from limelight.video.operation import Operation
from limelight.video.operations.behind import backgrounds
from limelight.video.ordered import ordered
from limelight.video.pictures import frame_of, picture_of


@dataclass(frozen=True)
class Key(Operation):
    """Cut out what stands before a green or blue screen, and lay it over something else.

    Soft edges, hair and glass stay what they are (see ``limelight.image.key``).
    """

    name: ClassVar[str] = "key"

    colour: str = "green"
    """The screen's: green or blue."""
    behind: Path | None = None
    """A picture or a video to lay it over. Without one it is transparent: write ProRes or FFV1."""

    def __post_init__(self) -> None:
        """Refuse screens of other colours."""
        if self.colour not in CHANNELS:
            raise BadInputError(f"a screen is green or blue, not {self.colour!r}")

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Key every frame on its own."""
        if not self.behind:
            return ordered(
                lambda frame: frame_of(key(picture_of(frame), self.colour), frame), frames
            )

        def laid(pair: tuple[Frame, Picture]) -> Frame:
            frame, behind = pair
            before = picture_of(frame)
            return frame_of(over(key(before, self.colour), behind), frame, before)

        return ordered(laid, backgrounds(self.behind, frames, footage))
