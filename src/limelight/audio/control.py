"""Gains that move slowly: found a thousand times a second, applied to every sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FRAMES_A_SECOND = 1000


def frame_starts(n: int, rate: int) -> NDArray[np.int64]:
    """Where the frames of ``n`` samples begin; the same in every whole second."""
    return np.arange(-(-n * FRAMES_A_SECOND // rate)) * rate // FRAMES_A_SECOND


def spread(gains: NDArray[np.float64], n: int, rate: int) -> NDArray[np.float32]:
    """Lay a straight line from the middle of each frame to the next, over ``n`` samples."""
    middles = frame_starts(n, rate) + rate / (2 * FRAMES_A_SECOND)
    return np.interp(np.arange(n), middles, gains).astype(np.float32)
