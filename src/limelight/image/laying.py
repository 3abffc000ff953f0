"""What becomes of something that was cut out: transparent, or laid over something else."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from limelight.errors import BadInputError
from limelight.image.picture import Picture, coded, light_of
from limelight.image.reading import read
from limelight.image.writing import colour_of

STRIP = 256
"""Rows that are laid over others at a time."""


@dataclass(frozen=True)
class Laying:
    """The settings that all operations share which cut something out."""

    behind: Path | None = None
    """A picture (for a video also a video) to lay it over; it fills the frame in its own shape."""
    fill: str = ""
    """A colour to lay it over: white, #1e90ff. Without either it is transparent."""
    premultiplied: bool = False
    """Multiply the colours by alpha, as some compositing programs want them. PNG is never so."""

    def __post_init__(self) -> None:
        """Refuse settings that contradict each other, and colours that are none."""
        if self.behind and self.fill:
            raise BadInputError("behind and fill exclude each other; give one")
        if self.premultiplied and (self.behind or self.fill):
            raise BadInputError("what is laid over something has no alpha to be premultiplied by")
        if self.fill:
            colour_of(self.fill)

    def laid(self, front: Picture, behind: Picture | None = None) -> Picture:
        """Lay a picture with alpha over what the settings say; ``behind`` is read already.

        Gives (height, width, 3), or 4 where it stays transparent. Raises BadInputError where the
        picture that is to be behind can't be read.
        """
        height, width = front.shape[:2]
        if self.behind and behind is None:
            behind = fitted(read(self.behind), width, height, front.dtype)
        elif self.fill:
            level = np.array(colour_of(self.fill), front.dtype)
            if front.dtype == np.uint16:
                level = level * np.uint16(257)
            behind = np.broadcast_to(level, (height, width, 3))
        if behind is not None:
            return over(front, behind)
        return premultiplied(front) if self.premultiplied else front


def over(front: Picture, back: Picture) -> Picture:
    """Lay a picture with alpha over one without, of the same size and dtype, in linear light.

    Where the front is clear, and where it is solid, samples are kept to the bit.
    """
    top = np.iinfo(front.dtype).max
    found: Picture = np.empty((*front.shape[:2], 3), front.dtype)
    for row in range(0, len(front), STRIP):
        strip, below = front[row : row + STRIP], back[row : row + STRIP, :, :3]
        alpha = strip[..., 3:].astype(np.float32) / np.float32(top)
        light = light_of(strip[..., :3]) * alpha + light_of(below) * (1 - alpha)
        mixed = np.rint(coded(light) * np.float32(top)).astype(front.dtype)
        mixed = np.where(strip[..., 3:] == 0, below, mixed)
        found[row : row + STRIP] = np.where(strip[..., 3:] == top, strip[..., :3], mixed)
    return found


def premultiplied(picture: Picture) -> Picture:
    """Multiply coded colours by alpha, as compositing programs mean it: (height, width, 4)."""
    top = np.iinfo(picture.dtype).max
    found = picture.copy()
    for row in range(0, len(picture), STRIP):
        strip = picture[row : row + STRIP].astype(np.float32)
        shares = strip[..., 3:] / np.float32(top)
        found[row : row + STRIP, :, :3] = np.rint(strip[..., :3] * shares)
    return found


def fitted(
    picture: Picture,
    width: int,
    height: int,
    dtype: np.dtype[Any],
    aspect: Fraction = Fraction(1),
) -> Picture:
    """Make a picture fill (height, width, 3) in its own shape; what is too much is cut off evenly.

    ``aspect`` is the shape of a sample there, width over height, by that of one of ``picture``.
    """
    picture = picture[..., :3]
    if dtype == np.uint16 and picture.dtype == np.uint8:
        picture = picture.astype(np.uint16) * np.uint16(257)
    elif dtype == np.uint8 and picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    high, wide = picture.shape[:2]
    shape = width * aspect / height
    if wide > high * shape:
        keep = max(round(high * shape), 1)
        picture = picture[:, (wide - keep) // 2 :][:, :keep]
    else:
        keep = max(round(wide / shape), 1)
        picture = picture[(high - keep) // 2 :][:keep]
    how = cv2.INTER_AREA if picture.shape[0] > height else cv2.INTER_CUBIC
    large = cv2.resize(np.ascontiguousarray(picture), (width, height), interpolation=how)
    return np.ascontiguousarray(large.reshape(height, width, 3))
