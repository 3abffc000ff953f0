"""Overlapping frames of a recording that comes in blocks, and its log-mel spectrogram."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RATE = 16_000
"""At which all of a description but its loudness and silence is heard."""
WINDOW, HOP, N_MELS = 512, 256, 96
COMPRESSION = 10_000


class Frames:
    """Cuts blocks of one channel into frames of ``size`` samples, ``hop`` apart."""

    def __init__(self, size: int, hop: int, before: int = 0) -> None:
        """Begin with ``before`` zeros, so that the first frame is centred at the beginning."""
        self.size = size
        self.hop = hop
        self._held = np.zeros(before, np.float32)

    def push(self, samples: Floats) -> Floats:
        """Give the frames that are complete now: (n, size)."""
        held = np.concatenate([self._held, samples])
        n = max(0, (len(held) - self.size) // self.hop + 1)
        self._held = held[n * self.hop :]
        if not n:
            return np.zeros((0, self.size), np.float32)
        return np.lib.stride_tricks.sliding_window_view(held, self.size)[:: self.hop][:n]


class LogMel:
    """The spectrogram that musicnn hears: log10(1 + 10000 * power) in 96 mel bands, 62.5 a second.

    It is that of ``librosa.feature.melspectrogram(sr=16000, n_fft=512, hop_length=256,
    n_mels=96)``, compressed; a frame is centred on its moment, and beyond the ends is silence.
    """

    def __init__(self) -> None:
        """Begin a recording."""
        self._frames = Frames(WINDOW, HOP, before=WINDOW // 2)

    def push(self, samples: Floats) -> Floats:
        """Give the frames (n, 96) that are complete now, of one channel at RATE."""
        frames = self._frames.push(samples)
        spectrum = np.fft.rfft(frames * hann(WINDOW), axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        compressed: Floats = np.log10(1 + COMPRESSION * (power @ _mel_filters().T))
        return compressed

    def finish(self) -> Floats:
        """Give what is left when the recording ends."""
        return self.push(np.zeros(WINDOW // 2, np.float32))


@cache
def hann(size: int) -> Floats:
    """Give the periodic Hann window, float32 (size,)."""
    window: Floats = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)
    return window


@cache
def _mel_filters() -> Floats:
    """Give triangles of area 1 on Slaney's mel scale, float32 (96, 257).

    Slaney 1998, Auditory Toolbox: linear up to 1 kHz, then 27 steps to every factor of 6.4.
    """
    step, corner = 200 / 3, 1000.0
    growth = np.log(6.4) / 27
    highest = corner / step + np.log(RATE / 2 / corner) / growth
    mels = np.linspace(0, highest, N_MELS + 2)
    hertz = np.where(
        mels < corner / step, mels * step, corner * np.exp(growth * (mels - corner / step))
    )
    bins = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    low, middle, high = hertz[:-2, None], hertz[1:-1, None], hertz[2:, None]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    triangles = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    filters: Floats = triangles.astype(np.float32)
    return filters
