"""What the samples of luma and chroma stand for, by the matrix and range that a video declares."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.unsignedinteger[Any]]
Numbers = NDArray[np.float32]

LUMA = {  # weights of red and blue, by FFmpeg's number of the matrix
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}


def coding(matrix: int, full: bool, bits: int) -> Numbers:
    """Give (6,): luma's scale and zero, chroma's scale and zero, weights of red and blue.

    A sample minus its zero, times its scale, is 0 to 1 for luma and -0.5 to 0.5 for chroma.
    """
    unit = 1 << (bits - 8)
    zero = 128 * unit
    scales = (
        (1 / (256 * unit - 1), 0, 1 / (256 * unit - 1), zero)
        if full
        else (1 / (219 * unit), 16 * unit, 1 / (224 * unit), zero)
    )
    return np.array([*scales, *LUMA[matrix]], np.float32)
