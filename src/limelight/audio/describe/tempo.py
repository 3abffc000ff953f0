"""How fast music is: the period at which its onsets repeat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limelight.audio.describe.spectrogram import HOP, RATE, Floats

FRAME_RATE = RATE / HOP
SLOWEST, FASTEST = 45, 220
"""Beats a minute."""
PREFERRED, OCTAVES = 120, 0.9
"""People tap near 120 beats a minute (Moelants 2002), and seldom at half or double that."""
MULTIPLES = 4
STRETCH = 1024
"""Frames that are compared with themselves: 16 s, more than four of the slowest beats."""
SMOOTHING = 15
"""Frames over which what is louder than usual is told from the usual."""


@dataclass(frozen=True)
class Tempo:
    """Beats a minute, and how much the beat stands out.

    ``confidence`` is the correlation of the onsets with themselves one beat later, 0 to 1 (pulse
    clarity; Lartillot et al. 2008): below some .2 there is no beat to speak of. Music is as often
    felt at half or double the tempo that its maker wrote, and so may it be here.
    """

    beats_per_minute: float
    confidence: float


class TempoListener:
    """Hears log-mel frames and keeps only how onsets correlate with later ones.

    Onsets are how much louder bands grew from one frame to the next (spectral flux; Bello et al.
    2005). Their autocorrelation in stretches of 16 s, half overlapping, is summed up; a tempo is as
    likely as the autocorrelation at its beat and the three multiples is high.
    """

    def __init__(self) -> None:
        """Begin a recording."""
        self._last: Floats | None = None
        self._onsets = np.zeros(0)
        self._correlations = np.zeros(STRETCH)
        self._heard_any = False

    def hear(self, mels: Floats) -> None:
        """Hear more frames (n, bands)."""
        if not len(mels):
            return
        before = mels[:1] if self._last is None else self._last
        growth = np.maximum(np.diff(np.concatenate([before, mels]), axis=0), 0)
        self._last = mels[-1:].copy()
        self._onsets = np.concatenate([self._onsets, growth.mean(axis=1)])
        while len(self._onsets) >= STRETCH:
            self._add(self._onsets[:STRETCH])
            self._onsets = self._onsets[STRETCH // 2 :]

    def finish(self) -> Tempo | None:
        """Give the tempo; None for less than two of the fastest beats, or no onset."""
        if not self._heard_any:
            self._add(self._onsets)
        whole = self._correlations[0]
        if whole <= 0:
            return None
        correlations = self._correlations / whole
        rates = np.geomspace(SLOWEST, FASTEST, 400)
        lags = 60 * FRAME_RATE / rates
        likely = np.mean([_at(correlations, k * lags) for k in range(1, MULTIPLES + 1)], axis=0)
        likely = np.maximum(likely, 0) * np.exp(-0.5 * (np.log2(rates / PREFERRED) / OCTAVES) ** 2)
        lag = _refined(correlations, float(lags[np.argmax(likely)]))
        confidence = float(np.clip(_at(correlations, np.array([lag]))[0], 0, 1))
        return Tempo(float(60 * FRAME_RATE / lag), confidence)

    def _add(self, onsets: NDArray[np.float64]) -> None:
        """Add a stretch's autocorrelation, freed of the fewer terms that longer lags have."""
        if len(onsets) < 2 * 60 * FRAME_RATE / FASTEST:
            return
        self._heard_any = True
        usual = np.convolve(onsets, np.ones(SMOOTHING) / SMOOTHING, mode="same")
        onsets = np.maximum(onsets - usual, 0)
        onsets = onsets - onsets.mean()
        spectrum = np.fft.rfft(onsets, 2 * STRETCH)
        found = np.fft.irfft(np.abs(spectrum) ** 2)[:STRETCH]
        terms = np.maximum(len(onsets) - np.arange(STRETCH), 1)
        enough = terms >= len(onsets) / 4
        self._correlations += np.where(enough, found * len(onsets) / terms, 0)


def _at(correlations: NDArray[np.float64], lags: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.interp(lags, np.arange(len(correlations)), correlations)


def _refined(correlations: NDArray[np.float64], lag: float) -> float:
    """Place a lag more exactly than a frame: by the peaks at it and its multiples, in turn."""
    for multiple in range(1, MULTIPLES + 1):
        near = round(multiple * lag)
        reach = max(1, round(0.04 * near))
        window = correlations[near - reach : near + reach + 1]
        top = near - reach + int(np.argmax(window))
        if not 0 < top < len(correlations) - 1 or correlations[top] <= 0:
            break
        left, middle, right = correlations[top - 1 : top + 2]
        bend = left - 2 * middle + right
        if bend < 0:
            lag = (top + 0.5 * (left - right) / bend) / multiple
    return lag
