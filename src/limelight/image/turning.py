"""Pictures turned upright, by what EXIF says of how they are stored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MIRRORED = (frozenset({3, 4, 7, 8}), frozenset({2, 3, 6, 7}))
"""Which orientations are upside down and which left to right, after rows become columns above 4."""


def turned(picture: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn an array (height, width, …) upright that is stored in ``orientation`` (1 to 8)."""
    if orientation > 4:
        picture = picture.swapaxes(0, 1)
    down, across = (slice(None, None, -1 if orientation in turns else 1) for turns in MIRRORED)
    return np.ascontiguousarray(picture[down, across])
