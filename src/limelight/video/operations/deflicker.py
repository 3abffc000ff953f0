"""Flicker out of old film and lamps: every frame gets the brightnesses of those around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.video.frame import Footage, Frame
from limelight.video.operation import Operation
from limelight.video.operations.luma import Luma, bits_of, luma_of, same_shot, tiny, with_luma
from limelight.video.ordered import ordered, surrounded

LEVELS = 256
SHARES = (np.arange(LEVELS, dtype=np.float32) + 0.5) / LEVELS

Quantiles = NDArray[np.float32]


@dataclass(frozen=True)
class Deflicker(Operation):
    """Even out brightness that jumps from frame to frame, and leave slow changes and cuts.

    Every frame's brightnesses are mapped, in their order, to the mean of those of the frames around
    it in the same shot, weighted by a Gaussian in time: scale-time equalisation (Delon 2006, "Movie
    and video scale-time equalization application to flicker reduction"). Local flicker stays.
    """

    name: ClassVar[str] = "deflicker"
    margin_seconds: ClassVar[int] = 2
    high_dynamic_range: ClassVar[bool] = True

    seconds: float = 1.0
    """How long a time is evened out, up to 4."""

    def __post_init__(self) -> None:
        """Refuse times that are too short or too long."""
        if not 0 < self.seconds <= 2 * self.margin_seconds:
            raise BadInputError(f"deflicker evens out up to 4 seconds, not {self.seconds:g}")

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Look at frames as many before as after, and map each one's luma."""
        reach = max(int(self.seconds / 2 * footage.rate), 1)
        measured = ordered(_measured, frames)
        yield from ordered(lambda around: _evened(*around, reach), surrounded(measured, reach))


def _measured(frame: Frame) -> tuple[Frame, Quantiles, NDArray[np.float32]]:
    luma = luma_of(frame)
    counts = np.bincount((luma >> (bits_of(frame) - 8)).ravel(), minlength=LEVELS)[:LEVELS]
    below = np.concatenate([[0], np.cumsum(counts)]) / luma.size
    # The distribution's inverse, continuous within a level.
    quantiles = np.interp(SHARES, below, np.arange(LEVELS + 1) - 0.5)
    return frame, quantiles.astype(np.float32), tiny(luma)


def _evened(
    around: tuple[tuple[Frame, Quantiles, NDArray[np.float32]], ...], place: int, reach: int
) -> Frame:
    frame, own, _ = around[place]
    first = last = place
    while first > 0 and same_shot(around[first - 1][2], around[first][2]):
        first -= 1
    while last + 1 < len(around) and same_shot(around[last + 1][2], around[last][2]):
        last += 1
    away = np.arange(first, last + 1) - place
    weights = np.exp(-0.5 * (away / (reach / 2)) ** 2)
    wanted = np.average([one[1] for one in around[first : last + 1]], axis=0, weights=weights)
    change = wanted - own
    if np.abs(change).max() < 0.5:
        return frame
    luma, bits = luma_of(frame), bits_of(frame)
    unit = 1 << (bits - 8)
    table = np.arange(1 << bits) / unit
    # Equal quantiles (a flat area) would map one level to many: their middle is taken.
    levels, inverse = np.unique(np.rint(own), return_inverse=True)
    shift = np.bincount(inverse, change) / np.bincount(inverse)
    mapped = table + np.interp(table, levels, shift)
    mapped = np.maximum.accumulate(np.clip(np.rint(mapped * unit), 0, (1 << bits) - 1))
    found: Luma = np.take(mapped.astype(luma.dtype), luma)
    return with_luma(frame, found)
