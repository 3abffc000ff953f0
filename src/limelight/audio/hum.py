"""The hum of the mains taken out: found by itself, with its harmonics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.ndimage import maximum_filter1d, median_filter
from scipy.signal import iirnotch, sosfilt, tf2sos
from scipy.signal.windows import hann

from limelight.audio.frames import halves
from limelight.audio.operation import Operation, Sound
from limelight.audio.streamed import Streamed, Surveying, gathered, short, within

MAINS = (50.0, 60.0)
AROUND = 0.5  # Hz by which mains, or the tape that they were recorded on, may be off
WINDOW_SECONDS = 4
BINS_A_HERTZ = WINDOW_SECONDS
HIGHEST = 2000.0  # Hz
AUDIBLE = 1e-9  # power of a window's loudest bin
SURROUNDINGS = 20  # Hz
STANDS_OUT = 8.0  # dB above the median of its surroundings: no voice is so narrow for so long
SCATTER = 12.0  # dB by which a single window's lines stand out by chance
NOTCH_WIDTH = 2.0  # Hz


@dataclass(frozen=True)
class Hum(Surveying):
    """Notches of 2 Hz at the mains' frequency and at those harmonics, up to 2 kHz, that stand out.

    The whole recording is looked at first: hum is what stays on one frequency. With ``frequency``
    in Hz, 50 and 60 Hz are not tried, but what lies within half a hertz of that. A recording
    without hum, or of less than four seconds, is left as it is. Raises BadInputError for a
    frequency outside 20 to 500 Hz.
    """

    name: ClassVar[str] = "hum"
    frequency: float | None = None

    def __post_init__(self) -> None:
        """Check the setting."""
        if self.frequency is not None:
            within("frequency", self.frequency, 20, 500)

    def surveyed(self, blocks: Iterable[Sound], rate: int) -> Operation:
        """Look for hum in the whole recording; the operation given back has the notches."""
        mains = MAINS if self.frequency is None else (self.frequency,)
        return Notches(_harmonics(*_spectrum(blocks, rate), mains))


@dataclass(frozen=True)
class Notches(Streamed):
    """Notches of 2 Hz at ``frequencies`` in Hz, their state carried along.

    The hum in the first second is continued backwards to settle them, so that none is left at the
    beginning.
    """

    name: ClassVar[str] = "hum"
    frequencies: tuple[float, ...]

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Filter a recording that comes in blocks (channels, n)."""
        if not self.frequencies:
            for block in blocks:
                yield block.copy()
            return
        sections = np.concatenate(
            [tf2sos(*iirnotch(at, at / NOTCH_WIDTH, fs=rate)) for at in self.frequencies]
        )
        state = None
        for block in short(gathered(blocks, rate), rate):
            if state is None:
                _, state = sosfilt(
                    sections,
                    self._continued_backwards(block, rate),
                    axis=-1,
                    zi=np.zeros((len(sections), len(block), 2)),
                )
            filtered, state = sosfilt(sections, block, axis=-1, zi=state)
            yield filtered.astype(np.float32)

    def _continued_backwards(self, samples: Sound, rate: int) -> NDArray[np.float64]:
        """Fit the hum to ``samples`` by least squares; the two seconds of it that came before."""
        step = max(rate // 8000, 1)
        heard = samples[:, ::step].astype(np.float64)
        basis = self._waves(np.arange(0, samples.shape[-1], step) / rate)
        gram = basis.T @ basis
        gram[np.diag_indices_from(gram)] += 1e-3 * len(basis)
        weights = np.linalg.solve(gram, basis.T @ heard.T)
        return (self._waves(np.arange(-2 * rate, 0) / rate) @ weights).T

    def _waves(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        angles = 2 * np.pi * seconds[:, None] * np.array(self.frequencies)
        return np.concatenate([np.cos(angles), np.sin(angles)], axis=-1)


def _spectrum(blocks: Iterable[Sound], rate: int) -> tuple[NDArray[np.float64], int]:
    """The long-term spectrum in decibels, and of how many windows it is the mean.

    Averaged as decibels, so that a tone that stays weighs more than voices that come and go.
    """
    size = WINDOW_SECONDS * rate
    window = hann(size, sym=False).astype(np.float32)
    total = np.zeros(int(min(HIGHEST + 20, rate / 2) * BINS_A_HERTZ))
    count = 0
    for piece in halves(blocks, size):
        spectra = rfft(piece * window, axis=-1)[:, : total.size]
        power = np.square(np.abs(spectra)).mean(axis=0)
        if power.max(initial=0.0) > AUDIBLE:
            total += 10 * np.log10(power + AUDIBLE * 1e-3)
            count += 1
    return total / max(count, 1), count


def _harmonics(
    spectrum: NDArray[np.float64], count: int, mains: tuple[float, ...]
) -> tuple[float, ...]:
    """The lines of the best comb that stands out of a mean of ``count``; none where none does."""
    if count == 0:
        return ()
    height = spectrum - median_filter(spectrum, SURROUNDINGS * BINS_A_HERTZ + 1, mode="nearest")
    tops = maximum_filter1d(height, 3)
    scatter = SCATTER / np.sqrt(count)
    highest = min(spectrum.size / BINS_A_HERTZ - SURROUNDINGS / 2, HIGHEST)
    best: tuple[float, list[float]] = (0.0, [])
    for nominal in mains:
        for fundamental in np.arange(nominal - AROUND, nominal + AROUND + 0.01, 0.02):
            comb = np.arange(1, int(highest / fundamental) + 1) * fundamental
            lines = tops[np.round(comb * BINS_A_HERTZ).astype(int)]
            above = np.clip(lines - STANDS_OUT - scatter, 0, 30)
            # One line may be an instrument's; two, or one very high, are the mains, and then
            # lines that would prove nothing belong to them too.
            if np.count_nonzero(above) > 1 or above.max(initial=0.0) > 12:
                theirs = comb[lines > (STANDS_OUT + scatter) / 2]
                best = max(best, (float(above.sum()), theirs.tolist()))
    return tuple(_peak(height, line) for line in best[1])


def _peak(height: NDArray[np.float64], line: float) -> float:
    """Where near ``line`` the height peaks, by a parabola through three bins; in Hz."""
    near = round(line * BINS_A_HERTZ)
    top = near - 2 + int(np.argmax(height[near - 2 : near + 3]))
    before, at, after = height[top - 1 : top + 2]
    curve = before - 2 * at + after
    shift = 0.5 * (before - after) / curve if curve < 0 else 0.0
    return round(float((top + np.clip(shift, -0.5, 0.5)) / BINS_A_HERTZ), 3)
