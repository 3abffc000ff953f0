"""People cut out of whatever is behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from limelight.errors import BadInputError
from limelight.image.cutting import cut
from limelight.image.laying import Laying
from limelight.image.operations.background import blurred
from limelight.image.people import people
from limelight.image.picture import Picture, Values
from limelight.video.frame import Footage, Frame
from limelight.video.operation import Operation
from limelight.video.operations.behind import laid
from limelight.video.operations.luma import luma_of, same_shot, tiny
from limelight.video.ordered import ordered, surrounded
from limelight.video.pictures import frame_of, picture_of

REACH = 2
"""Frames before and after whose mattes a frame's own is averaged with."""


@dataclass(frozen=True)
class Background(Laying, Operation):
    """Cut out people and lay them over something else, or over their own background, blurred.

    MediaPipe's selfie segmentation finds them (`limelight weights fetch selfie` gets it), best
    where they are near and face the camera. Its mattes are averaged over five frames of a shot and
    fitted to the picture's edges by a guided filter (He and Sun 2015). Transparent video is written
    as ProRes or FFV1.
    """

    name: ClassVar[str] = "background"
    margin_seconds: ClassVar[int] = 1

    blur: float = 0.0
    """Blur what is behind them instead, by so much of the picture's width: 0.02."""

    def __post_init__(self) -> None:
        """Refuse two backgrounds at once, and blurs that are none."""
        super().__post_init__()
        if not 0 <= self.blur <= 0.2:
            raise BadInputError(f"blur is from 0 to 0.2 of the width, not {self.blur:g}")
        if self.blur and (self.behind or self.fill or self.premultiplied):
            raise BadInputError("something else behind and a blur exclude each other; give one")

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Find people in every frame, and steady what is found with the frames around it."""
        people_seen = ordered(_seen, frames)
        found = ordered(lambda around: _cut_out(*around), surrounded(people_seen, REACH))
        if not self.blur:
            return laid(self, found, footage)
        return ordered(lambda pair: self._blurred(*pair), found)

    def _blurred(self, frame: Frame, person: Picture) -> Frame:
        before = picture_of(frame)
        return frame_of(blurred(person, before, self.blur), frame, before)


def _seen(frame: Frame) -> tuple[Frame, Values, Values]:
    return frame, people(picture_of(frame)), tiny(luma_of(frame))


def _cut_out(around: tuple[tuple[Frame, Values, Values], ...], place: int) -> tuple[Frame, Picture]:
    frame, _, shape = around[place]
    alike = [(at, one[1]) for at, one in enumerate(around) if same_shot(one[2], shape)]
    shares = [np.exp(-0.5 * (at - place) ** 2) for at, _ in alike]
    matte = np.average([one for _, one in alike], axis=0, weights=shares)
    return frame, cut(picture_of(frame), matte.astype(np.float32))
