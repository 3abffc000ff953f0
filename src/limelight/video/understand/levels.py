"""How loud a video's sound is from moment to moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limelight.audio.reading import open_sound
from limelight.video.reading import opened
from limelight.video.understand.looking import Values

STEPS = 10
"""Moments a second."""
SILENT_DB = -90.0


@dataclass(frozen=True)
class Levels:
    """The level of every tenth of a second (n,) in dB below full scale, from the first sound on."""

    start: float
    decibels: Values

    def between(self, start: float, end: float) -> float:
        """Give the mean level from ``start`` to ``end`` in seconds of the video."""
        first, last = (round((time - self.start) * STEPS) for time in (start, end))
        part = self.decibels[max(first, 0) : max(last, first + 1, 1)]
        return float(part.mean()) if part.size else SILENT_DB


def levels(path: str | Path) -> Levels | None:
    """Measure the sound of a video, all channels together; None where it has none."""
    path = Path(path)
    with opened(path) as container:
        if not any(stream.codec_context for stream in container.streams.audio):
            return None
        start = container.streams.audio[0].start_time or 0
        begins = float(start * (container.streams.audio[0].time_base or 0))
    found: list[float] = []
    with open_sound(path) as sound:
        step = max(sound.rate // STEPS, 1)
        rest = np.zeros((sound.channels, 0), np.float32)
        for block in sound.blocks():
            rest = np.concatenate([rest, block], axis=1)
            whole = rest.shape[1] // step * step
            parts = rest[:, :whole].reshape(sound.channels, -1, step)
            power = np.square(parts, dtype=np.float32).mean(axis=(0, 2))
            found.extend(10 * np.log10(np.maximum(power, 10 ** (SILENT_DB / 10))))
            rest = rest[:, whole:]
    return Levels(begins, np.array(found, np.float32))
