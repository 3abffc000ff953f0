"""Samples as whole numbers of 16 and 24 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.audio.operation import Sound


class Quantiser:
    """Turns floating point into ``bits`` (16 or 24), and counts what is too loud for that.

    To 16 bits, noise of triangular density and two steps' width is added (TPDF dither; Lipshitz,
    Wannamaker and Vanderkooy 1992), so that the rounding is heard as even noise and not as
    distortion. A block that 16 bits hold exactly, as what was not worked on, or silence, stays as
    it is. The same sound becomes the same numbers, whenever and wherever.
    """

    def __init__(self, bits: int) -> None:
        """Begin a recording."""
        self._bits = bits
        self._random = np.random.default_rng(0)
        self.clipped = 0

    def __call__(self, block: Sound) -> NDArray[Any]:
        """Give a block (channels, n) as int16, or as int32 whose lowest byte is 0."""
        full = np.float32(1 << (self._bits - 1))
        steps = block * full
        self.clipped += int(np.count_nonzero(np.abs(block) > 1))
        whole = np.rint(steps)
        if self._bits == 16 and not np.array_equal(whole, steps):
            draw = self._random.random(steps.shape, np.float32)
            draw -= self._random.random(steps.shape, np.float32)
            whole = np.rint(steps + draw)
        np.clip(whole, -full, full - 1, out=whole)
        numbers: NDArray[Any] = whole.astype(np.int16 if self._bits == 16 else np.int32)
        return numbers if self._bits == 16 else numbers * 256
