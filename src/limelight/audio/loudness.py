"""How loud a recording is to people: EBU R128 by ITU-R BS.1770-4, in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from limelight.audio.operation import Sound
from limelight.audio.streamed import short
from limelight.audio.truepeak import envelopes

STEPS_A_SECOND = 10
MOMENTARY = 4  # steps: 400 ms
SHORT_TERM = 30  # steps: 3 s
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


def measure(blocks: Iterable[Sound], rate: int) -> Loudness:
    """Measure a recording that comes in blocks (channels, n) of any lengths.

    A recording of less than 400 ms, which the standard leaves out, is one block as long as it is.
    """
    powers = _Powers(rate)
    peak = 0.0
    for found in envelopes(powers.heard(short(blocks, rate)), rate):
        peak = max(peak, float(found.max(initial=0.0)))
    steps = np.array(powers.steps)
    momentary = _windows(steps, MOMENTARY)
    if momentary.size == 0 and powers.samples:
        momentary = np.array([powers.total / powers.samples])
    return Loudness(
        integrated=_decibels(_gated(momentary, -10.0).mean() if momentary.size else 0.0),
        range=_range(_windows(steps, SHORT_TERM)),
        true_peak=20 * np.log10(peak).item() if peak else -np.inf,
    )


class _Powers:
    """The K-weighted power, summed over channels, of every 100 ms that went by."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.steps: list[float] = []
        self.samples = 0
        self.total = 0.0

    def heard(self, blocks: Iterable[Sound]) -> Iterable[Sound]:
        """Give the blocks on while weighing them."""
        sections = k_weighting(self.rate)
        state = None
        waiting = np.zeros(0)
        for block in blocks:
            if state is None:
                weights = np.array(WEIGHTS.get(len(block), (1,) * len(block)), np.float64)
                state = np.zeros((len(sections), len(block), 2))
            filtered, state = sosfilt(sections, block, axis=-1, zi=state)
            power = weights @ np.square(filtered)
            begun = self.samples - waiting.size
            self.samples += power.size
            self.total += float(power.sum())
            waiting = np.concatenate([waiting, power])
            edges = self._edges(len(self.steps), self.samples) - begun
            if edges.size > 1:
                sums = np.add.reduceat(waiting[: edges[-1]], edges[:-1])
                self.steps.extend(sums / np.diff(edges))
                waiting = waiting[edges[-1] :]
            yield block

    def _edges(self, first: int, samples: int) -> NDArray[np.int64]:
        """Where steps from ``first`` on begin and end, as far as they are complete."""
        count = samples * STEPS_A_SECOND // self.rate + 2
        edges = (np.arange(first, count) * self.rate) // STEPS_A_SECOND
        return edges[edges <= samples]


def k_weighting(rate: int) -> NDArray[np.float64]:
    """The two filters of BS.1770 at any rate, second-order sections (2, 6).

    The analogue prototypes behind the standard's coefficients for 48 kHz, as libebur128 has them.
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
    return np.array([shelf, high_pass])


def _windows(steps: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Mean power in windows of ``length`` steps, one from each step on."""
    if steps.size < length:
        return np.zeros(0)
    return np.lib.stride_tricks.sliding_window_view(steps, length).mean(axis=-1)


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


def _decibels(power: float) -> float:
    return float(-0.691 + 10 * np.log10(power)) if power > 0 else -np.inf
