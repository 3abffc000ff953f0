"""Green and blue screens out of video."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.image.key import key
from limelight.image.laying import Laying
from limelight.image.picture import Picture
from limelight.image.screen import CHANNELS
from limelight.video.frame import Footage, Frame
from limelight.video.operation import Operation
from limelight.video.operations.behind import laid
from limelight.video.ordered import ordered, surrounded
from limelight.video.pictures import picture_of

REACH = 2
"""Frames before and after whose opacity a frame's own is averaged with, where nothing moves."""
NOISIEST = 4.0
"""Standard deviation of a sample, of 255, beyond which change is movement and no noise."""
CHANGED = 3.0
"""Times the picture's usual change that make a pixel count for next to nothing."""


@dataclass(frozen=True)
class Key(Laying, Operation):
    """Cut out what stands before a green or blue screen, and lay it over something else.

    Soft edges, hair and glass stay what they are (see ``limelight.image.key``). Transparent video
    is written as ProRes or FFV1.
    """

    name: ClassVar[str] = "key"
    margin_seconds: ClassVar[int] = 1

    colour: str = "green"
    """The screen's: green or blue."""
    refine: bool = False
    """Smooth edges by closed-form matting (Levin et al. 2008): much slower, cleaner hair."""
    steady: bool = True
    """Average the opacity over five frames where nothing moves, so that grain doesn't flicker."""

    def __post_init__(self) -> None:
        """Refuse screens of other colours."""
        super().__post_init__()
        if self.colour not in CHANNELS:
            raise BadInputError(f"a screen is green or blue, not {self.colour!r}")

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Key every frame, and steady its opacity by those around it."""

        def keyed(frame: Frame) -> tuple[Frame, Picture, Picture]:
            picture = picture_of(frame)
            return frame, picture, key(picture, self.colour, self.refine)

        around = surrounded(ordered(keyed, frames), REACH if self.steady else 0)
        return laid(self, ordered(lambda seen: _steadied(*seen), around), footage)


def _steadied(
    around: tuple[tuple[Frame, Picture, Picture], ...], place: int
) -> tuple[Frame, Picture]:
    """Average a frame's opacity with that of its neighbours, pixel by pixel as they are alike."""
    frame, picture, front = around[place]
    total = front[..., 3].astype(np.float32)
    weight = np.ones_like(total)
    for at, (_, other, opacity) in enumerate(around):
        if at != place and other.shape == picture.shape:
            alike = _likeness(picture, other)
            total += alike * opacity[..., 3]
            weight += alike
    steadied = front.copy()
    steadied[..., 3] = np.rint(total / weight)
    return frame, steadied


def _likeness(one: Picture, other: Picture) -> NDArray[np.float32]:
    """Say how far each pixel of two frames differs by noise alone: 1, to 0 where it has moved."""
    scale = np.float32(255 / np.iinfo(one.dtype).max)
    change = (one[..., :3].astype(np.float32) - other[..., :3]) * scale
    squares = cv2.blur((change * change).mean(axis=2), (3, 3)).reshape(one.shape[:2])
    noise = min(float(np.median(squares)), 2 * NOISIEST**2)
    found: NDArray[np.float32] = np.exp(-((squares / max(CHANGED * noise, 1e-3)) ** 2))
    return found
