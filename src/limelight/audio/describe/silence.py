"""When there is nothing to hear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limelight.audio.describe.spectrogram import Floats

THRESHOLD = -60.0
"""dBFS, of the loudest channel's root mean square in a twentieth of a second."""
STEPS_A_SECOND = 20


@dataclass(frozen=True)
class Silence:
    """The share of a recording that is silent, 0 to 1; seconds of the longest silence, and of those
    that it begins and ends with.
    """

    share: float
    longest: float
    beginning: float
    end: float


class SilenceListener:
    """Hears all channels and keeps the lengths of silences, in twentieths of a second."""

    def __init__(self, rate: int) -> None:
        """Begin a recording of ``rate`` samples a second."""
        self._step = max(1, rate // STEPS_A_SECOND)
        self._rate = rate
        self._held: Floats | None = None
        self._n_silent = self._n_samples = 0
        self._run = self._longest = 0
        self._beginning: int | None = None

    def hear(self, samples: Floats) -> None:
        """Hear more samples (channels, n)."""
        held = samples if self._held is None else np.concatenate([self._held, samples], axis=1)
        n = held.shape[1] // self._step
        self._held = held[:, n * self._step :]
        steps = held[:, : n * self._step].reshape(len(held), n, self._step)
        for silent in _is_silent(steps).tolist():
            self._add(self._step, silent=silent)

    def finish(self) -> Silence:
        """Give the silences."""
        if self._held is not None and self._held.shape[1]:
            [silent] = _is_silent(self._held[:, None]).tolist()
            self._add(self._held.shape[1], silent=silent)
        beginning = self._run if self._beginning is None else self._beginning
        lengths = (self._longest, beginning, self._run)
        longest, beginning_seconds, end = (length / self._rate for length in lengths)
        share = self._n_silent / max(1, self._n_samples)
        return Silence(share, longest, beginning_seconds, end)

    def _add(self, length: int, *, silent: bool) -> None:
        self._n_samples += length
        if silent:
            self._n_silent += length
            self._run += length
            self._longest = max(self._longest, self._run)
            return
        if self._beginning is None:
            self._beginning = self._run
        self._run = 0


def _is_silent(steps: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which steps (channels, n, length) are silent in all channels."""
    power = np.mean(np.square(steps, dtype=np.float64), axis=2).max(axis=0)
    quiet: np.ndarray[tuple[int], np.dtype[np.bool_]] = power < 10 ** (THRESHOLD / 10)
    return quiet
