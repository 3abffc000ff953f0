"""Flat pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from limelight.errors import BadInputError
from limelight.image.operation import Operation
from limelight.image.picture import Picture, Values

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
CELLS = (8, 8)
LEVELS = 256
"""Of the histograms, whatever a sample's bits: finer ones would count single pixels."""
STRIPE = 512
"""Rows that are worked on at once."""


@dataclass(frozen=True)
class Contrast(Operation):
    """Bring out contrast, where there is little, without changing hues.

    Luma's histogram is made more even, place by place and within a limit (CLAHE, Zuiderveld 1994);
    red, green and blue follow in proportion.
    """

    name: ClassVar[str] = "contrast"

    strength: float = 0.5
    """How much of the more even picture is mixed in; 0 to 1."""
    limit: float = 2.0
    """How steep a curve may become, against one that changes nothing; 1 to 10."""

    def __post_init__(self) -> None:
        """Refuse what is no strength and no limit."""
        if not 0 <= self.strength <= 1:
            raise BadInputError(f"strength is from 0 to 1, not {self.strength:g}")
        if not 1 <= self.limit <= 10:
            raise BadInputError(f"limit is from 1 to 10, not {self.limit:g}")

    @property
    def margin(self) -> int | None:
        """The histograms are of parts of the whole picture."""
        return None

    def __call__(self, picture: Picture) -> Picture:
        """Make luma more even; a flat picture and one without room stay as they are."""
        made = picture.copy()
        if not self.strength or min(picture.shape[:2]) < 2 * CELLS[0]:
            return made
        luma = np.empty(picture.shape[:2], picture.dtype)
        for start in range(0, len(luma), STRIPE):
            part = np.s_[start : start + STRIPE]
            luma[part] = np.rint(picture[part][..., :3] @ LUMA)
        if luma.min() == luma.max():
            return made
        top = np.iinfo(picture.dtype).max
        curves = _curves(luma, self.limit)
        for start in range(0, len(luma), STRIPE):
            part = np.s_[start : start + STRIPE]
            before = luma[part].astype(np.float32)
            even = _applied(curves, luma, start) * np.float32(top)
            after = before + np.float32(self.strength) * (even - before)
            scaled = picture[part][..., :3] * (after / np.maximum(before, 1))[..., None]
            # What would be cut is mixed with grey of the same luma instead: the hue stays.
            over = scaled.max(axis=2)
            room = (top - after) / np.maximum(over - after, 1e-3)
            share = np.where(over > top, np.clip(room, 0, 1), 1)[..., None]
            made[part][..., :3] = np.clip(
                np.rint(after[..., None] + share * (scaled - after[..., None])), 0, top
            )
        return made


def _curves(luma: NDArray[Any], limit: float) -> Values:
    """Give each cell's curve at LEVELS levels: its histogram's sum, no step beyond ``limit``."""
    levels = luma // ((np.iinfo(luma.dtype).max + 1) // LEVELS)
    found = np.empty((*CELLS, LEVELS), np.float32)
    for row, rows in enumerate(np.array_split(levels, CELLS[0])):
        for column, cell in enumerate(np.array_split(rows, CELLS[1], axis=1)):
            counts = np.bincount(cell.ravel(), minlength=LEVELS).astype(np.float64)
            most = limit * cell.size / LEVELS
            cut = np.maximum(counts - most, 0).sum()
            found[row, column] = np.cumsum(np.minimum(counts, most) + cut / LEVELS) / cell.size
    return found


def _applied(curves: Values, luma: NDArray[Any], start: int) -> Values:
    """Apply the curves to rows from ``start`` on, between cells and levels in proportion."""
    height, width = luma.shape
    part = luma[start : start + STRIPE]
    down = (np.arange(start, start + len(part)) + 0.5) * CELLS[0] / height - 0.5
    across = (np.arange(width) + 0.5) * CELLS[1] / width - 0.5
    levels = part * np.float32((LEVELS - 1) / np.iinfo(luma.dtype).max)
    places = np.broadcast_arrays(
        down[:, None].astype(np.float32), across[None].astype(np.float32), levels
    )
    found: Values = map_coordinates(curves, places, order=1, mode="nearest")
    return found
