"""Holding peaks under a ceiling, also those between samples, before they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d

from limelight.audio.control import FRAMES_A_SECOND, frame_starts, spread
from limelight.audio.operation import Operation, Sound
from limelight.audio.streamed import within
from limelight.audio.truepeak import envelope

AHEAD = 5  # frames
RELEASE_SECONDS = 0.06
ROUNDS = 4
SPARE = 10 ** (-0.02 / 20)  # what a gain that moves may be off between samples


@dataclass(frozen=True)
class Limiter(Operation):
    """A true-peak limiter: no peak above ``ceiling`` dBTP, by ITU-R BS.1770's oversampling.

    The gain falls within 5 ms ahead of a peak, the same for all channels, and comes back with a
    time constant of 60 ms; what stays below the ceiling is not touched. A gain that moves shifts
    what lies between the samples a little, so the result is measured and limited again. Raises
    BadInputError for a ceiling outside -40 to 0 dBTP.
    """

    name: ClassVar[str] = "limiter"
    margin_seconds: ClassVar[int] = 2
    ceiling: float = -1.0

    def __post_init__(self) -> None:
        """Check the setting."""
        within("ceiling", self.ceiling, -40, 0)

    def __call__(self, samples: Sound, rate: int) -> Sound:
        """Limit a whole recording (channels, n) of ``rate`` samples a second."""
        limited = samples.copy()
        ceiling = 10 ** (self.ceiling / 20)
        for _ in range(ROUNDS):
            peaks = envelope(limited, rate).max(axis=0, initial=0.0)
            if peaks.max(initial=0.0) <= ceiling:
                break
            limited *= _gain(ceiling * SPARE / np.maximum(peaks, ceiling * SPARE), rate)
        return limited


def released(allowed: NDArray[np.floating], frames_a_second: int) -> NDArray[np.float64]:
    """The gain that falls to ``allowed`` at once, and comes back with the time constant."""
    gain = np.empty(allowed.size)
    held, back = 1.0, 1 - np.exp(-1 / (RELEASE_SECONDS * frames_a_second))
    for frame, low in enumerate(allowed.tolist()):
        held = min(low, held + back * (1 - held))
        gain[frame] = held
    return gain


def _gain(allowed: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """A smooth gain that is nowhere above ``allowed``, a gain for each sample."""
    lowest = np.minimum.reduceat(allowed, frame_starts(allowed.size, rate))
    gain = released(minimum_filter1d(lowest, 2 * AHEAD + 1), FRAMES_A_SECOND)
    # A frame less than was looked ahead, since a sample's gain lies between those of two frames.
    reach = AHEAD - 1
    kernel = np.hanning(2 * reach + 3)[1:-1]
    smooth = np.convolve(np.pad(gain, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    return spread(smooth, allowed.size, rate)
