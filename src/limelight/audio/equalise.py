"""The balance of low and high brought towards how speech, music or another recording sounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal import oaconvolve
from scipy.signal.windows import hann

from limelight.audio.frames import halves
from limelight.audio.operation import Operation, Sound
from limelight.audio.reading import open_sound
from limelight.audio.streamed import Streamed, Surveying, short, within
from limelight.errors import BadInputError

CENTRES = 1000 * 2 ** (np.arange(-12, 13) / 3)
"""Of the third-octave bands from 63 Hz to 16 kHz."""
SPEECH = (
    *(38.6, 43.5, 54.4, 57.7, 56.8, 60.2, 60.3, 59.0, 62.1, 62.1, 60.5, 56.8, 53.7),
    *(53.0, 52.0, 48.7, 48.1, 46.8, 45.6, 44.5, 44.3, 43.7, 43.4, 41.3, 40.7),
)
"""dB in third octaves, over men, women and twelve languages: Byrne et al. (1994)."""
MUSIC = (
    *(0.0, 0.0, 0.0, -0.7, -1.3, -2.0, -2.7, -3.3, -4.0, -4.7, -5.3, -6.0, -6.7),
    *(-7.3, -8.0, -8.7, -9.3, -10.0, -10.7, -12.0, -13.3, -14.7, -16.0, -18.0, -20.0),
)
"""dB in third octaves: 5 dB an octave less density from 100 Hz to 4 kHz, and more above, as popular
recordings have on average (after Pestana et al. 2013)."""
CURVES = {"speech": SPEECH, "music": MUSIC}
WINDOW_SECONDS = 0.2
HALF_FILTER_SECONDS = 0.02
EMPTY = 55.0  # dB below the loudest band: nothing there to bring up


@dataclass(frozen=True)
class Equalise(Surveying):
    """A smooth equaliser from the recording's long-term spectrum towards a target's.

    ``target`` is "speech", "music", or the path of a recording that sounds as it should. The whole
    recording is looked at first, in third-octave bands; ``strength`` is the share of the difference
    that is taken away, and no band is moved by more than ``most`` dB. Silence stays as it is.
    Raises BadInputError for a target that is neither, and for settings out of range.
    """

    name: ClassVar[str] = "equalise"
    target: str = "speech"
    strength: float = 0.5
    most: float = 6.0

    def __post_init__(self) -> None:
        """Check the settings."""
        within("strength", self.strength, 0, 1)
        within("most", self.most, 0, 24)
        if self.target not in CURVES and not Path(self.target).is_file():
            named = ", ".join(CURVES)
            raise BadInputError(
                f"there is no target {self.target!r} to equalise towards;"
                f" name {named} or the file of a recording"
            )

    def surveyed(self, blocks: Iterable[Sound], rate: int) -> Operation:
        """Measure the whole recording; the operation given back has the curve."""
        here, there = bands(blocks, rate), self._wanted()
        both = np.isfinite(here) & np.isfinite(there)
        if not both.any():
            return Curve((0.0,) * CENTRES.size)
        both &= here > here[both].max() - EMPTY
        difference = np.where(both, there, 0.0) - np.where(both, here, 0.0)
        weight = np.where(both, 10 ** ((here - here[both].max()) / 10), 0.0)
        moved = np.where(both, difference - np.average(difference, weights=weight), 0.0)
        smooth = np.convolve(np.pad(moved, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
        gains = np.clip(self.strength * smooth, -self.most, self.most)
        return Curve(tuple(gains.round(2).tolist()))

    def _wanted(self) -> NDArray[np.float64]:
        if self.target in CURVES:
            return np.array(CURVES[self.target])
        with open_sound(Path(self.target)) as sound:
            return bands(sound.blocks(), sound.rate)


@dataclass(frozen=True)
class Curve(Streamed):
    """A linear-phase filter with ``gains`` in dB at the third octaves from 63 Hz to 16 kHz."""

    name: ClassVar[str] = "equalise"
    gains: tuple[float, ...]

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Filter a recording that comes in blocks (channels, n); nothing is shifted."""
        kernel = self.kernel(rate)[None]
        half = kernel.size // 2
        held: Sound | None = None
        for block in short(blocks, rate):
            before = np.zeros((len(block), half), np.float32) if held is None else held
            held = np.concatenate([before, block], axis=-1)
            if held.shape[-1] >= kernel.size:
                yield oaconvolve(held, kernel, mode="valid", axes=-1)
                held = held[:, 1 - kernel.size :]
        if held is not None:
            after = np.zeros((len(held), half), np.float32)
            yield oaconvolve(np.concatenate([held, after], axis=-1), kernel, mode="valid", axes=-1)

    def kernel(self, rate: int) -> NDArray[np.float32]:
        """The filter at ``rate``, symmetric around its middle."""
        half = round(HALF_FILTER_SECONDS * rate)
        frequencies = np.maximum(np.fft.rfftfreq(4 * half, 1 / rate), 1)
        decibels = np.interp(np.log(frequencies), np.log(CENTRES), self.gains)
        response = irfft(10 ** (decibels / 20), 4 * half)
        whole = np.roll(response, half)[: 2 * half + 1] * hann(2 * half + 3)[1:-1]
        kernel: NDArray[np.float32] = whole.astype(np.float32)
        return kernel


def bands(blocks: Iterable[Sound], rate: int) -> NDArray[np.float64]:
    """The long-term level of each third octave in dB; -inf where there is none.

    Of recordings shorter than a window of 0.2 s nothing is known.
    """
    size = round(WINDOW_SECONDS * rate)
    window = hann(size, sym=False).astype(np.float32)
    total = np.zeros(size // 2 + 1)
    for piece in halves(blocks, size):
        total += np.square(np.abs(rfft(piece * window, axis=-1))).mean(axis=0)
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    levels = np.full(CENTRES.size, -np.inf)
    for band, centre in enumerate(CENTRES):
        inside = (frequencies >= centre * 2 ** (-1 / 6)) & (frequencies < centre * 2 ** (1 / 6))
        power = total[inside].sum()
        if power > 0 and centre * 2 ** (1 / 6) < rate / 2:
            levels[band] = 10 * np.log10(power)
    return levels
