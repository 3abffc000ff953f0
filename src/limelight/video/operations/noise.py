"""How strong a picture's noise is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BLOCK = 16
FLAT = 0.15
"""The share of blocks, the smoothest, that are taken for flat: what varies in them is noise."""
LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
DARKEST, BRIGHTEST = 20, 230


def noise_of(luma: NDArray[np.float32]) -> float | None:
    """Estimate the standard deviation of noise in a luma (height, width) of 0 to 255.

    By a mask that sees neither slopes nor edges (Immerkaer 1996, "Fast noise variance estimation"),
    block by block; clipped blocks are left out. None where there is no block to judge.
    """
    height, width = (side // BLOCK * BLOCK for side in luma.shape)
    if not height or not width:
        return None
    part = luma[:height, :width]
    seen = cv2.filter2D(part, -1, LAPLACIAN)
    square = cv2.resize(
        seen * seen, (width // BLOCK, height // BLOCK), interpolation=cv2.INTER_AREA
    )
    mean = cv2.resize(part, (width // BLOCK, height // BLOCK), interpolation=cv2.INTER_AREA)
    usable = np.sqrt(square / 36)[(mean > DARKEST) & (mean < BRIGHTEST)]
    return float(np.quantile(usable, FLAT)) if usable.size else None
