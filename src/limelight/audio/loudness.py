"""How loud a recording is to people: EBU R128 by ITU-R BS.1770-4, in one pass."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from limelight.audio.operation import Sound
from limelight.audio.streamed import short
from limelight.audio.truepeak import envelopes

STEPS_A_SECOND = 200
HOP = 20  # steps: 100 ms
MOMENTARY = 80  # steps: 400 ms
SHORT_TERM = 600  # steps: 3 s
ABSOLUTE_GATE = -70.0
SURROUND = 1.41
WEIGHTS = {
    4: (1, 1, SURROUND, SURROUND),
    5: (1, 1, 1, SURROUND, SURROUND),
    6: (1, 1, 1, 0, SURROUND, SURROUND),
    8: (1, 1, 1, 0, SURROUND, SURROUND, SURROUND, SURROUND),
}
"""Of channels by their number, in the order of files: quad, 5.0, 5.1, 7.1; else all count 1."""


@dataclass(frozen=True)
class Loudness:
    """What a recording measures; -inf where there is nothing to hear."""

    integrated: float
    """LUFS, gated: how loud the whole is."""
    range: float
    """LU, EBU Tech 3342: from its soft to its loud parts; 0 below three seconds."""
    true_peak: float
    """dBTP: its highest peak, between samples too."""


@dataclass(frozen=True)
class Profile:
    """A recording in steps of 5 ms, the last one as long as it is."""

    powers: NDArray[np.float64]
    """K-weighted power, summed over channels as they count."""
    peaks: NDArray[np.float64]
    """The highest magnitude, between samples too."""


def measure(blocks: Iterable[Sound], rate: int) -> Loudness:
    """Measure a recording that comes in blocks (channels, n) of any lengths.

    A recording of less than 400 ms, which the standard leaves out, is one block as long as it is.
    """
    found = profile(blocks, rate)
    peak = float(found.peaks.max(initial=0.0))
    return Loudness(
        integrated=integrated(found.powers),
        range=_range(_windows(found.powers, SHORT_TERM)),
        true_peak=20 * math.log10(peak) if peak else -math.inf,
    )


def profile(blocks: Iterable[Sound], rate: int) -> Profile:
    """Weigh every 5 ms of a recording that comes in blocks (channels, n) of any lengths."""
    powers, peaks = _Steps(rate, np.add), _Steps(rate, np.maximum)
    for found in envelopes(_weighed(short(blocks, rate), rate, powers), rate):
        peaks.hear(found.max(axis=0))
    return Profile(powers.found() / powers.lengths(), peaks.found())


def integrated(powers: NDArray[np.float64]) -> float:
    """The gated loudness in LUFS of a profile's powers; -inf for silence."""
    blocks = _windows(powers, MOMENTARY)
    if blocks.size == 0 and powers.size:
        blocks = powers.mean(keepdims=True)
    power = float(_gated(blocks, -10.0).mean())
    return -0.691 + 10 * math.log10(power) if power > 0 else -math.inf


def _weighed(blocks: Iterable[Sound], rate: int, powers: _Steps) -> Iterator[Sound]:
    """Give the blocks on, and let ``powers`` hear their K-weighted power."""
    sections = k_weighting(rate)
    state = None
    for block in blocks:
        if state is None:
            weights = np.array(WEIGHTS.get(len(block), (1,) * len(block)), np.float64)
            state = np.zeros((len(sections), len(block), 2))
        filtered, state = sosfilt(sections, block, axis=-1, zi=state)
        powers.hear(weights @ np.square(filtered))
        yield block


class _Steps:
    """Values of samples that come by, put together in steps of 5 ms."""

    def __init__(self, rate: int, together: np.ufunc) -> None:
        self.rate = rate
        self.together = together
        self.samples = 0
        self.done: list[NDArray[np.float64]] = []
        self.steps = 0
        self.waiting = np.zeros(0)

    def hear(self, values: NDArray[np.floating]) -> None:
        """Take in values (n,), and put together the steps that are complete."""
        begun = self.samples - self.waiting.size
        self.samples += values.size
        self.waiting = np.concatenate([self.waiting, values])
        edges = self._edges()[self.steps :] - begun
        if edges.size > 1:
            self.done.append(self.together.reduceat(self.waiting[: edges[-1]], edges[:-1]))
            self.steps += edges.size - 1
            self.waiting = self.waiting[edges[-1] :]

    def found(self) -> NDArray[np.float64]:
        """All steps, the last one as far as it goes."""
        last = self.together.reduce(self.waiting, keepdims=True) if self.waiting.size else []
        return np.concatenate([np.zeros(0), *self.done, last])

    def lengths(self) -> NDArray[np.int64]:
        """How many samples are in each of ``found``."""
        edges = self._edges()
        return np.diff(edges, append=self.samples)[: self.steps + bool(self.waiting.size)]

    def _edges(self) -> NDArray[np.int64]:
        """Where complete steps begin and end."""
        edges = np.arange(self.samples * STEPS_A_SECOND // self.rate + 2) * self.rate
        edges //= STEPS_A_SECOND
        return edges[edges <= self.samples]


def k_weighting(rate: int) -> NDArray[np.float64]:
    """The two filters of BS.1770 at any rate, second-order sections (2, 6).

    The analogue prototypes behind the standard's coefficients for 48 kHz, as libebur128 has them.
    Below 4 kHz there is nothing for the first, a shelf from 1.7 kHz on, and the second is alone.
    """
    f, gain, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k, high = np.tan(np.pi * f / rate), 10 ** (gain / 20)
    band = high**0.4996667741545416
    scale = 1 + k / q + k * k
    shelf = [
        (high + band * k / q + k * k) / scale,
        2 * (k * k - high) / scale,
        (high - band * k / q + k * k) / scale,
        1.0,
        2 * (k * k - 1) / scale,
        (1 - k / q + k * k) / scale,
    ]
    f, q = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * f / rate)
    scale = 1 + k / q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale]
    return np.array([shelf, high_pass] if rate >= 4000 else [high_pass])


def _windows(steps: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Mean power in windows of ``length`` steps, one every 100 ms."""
    if steps.size < length:
        return np.zeros(0)
    windows = np.lib.stride_tricks.sliding_window_view(steps, length)[::HOP]
    means: NDArray[np.float64] = windows.mean(axis=-1)
    return means


def _gated(powers: NDArray[np.float64], relative: float) -> NDArray[np.float64]:
    """What is above the absolute gate and, in LU, ``relative`` to the mean of that."""
    loud = powers[powers > _power(ABSOLUTE_GATE)]
    if loud.size:
        loud = loud[loud > loud.mean() * 10 ** (relative / 10)]
    return loud if loud.size else np.zeros(1)


def _range(powers: NDArray[np.float64]) -> float:
    if powers.size == 0:
        return 0.0
    loud = _gated(powers, -20.0)
    low, high = np.percentile(loud, [10, 95])
    return float(10 * np.log10(high / low)) if low > 0 else 0.0


def _power(loudness: float) -> float:
    return float(10 ** ((loudness + 0.691) / 10))
