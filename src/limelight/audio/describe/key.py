"""What key music is in: how its notes spread over the twelve pitch classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limelight.audio.describe.spectrogram import RATE, Floats, Frames, hann

TONICS = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")
PROFILES = {
    "major": (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    "minor": (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
}
"""How often each degree is played in a key (Albrecht and Shanahan 2013, from 982 pieces)."""
SIZE, STEP = 8192, 4096
LOWEST, HIGHEST = 60.0, 2000.0
PROMINENT = 8.0
"""A partial is this often as high as the spectrum around it usually is; noise hardly ever is."""
HARMONICS, DECAY = 4, 0.6
"""A partial may be one of the first four of a note, each less likely than the one before it."""
PER_SEMITONE = 10
N_BINS = 12 * PER_SEMITONE
C0 = 440 / 2 ** (69 / 12)


@dataclass(frozen=True)
class Key:
    """Tonic and mode, such as "A minor".

    ``confidence`` is the share of what the second best key leaves unexplained that this one
    explains, 0 to 1; relative keys (C major, A minor) share most notes, so that .2 is a clear key.
    """

    tonic: str
    mode: str
    confidence: float

    def __str__(self) -> str:
        """Give the key's name."""
        return f"{self.tonic} {self.mode}"


class KeyListener:
    """Hears one channel at RATE and keeps only how much of each pitch class there was.

    Prominent partials count for the notes that they may be harmonics of (Gomez 2006), in tenths of
    a semitone, so that the tuning is known at the end. The pitch classes are then correlated with
    each key's profile (Krumhansl and Schmuckler; Krumhansl 1990).
    """

    def __init__(self) -> None:
        """Begin a recording."""
        self._frames = Frames(SIZE, STEP, before=SIZE // 2)
        self._amounts = np.zeros(N_BINS)
        self._tuning = np.complex128(0)

    def hear(self, samples: Floats) -> None:
        """Hear more samples (n,)."""
        frames = self._frames.push(samples)
        for magnitudes in np.abs(np.fft.rfft(frames * hann(SIZE), axis=1)):
            self._add(*_partials(magnitudes))

    def finish(self) -> Key | None:
        """Give the key; None where there were no notes."""
        self.hear(np.zeros(SIZE // 2, np.float32))
        chroma = self._chroma()
        if not chroma.any():
            return None
        keys = [
            (float(np.corrcoef(chroma, np.roll(profile, tonic))[0, 1]), tonic, mode)
            for mode, profile in PROFILES.items()
            for tonic in range(12)
        ]
        (best, tonic, mode), (second, *_) = sorted(keys, reverse=True)[:2]
        confidence = (best - second) / max(1 - second, 1e-9) if best > 0 else 0.0
        return Key(TONICS[tonic], mode, confidence)

    def _add(self, hertz: NDArray[np.float64], magnitudes: NDArray[np.float64]) -> None:
        semitones = 12 * np.log2(hertz / C0)
        self._tuning += (magnitudes * np.exp(2j * np.pi * semitones)).sum()
        for harmonic in range(1, HARMONICS + 1):
            of_notes = semitones - 12 * np.log2(harmonic)
            bins = np.round(of_notes * PER_SEMITONE).astype(np.int64) % N_BINS
            np.add.at(self._amounts, bins, magnitudes * DECAY ** (harmonic - 1))

    def _chroma(self) -> NDArray[np.float64]:
        """Give the amounts of C, C sharp, … B, float64 (12,), after tuning."""
        sharp = np.angle(self._tuning) / (2 * np.pi) * PER_SEMITONE
        classes = np.round((np.arange(N_BINS) - sharp) / PER_SEMITONE).astype(np.int64) % 12
        return np.bincount(classes, self._amounts, 12).astype(np.float64)


def _partials(magnitudes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find a spectrum's prominent peaks: their frequencies and magnitudes, between the bins."""
    first, last = int(LOWEST * SIZE / RATE), int(HIGHEST * SIZE / RATE)
    middle = magnitudes[first:last]
    left, right = magnitudes[first - 1 : last - 1], magnitudes[first + 1 : last + 1]
    floor = np.repeat(np.median(middle[: len(middle) // 32 * 32].reshape(-1, 32), axis=1), 32)
    floor = np.pad(floor, (0, len(middle) - len(floor)), mode="edge")
    peaks = np.flatnonzero((middle > left) & (middle >= right) & (middle > PROMINENT * floor))
    low, top, high = (np.log(part[peaks] + 1e-12) for part in (left, middle, right))
    shift = 0.5 * (low - high) / (low - 2 * top + high - 1e-12)
    return (first + peaks + shift) * RATE / SIZE, middle[peaks]
