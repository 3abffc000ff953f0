"""Clicks and crackle found by their surprise, and put back from their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
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
USUAL = 1e-4  # of full scale: smaller surprises are left
OFTEN = 97  # per cent: glottal pulses return, clicks do not
LONGEST = 0.002  # seconds


@dataclass(frozen=True)
class Clicks(Operation):
    """Impulses of up to 2 ms replaced by what an autoregressive model expects.

    A sample is part of a click where its prediction from before and its prediction from after both
    fail by ``threshold`` times what is usual in its 40 ms, and by much more than they often do
    there, as at the pulses of a voice (after Godsill and Rayner, Digital Audio Restoration, 1998).
    It is interpolated by least squares (Janssen et al. 1986). All other samples stay as they are.
    Raises BadInputError for a threshold outside 3 to 100.
    """

    name: ClassVar[str] = "clicks"
    margin_seconds: ClassVar[int] = 1
    threshold: float = 10.0

    def __post_init__(self) -> None:
        """Check the setting."""
        within("threshold", self.threshold, 3, 100)

    def __call__(self, samples: Sound, rate: int) -> Sound:
        """Repair a whole recording (channels, n) of ``rate`` samples a second."""
        repaired = samples.copy()
        for channel in repaired:
            found = self._found(channel, rate)
            around = int(SURROUNDINGS * rate)
            for start, end in _spans(found, rate):
                piece = slice(max(start - around, 0), end + around)
                filled = interpolated(channel[piece].astype(np.float64), found[piece], _order(rate))
                channel[start:end] = filled[start - piece.start : end - piece.start]
                found[start:end] = False
        return repaired

    def _found(self, channel: NDArray[np.float32], rate: int) -> NDArray[np.bool_]:
        """Where clicks are in one channel (n,)."""
        n, order = channel.size, _order(rate)
        found = np.zeros(n, bool)
        starts = np.arange(0, n * FRAMES_A_SECOND // rate + 1) * rate // FRAMES_A_SECOND
        for start, end in zip(starts, [*starts[1:], n], strict=True):
            before, after = max(start - 2 * order, 0), min(end + 2 * order, n)
            piece = channel[before:after].astype(np.float64)
            if end - start > 4 * order and np.abs(piece).max() > USUAL:
                surprising = self._surprising(piece, order)
                found[start:end] = surprising[start - before : end - before]
        return found

    def _surprising(self, piece: NDArray[np.float64], order: int) -> NDArray[np.bool_]:
        errors = prediction_error_filter(piece * np.hanning(piece.size + 2)[1:-1], order)
        ahead = np.abs(lfilter(errors, 1.0, piece))
        back = np.abs(lfilter(errors, 1.0, piece[::-1]))[::-1]
        surprise = np.minimum(ahead, back)
        # At its ends a piece is predicted from silence.
        usual = np.median(ahead[order:]) / 0.6745 + USUAL / self.threshold
        often = 3 * np.percentile(surprise[order:-order], OFTEN)
        found: NDArray[np.bool_] = surprise > max(self.threshold * usual, often)
        return found


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
