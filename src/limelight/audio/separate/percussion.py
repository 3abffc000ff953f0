"""Drums and other strokes from what rings on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from limelight.audio.chunks import overlapped
from limelight.audio.frames import Frames
from limelight.audio.operation import Sound
from limelight.audio.separate.separator import Separator

FRAMES_A_SECOND = 86  # 2048 samples in a window at 44.1 kHz, as in the paper
REACH = 31  # frames, and frequencies 21.5 Hz apart, of which the median is taken
CHUNK_SECONDS = 10
MARGIN_SECONDS = 1


@dataclass(frozen=True)
class Percussion(Separator):
    """Harmonic and percussive sound by median filtering (FitzGerald 2010), with soft masks.

    A tone lasts, so it is a ridge along time; a stroke has all frequencies at once, so it is a
    ridge along frequency. Channels share their masks, so that everything stays in its place.
    """

    name: ClassVar[str] = "percussion"

    @property
    def stems(self) -> tuple[str, ...]:
        """Name the stems."""
        return "percussive", "harmonic"

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Take apart blocks (channels, n)."""
        frames = Frames(rate, FRAMES_A_SECOND)

        def work(samples: Sound) -> Sound:
            spectra = frames.analyse(samples)
            spectra *= percussive_share(np.abs(spectra).mean(axis=0))
            percussive = frames.synthesise(spectra, samples.shape[-1])
            return np.stack([percussive, samples - percussive])

        return overlapped(work, blocks, CHUNK_SECONDS * rate, MARGIN_SECONDS * rate)


def percussive_share(magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give how much of each bin of ``magnitudes`` (frames, frequencies) is percussive, 0 to 1."""
    lasting = median_filter(magnitudes, size=(REACH, 1), mode="reflect")
    sudden = median_filter(magnitudes, size=(1, REACH), mode="reflect")
    larger = np.maximum(lasting, sudden)
    silent = larger < np.finfo(np.float32).tiny
    larger[silent] = 1
    lasting, sudden = np.square(lasting / larger), np.square(sudden / larger)
    share: NDArray[np.float32] = sudden / np.where(silent, 1, lasting + sudden)
    share[silent] = 0.5
    return share
