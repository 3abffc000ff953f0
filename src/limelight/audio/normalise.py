"""Bringing a recording to a loudness, as broadcasters and platforms ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from limelight.audio.limiter import Limiter
from limelight.audio.loudness import measure
from limelight.audio.operation import Operation, Sound
from limelight.audio.streamed import Streamed, Surveying, within


@dataclass(frozen=True)
class Normalise(Surveying):
    """One gain to ``target`` LUFS by EBU R128, and a limiter at ``ceiling`` dBTP.

    -16 is usual for podcasts, -14 for music platforms, -23 for European broadcasting. Silence stays
    as it is. Where the limiter has to work, the result is softer than the target by what it took.
    Raises BadInputError for a target outside -60 to -5 LUFS or a ceiling outside -40 to 0 dBTP.
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
        loudness = measure(blocks, rate).integrated
        decibels = self.target - loudness if np.isfinite(loudness) else 0.0
        return Gain(decibels=decibels, ceiling=self.ceiling)


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
