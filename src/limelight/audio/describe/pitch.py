"""How high the leading voice is, and how much of a recording has one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.audio.describe.spectrogram import RATE, Floats
from limelight.extras import require

VOICED = 0.5
"""Confidence from which a frame has a pitch; the network is calibrated to that."""
LOWEST, HIGHEST = 46.875, 2093.75
PER_SEMITONE = 10
AT_ONCE = 10 * RATE


@dataclass(frozen=True)
class Pitch:
    """The fundamental frequency of the leading voice or instrument, in hertz.

    Nine tenths of what is voiced lies between ``low`` and ``high``; ``voiced`` is its share of the
    whole recording, 0 to 1.
    """

    median: float
    low: float
    high: float
    voiced: float


class PitchListener:
    """Hears one channel at RATE through SwiftF0 (Nieradzik 2025), a small network, 62.5 times a
    second, and keeps how often there was which pitch, in tenths of a semitone.
    """

    def __init__(self) -> None:
        """Begin a recording. Raises MissingExtraError where swift-f0 is absent."""
        self._stream = _detector().stream()
        self._waiting: list[Floats] = []
        self._n_waiting = 0
        self._counts = np.zeros(1 + _step(HIGHEST), np.int64)
        self._n_frames = 0

    def hear(self, samples: Floats) -> None:
        """Hear more samples (n,)."""
        self._waiting.append(samples)
        self._n_waiting += len(samples)
        if self._n_waiting >= AT_ONCE:
            self._add(self._stream.push(self._waited(), RATE))

    def finish(self) -> Pitch | None:
        """Give the pitch; None where nothing was voiced."""
        if self._n_waiting:
            self._add(self._stream.push(self._waited(), RATE))
        self._add(self._stream.flush())
        n_voiced = int(self._counts.sum())
        if not n_voiced:
            return None
        reached = np.cumsum(self._counts) / n_voiced
        low, median, high = (_hertz(np.searchsorted(reached, part)) for part in (0.05, 0.5, 0.95))
        return Pitch(median, low, high, n_voiced / self._n_frames)

    def _waited(self) -> Floats:
        samples = np.concatenate(self._waiting)
        self._waiting, self._n_waiting = [], 0
        return samples

    def _add(self, found: Any) -> None:
        pitches: NDArray[np.float64] = found.pitch_hz[found.confidence >= VOICED]
        steps = [_step(pitch) for pitch in np.clip(pitches, LOWEST, HIGHEST)]
        np.add.at(self._counts, steps, 1)
        self._n_frames += len(found.confidence)


@cache
def _detector() -> Any:
    """Load the network, once."""
    module = require("swift_f0", "audio", "Hearing pitch")
    return module.SwiftF0(threads=1, spin=False)


def _step(hertz: float) -> int:
    return round(12 * PER_SEMITONE * math.log2(hertz / LOWEST))


def _hertz(step: np.integer) -> float:
    return float(LOWEST * 2 ** (step / (12 * PER_SEMITONE)))
