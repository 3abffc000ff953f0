"""Steady noise taken out of every frequency by its own measure, without a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.special import exp1

from limelight.audio.frames import Frames
from limelight.audio.operation import Operation, Sound
from limelight.audio.streamed import within

FRAMES_A_SECOND = 100
OVERLAP = 4
SMOOTHING = 9  # frames, for the power whose minimum is the noise
SEARCH = 151  # frames that hold a pause of speech
BIAS = 2.7  # how much a minimum of so smoothed a power lies below its mean
MEMORY = 0.98  # of the decision-directed a-priori SNR
WEAKEST = 10 ** (-20 / 10)  # the least a-priori SNR: keeps what remains from twittering
LOUDEST = 1e3


@dataclass(frozen=True)
class Gate(Operation):
    """Spectral gating by the log-spectral amplitude estimator of Ephraim and Malah (1985).

    The noise in each frequency is the least power within 1.5 s around, by Martin's minimum
    statistics (2001), so it finds steady noise (hiss, fans) and not babble or music. ``strength``
    is the share of the cleaned sound in the mix: 0.9 takes at most 20 dB off. Channels are treated
    one by one. Raises BadInputError for a strength outside 0 to 1.
    """

    name: ClassVar[str] = "gate"
    margin_seconds: ClassVar[int] = 4
    strength: float = 0.9

    def __post_init__(self) -> None:
        """Check the setting."""
        within("strength", self.strength, 0, 1)

    def __call__(self, samples: Sound, rate: int) -> Sound:
        """Clean a whole recording (channels, n) of ``rate`` samples a second."""
        strength = np.float32(self.strength)
        frames = Frames(rate, FRAMES_A_SECOND, OVERLAP)
        cleaned = samples * (1 - strength)
        for number, channel in enumerate(samples):
            if channel.any() and strength:
                spectra = frames.analyse(channel)
                spectra *= _gains(np.square(np.abs(spectra)))
                cleaned[number] += strength * frames.synthesise(spectra, channel.size)
        return cleaned


def _noise(powers: NDArray[np.float32]) -> NDArray[np.float32]:
    """The power of the noise in every frequency around every frame."""
    # Windows that reach out of the recording hold less of it, and would pass for pauses.
    edge = min(OVERLAP, (len(powers) - 1) // 2)
    inside = powers[edge : len(powers) - edge]
    smooth = uniform_filter1d(inside, SMOOTHING, axis=0, mode="nearest")
    noise = BIAS * minimum_filter1d(smooth, SEARCH, axis=0, mode="nearest")
    return np.pad(noise, [(edge, edge), (0, 0)], mode="edge")


def _gains(powers: NDArray[np.float32]) -> NDArray[np.float32]:
    """The gain of every frequency in every frame, from powers (frames, frequencies)."""
    noise = _noise(powers)
    tiny = np.float32(1e-12) * powers.max(initial=0.0) + np.finfo(np.float32).tiny
    posterior = np.minimum(powers / (noise + tiny), np.float32(LOUDEST))
    gains = np.empty_like(powers)
    before = np.ones_like(powers[0])
    for frame, snr in enumerate(posterior):
        prior = np.maximum(MEMORY * before + (1 - MEMORY) * np.maximum(snr - 1, 0), WEAKEST)
        share = prior / (1 + prior)
        gain = share * np.exp(0.5 * exp1(np.maximum(share * snr, 1e-6)))
        gains[frame] = np.minimum(gain, 1)
        before = np.square(gains[frame]) * snr
    return gains
