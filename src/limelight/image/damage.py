"""Scratches, dust and folds in a photograph, told from what it shows.

What lies on a print or a negative is lighter or darker than all that is around it, thin or small,
grey, and goes across whatever the picture shows. What might be such a mark is found by its form,
and judged by all that speaks for and against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.image.operation import Operation
from limelight.image.picture import Picture, Values, values_of
from limelight.image.specks import dusty
from limelight.image.strokes import scratched
from limelight.image.tiles import in_tiles

Mask = NDArray[np.bool_]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
FEWEST = 384
"""The shorter side of the smallest size of a picture that is looked at: in finer scans, marks are
wider."""
TILE, MARGIN = 512, 128
"""Pixels of a tile's side, and of what is seen around it: what a longer stroke is beyond does not
count."""
STROKES, SPECKS = 0.8, 0.4
"""The log odds of being damage from which, at a strength of 0.5, they are: a false stroke takes
more of a picture than a false speck."""
SMALLEST = 3
"""Pixels of the shorter side of what can show marks."""


def damage(picture: Picture, strength: float = 0.5) -> Mask:
    """Say which pixels are damaged, (height, width).

    ``strength`` from 0 to 1 is how unlikely marks may be to be found: at 0.5 they are rather damage
    than not, at 0 fifty times as sure, at 1 fifty times less. Large pictures are seen in tiles.
    """
    height, width = picture.shape[:2]
    found = np.zeros((height, width), np.bool_)
    marks = _Marks(8 * (0.5 - strength))
    while min(picture.shape[:2]) >= SMALLEST:
        seen = in_tiles(marks, picture, side=TILE)
        found |= cv2.resize(seen, (width, height), interpolation=cv2.INTER_NEAREST) > 0
        if min(picture.shape[:2]) < 2 * FEWEST:
            break
        size = ((picture.shape[1] + 1) // 2, (picture.shape[0] + 1) // 2)
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return found


@dataclass(frozen=True)
class _Marks(Operation):
    """What looks like a mark in one size of a picture, (height, width, 1): 1, all else 0."""

    name: ClassVar[str] = "marks"

    stricter: float
    """By how much the log odds that it is one must be higher."""

    @property
    def margin(self) -> int:
        return MARGIN

    def __call__(self, picture: Picture) -> Picture:
        luma, colour = planes(picture)
        found = scratched(luma, colour, STROKES + self.stricter)
        found |= dusty(luma, colour, SPECKS + self.stricter)
        grown: Picture = cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8))
        return grown.reshape(*found.shape, 1).astype(picture.dtype)


def planes(picture: Picture) -> tuple[Values, Values]:
    """Give luma, and how far the channels of each pixel part, (height, width) from 0 to 1."""
    values = values_of(picture)[..., :3]
    luma: Values = values @ LUMA
    colour: Values = np.ptp(values, axis=2)
    return luma, colour
