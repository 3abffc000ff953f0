"""Which part of a picture is meant: by another picture, by rectangles, by polygons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.image.picture import values_of
from limelight.image.reading import read

Mask = NDArray[np.bool_]
"""(height, width), true where something is meant."""

HALF = 0.5


@dataclass(frozen=True)
class Masking:
    """The settings of operations that work on a part of a picture; parts given are joined."""

    mask: Path | None = None
    """A picture as large as the input, white where it is meant; of one that is transparent in
    places (a logo, text), what is opaque is meant."""
    rectangle: str = ""
    """Left, top, width and height in pixels, "40 20 200 30"; further ones after a semicolon."""
    polygon: str = ""
    """Corners in pixels, x and y in turn: "10 10 90 20 50 80"; further ones after a semicolon."""
    grow: int = 0
    """Pixels by which all is made larger, for soft edges that a mask leaves."""

    def __post_init__(self) -> None:
        """Refuse what means nothing, and shapes that are none."""
        if self.mask is None and not self.rectangle and not self.polygon:
            raise BadInputError("nothing says what to fill; give a mask, a rectangle or a polygon")
        _numbers(self.rectangle, "rectangle", 4, 4)
        _numbers(self.polygon, "polygon", 6, None)
        if not 0 <= self.grow <= 1000:
            raise BadInputError(f"grow is 0 to 1000 pixels, not {self.grow}")

    def meant(self, height: int, width: int) -> Mask:
        """Give what is meant of an upright picture of that size.

        Raises BadInputError for a mask of another size, and for shapes beside the picture.
        """
        found = np.zeros((height, width), np.uint8)
        if self.mask is not None:
            drawn = drawn_in(self.mask)
            if drawn.shape != found.shape:
                raise BadInputError(
                    f"the mask {self.mask} has {drawn.shape[1]} x {drawn.shape[0]} pixels and the "
                    f"picture, upright, {width} x {height}; make the mask as large as the picture"
                )
            found |= drawn
        for left, top, wide, high in _numbers(self.rectangle, "rectangle", 4, 4):
            rows = slice(max(round(top), 0), max(round(top + high), 0))
            columns = slice(max(round(left), 0), max(round(left + wide), 0))
            if not found[rows, columns].size:
                raise BadInputError(
                    f"the rectangle {left:g} {top:g} {wide:g} {high:g} (left, top, width, height) "
                    f"has nothing of the picture, which is {width} x {height}"
                )
            found[rows, columns] = 1
        for corners in _numbers(self.polygon, "polygon", 6, None):
            points = np.rint(np.array(corners).reshape(-1, 1, 2)).astype(np.int32)
            shape = cv2.fillPoly(np.zeros_like(found), [points], 1)
            if not shape.any():
                raise BadInputError(
                    f"a polygon has nothing of the picture, which is {width} x {height}"
                )
            found |= shape
        if self.grow:
            side = 2 * self.grow + 1
            found = cv2.dilate(found, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
        return found.reshape(height, width) > 0


@lru_cache(maxsize=2)
def drawn_in(path: Path) -> NDArray[np.uint8]:
    """Read a mask from a picture: 1 where it is white, or opaque where it is not so all over."""
    values = values_of(read(path))
    if values.shape[2] == 4 and values[..., 3].min() < HALF:
        values = values[..., 3:]
    found: NDArray[np.uint8] = (values[..., :3].mean(axis=2) >= HALF).astype(np.uint8)
    return found


def _numbers(text: str, shape: str, least: int, most: int | None) -> list[list[float]]:
    """Read shapes of numbers, which stand apart by spaces or commas."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        try:
            numbers = [float(one) for one in re.split(r"[\s,]+", part)]
        except ValueError as error:
            raise BadInputError(f"{part!r} is no {shape}; write numbers with spaces") from error
        if not np.isfinite(numbers).all() or np.abs(numbers).max() > 1e6:
            raise BadInputError(f"{part!r} is no {shape}: its numbers are out of all pictures")
        if most is not None and len(numbers) != most:
            raise BadInputError(f"a {shape} is {most} numbers, left top width height, not {part!r}")
        if len(numbers) < least or len(numbers) % 2:
            raise BadInputError(f"a {shape} is three corners or more, x and y, not {part!r}")
        if most is not None and min(numbers[2:]) <= 0:
            raise BadInputError(f"the {shape} {part!r} is empty; write left top width height")
        found.append(numbers)
    return found
