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
STROKES, COLOURLESS_STROKES, SPECKS = 0.8, 0.2, 0.4
"""The log odds of being damage from which, at a strength of 0.5, they are: a false stroke takes
more of a picture than a false speck."""
TONED = 0.03
"""How far, of full scale, most colours may be from what their luma tells in a picture that has
none."""
LOOKED_AT = 256
"""Pixels of the longer side of what shows whether there is colour."""
SMALLEST = 3
"""Pixels of the shorter side of what can show marks."""


def damage(picture: Picture, strength: float = 0.5) -> Mask:
    """Say which pixels are damaged, (height, width).

    ``strength`` from 0 to 1 is how unlikely marks may be to be found: at 0.5 they are rather damage
    than not, at 0 fifty times as sure, at 1 fifty times less. Large pictures are seen in tiles.
    Where a picture has no colour, strokes are judged by other weights.
    """
    height, width = picture.shape[:2]
    found = np.zeros((height, width), np.bool_)
    if min(height, width) < SMALLEST:
        return found
    marks = _Marks(8 * (0.5 - strength), colourless(picture))
    while True:
        seen = in_tiles(marks, picture, side=TILE)
        found |= cv2.resize(seen, (width, height), interpolation=cv2.INTER_NEAREST) > 0
        if min(picture.shape[:2]) < 2 * FEWEST:
            return found
        size = ((picture.shape[1] + 1) // 2, (picture.shape[0] + 1) // 2)
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


@dataclass(frozen=True)
class _Marks(Operation):
    """What looks like a mark in one size of a picture, (height, width, 1): 1, all else 0."""

    name: ClassVar[str] = "marks"

    stricter: float
    """By how much the log odds that it is one must be higher."""
    colourless: bool

    @property
    def margin(self) -> int:
        return MARGIN

    def __call__(self, picture: Picture) -> Picture:
        luma, colour = planes(picture)
        least = (COLOURLESS_STROKES if self.colourless else STROKES) + self.stricter
        found = scratched(luma, colour, least, self.colourless)
        found |= dusty(luma, colour, SPECKS + self.stricter)
        grown: Picture = cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8))
        return grown.reshape(*found.shape, 1).astype(picture.dtype)


def planes(picture: Picture) -> tuple[Values, Values]:
    """Give luma, and how far the channels of each pixel part, (height, width) from 0 to 1."""
    values = values_of(picture)[..., :3]
    luma: Values = values @ LUMA
    colour: Values = np.ptp(values, axis=2)
    return luma, colour


def colourless(picture: Picture) -> bool:
    """Say whether all of a picture is grey, or toned, as sepia is: luma tells its colours."""
    shrink = min(LOOKED_AT / max(picture.shape[:2]), 1.0)
    size = [max(round(side * shrink), 1) for side in picture.shape[1::-1]]
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    values = values_of(small.reshape(size[1], size[0], -1))[..., :3].reshape(-1, 3)
    luma = values @ LUMA
    levels = np.stack([np.ones_like(luma), luma, luma * luma], axis=1)
    tone = levels @ np.linalg.lstsq(levels, values, rcond=None)[0]
    return float(np.quantile(np.abs(values - tone).max(axis=1), 0.9)) < TONED
