"""Clicks and crackle found by their surprise, and put back from their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, find_objects, label
from scipy.signal import lfilter

from limelight.audio.autoregression import interpolated, prediction_error_filter
from limelight.audio.operation import Operation, Sound
from limelight.audio.streamed import within

FRAMES_A_SECOND = 25
SURROUNDINGS = 0.05  # seconds on either side that a repair learns from
LONG_SURROUNDINGS = 0.08  # seconds on either side that show what is often there
USUAL = 1e-4  # of full scale: a frame that is softer has no clicks
FAINT = 1e-5  # of full scale: smaller errors surprise nobody
OFTEN, BEYOND = 95, 4  # per cent, and times that: glottal pulses return, clicks do not
TAME = 95  # per cent of magnitudes that clicks are not among
LONGEST = 0.002  # seconds


@dataclass(frozen=True)
class Clicks(Operation):
    """Impulses of up to 2 ms replaced by what an autoregressive model expects.

    A click begins where the prediction from what came before fails by ``threshold`` times what is
    usual in its 40 ms, and ends where the one from what comes after does (after Godsill and Rayner,
    Digital Audio Restoration, 1998); both fail by more than they often do around it, as at the
    pulses of a voice. It is interpolated by least squares (Janssen et al. 1986). All other samples
    stay as they are. Raises BadInputError for a threshold outside 3 to 100.
    """

    name: ClassVar[str] = "clicks"
    margin_seconds: ClassVar[int] = 1
    threshold: float = 12.0

    def __post_init__(self) -> None:
        """Check the setting."""
        within("threshold", self.threshold, 3, 100)

    def __call__(self, samples: Sound, rate: int) -> Sound:
        """Repair a whole recording (channels, n) of ``rate`` samples a second."""
        repaired = samples.copy()
        if not repaired.size:
            return repaired
        around = int(SURROUNDINGS * rate)
        for channel in repaired:
            found = self._found(channel, rate)
            for start, end in _spans(found, rate):
                piece = slice(max(start - around, 0), end + around)
                filled = interpolated(channel[piece].astype(np.float64), found[piece], _order(rate))
                channel[start:end] = filled[start - piece.start : end - piece.start]
                found[start:end] = False
        return repaired

    def _found(self, channel: NDArray[np.float32], rate: int) -> NDArray[np.bool_]:
        """Where clicks are in one channel (n,)."""
        edges = np.arange(channel.size * FRAMES_A_SECOND // rate + 1) * rate // FRAMES_A_SECOND
        borders = pairwise([*edges.tolist(), channel.size])
        frames = [(start, end) for start, end in borders if end > start]
        surprises = _surprises(channel, frames, _order(rate))
        begun, ended = (self._outstanding(one, frames, rate) for one in surprises)
        found = np.zeros(channel.size, bool)
        starts = np.flatnonzero(begun)
        ends = np.append(np.flatnonzero(ended), 2 * channel.size)
        for start, end in zip(starts, ends[np.searchsorted(ends, starts)], strict=True):
            found[start : end + 1] = found[start : end + 1] | (end - start < LONGEST * rate)
        return found

    def _outstanding(
        self, surprise: NDArray[np.float32], frames: list[tuple[int, int]], rate: int
    ) -> NDArray[np.bool_]:
        """Where ``surprise`` is more than it often is around."""
        around = int(LONG_SURROUNDINGS * rate)
        found = np.zeros(surprise.size, bool)
        for start, end in frames:
            often = float(np.percentile(surprise[max(start - around, 0) : end + around], OFTEN))
            found[start:end] = surprise[start:end] > max(self.threshold, BEYOND * often)
        return found


def _surprises(
    channel: NDArray[np.float32], frames: list[tuple[int, int]], order: int
) -> NDArray[np.float32]:
    """By how many times the usual the predictions ahead and back fail, (2, n)."""
    surprises = np.zeros((2, channel.size), np.float32)
    for start, end in frames:
        before = max(start - 2 * order, 0)
        piece = channel[before : end + 2 * order].astype(np.float64)
        if end - start <= 4 * order or np.abs(piece).max() < USUAL:
            continue
        # Limited, or a loud click is all that the filter would learn to predict.
        limit = np.percentile(np.abs(piece), TAME)
        tamed = np.clip(piece, -limit, limit) * np.hanning(piece.size + 2)[1:-1]
        errors = prediction_error_filter(tamed, order)
        ahead = np.abs(lfilter(errors, 1.0, piece))
        back = np.abs(lfilter(errors, 1.0, piece[::-1]))[::-1]
        usual = np.median(ahead[order:]) / 0.6745 + FAINT
        own = slice(start - before, end - before)
        surprises[:, start:end] = ahead[own] / usual, back[own] / usual
    return surprises


def _order(rate: int) -> int:
    return int(np.clip(rate // 1000, 12, 32))


def _spans(found: NDArray[np.bool_], rate: int) -> list[tuple[int, int]]:
    """Where clicks begin and end, with what lies between their parts; ``found`` is filled so.

    What is longer than a click can be is no click, and is taken out of ``found``.
    """
    near = max(rate // 8000, 1)
    found[:] = binary_dilation(found, iterations=near)
    spans = []
    for (span,) in find_objects(label(found)[0]):
        if span.stop - span.start > LONGEST * rate:
            found[span] = False
        else:
            spans.append((span.start, span.stop))
    return spans
