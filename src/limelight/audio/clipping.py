"""Peaks that were cut off put back, as the sparsest sound that agrees with the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft

from limelight.audio.frames import Frames
from limelight.audio.operation import Operation, Sound
from limelight.audio.streamed import Surveying, short, within

BINS_A_DECIBEL = 50
BINS = 80 * BINS_A_DECIBEL
LOUDEST = 20.0  # dB above full scale, the first bin
FEWEST = 20  # samples on a plateau
STEEP = 25  # times as many there as in the bins of the next decibel: a sine has 8 times as many
MOST = 0.5  # share of samples on a plateau: more is a square wave, or no sound at all

FRAMES_A_SECOND = 64
REDUNDANCY = 2
ITERATIONS = 75
CLOSE = 0.03  # of a frame's norm
TOGETHER = 64  # frames

Plateau = tuple[float, float]
"""The lowest and the highest value that a channel could take, infinite where it was not clipped."""


@dataclass(frozen=True)
class Clipping(Surveying):
    """Clipped peaks restored by A-SPADE: consistent with what is left, and sparse in frequency.

    The whole recording is looked at first for the plateaus of each channel. What was clipped and
    then compressed with losses has no plateau that can be seen: name it by ``level``, as a share of
    full scale. All samples that were not clipped stay as they are. The restored ones lie beyond the
    plateau, so above full scale if it was there; the limiter or loudness afterwards makes room.

    Kitić, Bertin and Gribonval (2015), in the formulation of Záviška, Rajmic, Průša and Veselý
    (2018). Raises BadInputError for a level outside 0 to 1.
    """

    name: ClassVar[str] = "declip"
    level: float | None = None

    def __post_init__(self) -> None:
        """Check the setting."""
        if self.level is not None:
            within("level", self.level, 0.001, 1)

    def surveyed(self, blocks: Iterable[Sound], rate: int) -> Operation:
        """Look for plateaus in the whole recording; the operation given back knows them."""
        counts: NDArray[np.int64] | None = None
        samples = 0
        for block in short(blocks, rate):
            if counts is None:
                counts = np.zeros((len(block), 2, BINS), np.int64)
            samples += block.shape[-1]
            if self.level is None:
                counts += _histograms(block)
        if counts is None:
            return Restored(())
        if self.level is not None:
            return Restored(((-self.level, self.level),) * len(counts))
        low, high = ([_plateau(channel[side], samples) for channel in counts] for side in range(2))
        return Restored(tuple((-down, up) for down, up in zip(low, high, strict=True)))


@dataclass(frozen=True)
class Restored(Operation):
    """Peaks restored beyond the ``plateaus`` of each channel."""

    name: ClassVar[str] = "declip"
    margin_seconds: ClassVar[int] = 1
    plateaus: tuple[Plateau, ...]

    def __call__(self, samples: Sound, rate: int) -> Sound:
        """Restore a whole recording (channels, n) of ``rate`` samples a second."""
        restored = samples.copy()
        frames = Frames(rate, FRAMES_A_SECOND)
        for channel, (low, high) in zip(restored, self.plateaus, strict=False):
            clipped = (channel >= high) | (channel <= low)
            if clipped.any():
                channel[clipped] = _restored(channel, clipped, frames)[clipped]
        return restored


def _histograms(block: Sound) -> NDArray[np.int64]:
    """How many samples of each sign (channels, 2, BINS) are how loud, the loudest first."""
    with np.errstate(divide="ignore"):
        below = (LOUDEST - 20 * np.log10(np.abs(block))) * BINS_A_DECIBEL
    bins = np.clip(below, 0, BINS - 1).astype(np.int64)
    return np.array(
        [
            [np.bincount(at[sign], minlength=BINS) for sign in (one < 0, one > 0)]
            for one, at in zip(block, bins, strict=True)
        ]
    )


def _plateau(counts: NDArray[np.int64], samples: int) -> float:
    """The magnitude from which on samples are cut off; infinite where none are."""
    heard = counts[:-1]
    if not heard.any():
        return np.inf
    top = int(np.flatnonzero(heard)[0])
    # The plateau may lie across the border of two bins.
    plateau = int(heard[top : top + 2].sum())
    next_decibel = heard[top + 2 : top + 2 + BINS_A_DECIBEL].mean()
    if not max(FEWEST, STEEP * next_decibel) <= plateau <= MOST * samples:
        return np.inf
    return float(10 ** ((LOUDEST - (top + 2) / BINS_A_DECIBEL) / 20))


def _restored(
    channel: NDArray[np.float32], clipped: NDArray[np.bool_], frames: Frames
) -> NDArray[np.float32]:
    """One channel (n,) with its ``clipped`` samples restored."""
    n, size, window = channel.size, frames.size, frames.window
    starts = frames.starts(n)
    padding = (size, max(int(starts[-1]) - n, 0))
    padded, holes = np.pad(channel, padding), np.pad(clipped, padding)
    total, weight = np.zeros_like(padded), np.zeros_like(padded)
    views = np.lib.stride_tricks.sliding_window_view
    starts = starts[views(holes, size)[starts].any(axis=-1)]
    for first in range(0, starts.size, TOGETHER):
        some = starts[first : first + TOGETHER]
        found = _spade(views(padded, size)[some] * window, views(holes, size)[some])
        for start, frame in zip(some, found, strict=True):
            total[start : start + size] += frame * window
            weight[start : start + size] += np.square(window)
    mean = np.divide(total, weight, out=padded.copy(), where=weight > 1e-6)[size : size + n]
    return np.where(channel > 0, np.maximum(mean, channel), np.minimum(mean, channel))


def _spade(given: NDArray[np.float32], clipped: NDArray[np.bool_]) -> NDArray[np.float32]:
    """A-SPADE on windowed frames (m, size) at once, in a Fourier frame twice as dense."""
    size = given.shape[-1]
    points = REDUNDANCY * size
    step = max(points // 2 // ITERATIONS, 1)
    found = given.copy()
    active = np.arange(len(given))
    x, held, holes = given.copy(), given, clipped
    multiplier = np.zeros((len(given), points // 2 + 1), np.complex64)
    close = CLOSE * np.linalg.norm(rfft(given, points, axis=-1, norm="ortho"), axis=-1)
    spectra = rfft(x, points, axis=-1, norm="ortho")
    for iteration in range(1, ITERATIONS + 1):
        sparse = _largest(spectra + multiplier, iteration * step)
        x = irfft(sparse - multiplier, points, axis=-1, norm="ortho")[:, :size]
        beyond = np.where(held > 0, np.maximum(x, held), np.minimum(x, held))
        x = np.where(holes, beyond, held)
        spectra = rfft(x, points, axis=-1, norm="ortho")
        residual = spectra - sparse
        open_ = np.linalg.norm(residual, axis=-1) > close[active]
        found[active] = x
        if not open_.any():
            break
        multiplier = (multiplier + residual)[open_]
        active, held, holes, spectra = active[open_], held[open_], holes[open_], spectra[open_]
    return found


def _largest(spectra: NDArray[np.complex64], count: int) -> NDArray[np.complex64]:
    """Keep the ``count`` largest of each row, zero the rest."""
    magnitudes = np.abs(spectra)
    if count >= magnitudes.shape[-1]:
        return spectra
    bound = np.partition(magnitudes, -count, axis=-1)[:, -count, None]
    return np.where(magnitudes >= bound, spectra, 0)
