"""Sharp s and sh sounds softened, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from scipy.signal import firwin, oaconvolve

from limelight.audio.control import FRAMES_A_SECOND, frame_starts, spread
from limelight.audio.operation import Operation, Sound
from limelight.audio.streamed import within

BAND_SECONDS = 0.002  # half of the filter that splits the bands
QUICK = 3.0  # frames, the spread of a Gaussian
SLOW = 2 * FRAMES_A_SECOND + 1  # frames
RATIO = 3.0
SOFTEST = 1e-5  # power of sibilance that is left alone: -50 dB


@dataclass(frozen=True)
class Deess(Operation):
    """A compressor of what lies above ``frequency`` Hz, for all channels alike.

    It works where that band is louder than ``threshold`` dB relative to all sound in the second
    before and after, in a ratio of 3:1 and by ``most`` dB at most, so it needs no level to be set.
    It hears ahead as far as it hears back: the gain is down when the s begins. Sound of a rate that
    has no such band stays as it is. Raises BadInputError for settings out of range.
    """

    name: ClassVar[str] = "deess"
    margin_seconds: ClassVar[int] = 2
    frequency: float = 5000.0
    threshold: float = -8.0
    most: float = 8.0

    def __post_init__(self) -> None:
        """Check the settings."""
        within("frequency", self.frequency, 2000, 12000)
        within("threshold", self.threshold, -40, 0)
        within("most", self.most, 0, 30)

    def __call__(self, samples: Sound, rate: int) -> Sound:
        """Soften a whole recording (channels, n) of ``rate`` samples a second."""
        n = samples.shape[-1]
        if self.frequency > 0.45 * rate or n == 0:
            return samples.copy()
        taps = 2 * round(BAND_SECONDS * rate) + 1
        low_pass = firwin(taps, self.frequency, fs=rate).astype(np.float32)
        high = samples - oaconvolve(samples, low_pass[None], axes=-1)[:, taps // 2 :][:, :n]
        starts = frame_starts(n, rate)
        band = gaussian_filter1d(_power(high, starts), QUICK, mode="nearest")
        around = _mean(_power(samples, starts))
        over = 10 * np.log10((band + 1e-20) / (around + 1e-20)) - self.threshold
        over[band < SOFTEST] = 0
        reduced = np.clip(over * (1 - 1 / RATIO), 0, self.most)
        gain = 10 ** (-gaussian_filter1d(reduced, QUICK, mode="nearest") / 20)
        softened: Sound = samples - (1 - spread(gain, n, rate)) * high
        return softened


def _power(samples: Sound, starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean power of each frame, over channels."""
    squares = np.square(samples, dtype=np.float64).mean(axis=0)
    lengths = np.diff(starts, append=samples.shape[-1])
    power: NDArray[np.float64] = np.add.reduceat(squares, starts) / lengths
    return power


def _mean(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of what there is a second before and after."""
    total = uniform_filter1d(power, SLOW, mode="constant")
    mean: NDArray[np.float64] = total / uniform_filter1d(np.ones_like(power), SLOW, mode="constant")
    return np.maximum(mean, 0)
