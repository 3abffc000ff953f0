"""Short-time spectra on a grid that is the same in every whole second, whatever the rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal.windows import hann

from limelight.audio.operation import Sound

Spectra = NDArray[np.complex64]


@dataclass(frozen=True)
class Frames:
    """Hann windows, ``overlap`` deep, ``a_second`` of them beginning in each second.

    The first window begins a window's length before the recording, so that every sample is covered
    alike. Where a second is no whole number of hops long, hops differ by a sample; what is put
    together again is divided by the windows that met there, so it is exact all the same.
    """

    rate: int
    a_second: int = 100
    overlap: int = 4

    @property
    def size(self) -> int:
        """Samples in a window."""
        return self.overlap * -(-self.rate // self.a_second)

    @property
    def window(self) -> NDArray[np.float32]:
        """The window, for analysis and for synthesis."""
        window: NDArray[np.float32] = hann(self.size, sym=False).astype(np.float32)
        return window

    def starts(self, n: int) -> NDArray[np.int64]:
        """Where windows begin, in a recording of ``n`` samples with ``size`` more before it."""
        count = (n + self.size) * self.a_second // self.rate + 1
        return np.arange(count) * self.rate // self.a_second

    def analyse(self, samples: NDArray[np.float32]) -> Spectra:
        """Spectra (..., frames, size // 2 + 1) of samples (..., n)."""
        starts = self.starts(samples.shape[-1])
        after = max(int(starts[-1]) - samples.shape[-1], 0)
        edges = [(0, 0)] * (samples.ndim - 1) + [(self.size, after)]
        padded = np.pad(samples, edges)
        views = np.lib.stride_tricks.sliding_window_view(padded, self.size, axis=-1)
        spectra: Spectra = rfft(views[..., starts, :] * self.window, axis=-1)
        return spectra

    def synthesise(self, spectra: Spectra, n: int) -> NDArray[np.float32]:
        """Samples (..., n) of spectra (..., frames, size // 2 + 1)."""
        window = self.window
        pieces = irfft(spectra, self.size, axis=-1) * window
        starts = self.starts(n)
        total = np.zeros((*spectra.shape[:-2], int(starts[-1]) + self.size), np.float32)
        weight = np.zeros(total.shape[-1], np.float32)
        power = np.square(window)
        for frame, start in enumerate(starts):
            total[..., start : start + self.size] += pieces[..., frame, :]
            weight[start : start + self.size] += power
        own = slice(self.size, self.size + n)
        total[..., own] /= weight[own]
        return total[..., own]


def halves(blocks: Iterable[Sound], size: int) -> Iterator[Sound]:
    """Pieces (channels, size) of a recording that comes in blocks, each half of the one before."""
    held: Sound | None = None
    for block in blocks:
        held = block if held is None else np.concatenate([held, block], axis=-1)
        first = 0
        while first + size <= held.shape[-1]:
            yield held[:, first : first + size]
            first += size // 2
        held = held[:, first:]
