"""Flat pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from limelight.errors import BadInputError
from limelight.image.operation import Operation
from limelight.image.picture import Picture

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
CELLS = (8, 8)
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
        even = cv2.createCLAHE(self.limit, CELLS).apply(luma)
        top = np.iinfo(picture.dtype).max
        for start in range(0, len(luma), STRIPE):
            part = np.s_[start : start + STRIPE]
            before = luma[part].astype(np.float32)
            after = before + np.float32(self.strength) * (even[part].astype(np.float32) - before)
            scaled = picture[part][..., :3] * (after / np.maximum(before, 1))[..., None]
            # What would be cut is mixed with grey of the same luma instead: the hue stays.
            over = scaled.max(axis=2)
            room = (top - after) / np.maximum(over - after, 1e-3)
            share = np.where(over > top, np.clip(room, 0, 1), 1)[..., None]
            made[part][..., :3] = np.clip(
                np.rint(after[..., None] + share * (scaled - after[..., None])), 0, top
            )
        return made
