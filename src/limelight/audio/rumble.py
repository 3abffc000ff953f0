"""Removing a constant offset and what rumbles below the sound: traffic, wind, footsteps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.signal import butter, sosfilt, sosfilt_zi

from limelight.audio.operation import Sound
from limelight.audio.streamed import Streamed, short, within

ORDER = 4


@dataclass(frozen=True)
class Rumble(Streamed):
    """A Butterworth high-pass of fourth order (24 dB an octave below ``cutoff`` Hz).

    The default spares the lowest string of a bass (41 Hz); 80 suits speech alone. The filter starts
    settled on the first sample, so that an offset makes no thump. Raises BadInputError for a cutoff
    outside 10 to 400 Hz.
    """

    name: ClassVar[str] = "rumble"
    cutoff: float = 30.0

    def __post_init__(self) -> None:
        """Check the setting."""
        within("cutoff", self.cutoff, 10, 400)

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Filter a recording that comes in blocks (channels, n), carrying the filter's state."""
        sections = butter(ORDER, self.cutoff, "highpass", fs=rate, output="sos")
        settled = sosfilt_zi(sections)[:, None, :]
        state = None
        for block in short(blocks, rate):
            if state is None:
                state = settled * block[None, :, :1].astype(np.float64)
            filtered, state = sosfilt(sections, block, axis=-1, zi=state)
            yield filtered.astype(np.float32)
