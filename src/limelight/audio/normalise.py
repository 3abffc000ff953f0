"""Bringing a recording to a loudness, as broadcasters and platforms ask for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d

from limelight.audio.limiter import Limiter, released
from limelight.audio.loudness import STEPS_A_SECOND, Profile, integrated, profile
from limelight.audio.operation import Operation, Sound
from limelight.audio.streamed import Streamed, Surveying, within

ROUNDS = 6
AHEAD = 3  # steps for which a peak holds the limiter down
MOST = 6.0  # dB beyond what would do without a limiter


@dataclass(frozen=True)
class Normalise(Surveying):
    """One gain to ``target`` LUFS by EBU R128, and a limiter at ``ceiling`` dBTP.

    -16 is usual for podcasts, -14 for music platforms, -23 for European broadcasting. The whole
    recording is measured first, and what the limiter will take is made up for, as long as that is
    no more than 6 dB; silence stays as it is. Raises BadInputError for a target outside -60 to
    -5 LUFS or a ceiling outside -40 to 0 dBTP.
    """

    name: ClassVar[str] = "loudness"
    target: float = -16.0
    ceiling: float = -1.0

    def __post_init__(self) -> None:
        """Check the settings."""
        within("target", self.target, -60, -5)
        within("ceiling", self.ceiling, -40, 0)

    def surveyed(self, blocks: Iterable[Sound], rate: int) -> Operation:
        """Measure the whole recording; the operation given back has its gain."""
        found = profile(blocks, rate)
        loudness = integrated(found.powers)
        if not math.isfinite(loudness):
            return Gain(0.0, self.ceiling)
        needed = decibels = self.target - loudness
        for _ in range(ROUNDS):
            reached = integrated(self._limited(found, decibels))
            decibels = min(decibels + self.target - reached, needed + MOST)
        return Gain(round(decibels, 3), self.ceiling)

    def _limited(self, found: Profile, decibels: float) -> NDArray[np.float64]:
        """The powers that are left by the gain and the limiter."""
        gain, ceiling = 10 ** (decibels / 20), 10 ** (self.ceiling / 20)
        allowed = minimum_filter1d(ceiling / np.maximum(gain * found.peaks, ceiling), AHEAD)
        return found.powers * np.square(gain * released(allowed, STEPS_A_SECOND))


@dataclass(frozen=True)
class Gain(Streamed):
    """One gain in decibels for the whole recording, and a limiter at ``ceiling`` dBTP."""

    name: ClassVar[str] = "loudness"
    decibels: float
    ceiling: float = -1.0

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Amplify and limit a recording that comes in blocks (channels, n)."""
        gain = np.float32(10 ** (self.decibels / 20))
        return Limiter(self.ceiling).stream((block * gain for block in blocks), rate)
