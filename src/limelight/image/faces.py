"""Faces in a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limelight.image.bodies import parts

NAMES = frozenset({"face-female", "face-male"})
SURE = 0.4


@dataclass(frozen=True)
class Face:
    """Where a face is, in pixels from the top left, and how sure that is (0 to 1)."""

    left: int
    top: int
    width: int
    height: int
    score: float


def faces(picture: NDArray[np.uint8]) -> list[Face]:
    """Find the faces in a picture (height, width, 3), red, green, blue, the surest first.

    Raises MissingExtraError where the package nudenet is absent.
    """
    return [
        Face(part.left, part.top, part.width, part.height, part.score)
        for part in parts(picture)
        if part.name in NAMES and part.score >= SURE
    ]
