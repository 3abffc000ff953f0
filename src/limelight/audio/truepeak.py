"""Peaks between the samples: what a converter makes of them (ITU-R BS.1770-4, annex 2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import upfirdn

from limelight.audio.operation import Sound

REACH = 12
"""How many samples on either side take part in a value between two samples."""


def envelope(samples: Sound, rate: int) -> Sound:
    """The largest magnitude at each sample and on the way to the next, (channels, n).

    Fourfold oversampling, or as much as leads to 192 kHz; beyond both ends there is silence.
    """
    times = oversampling(rate)
    if times == 1 or samples.shape[-1] == 0:
        return np.abs(samples)
    denser = upfirdn(_interpolator(times), samples, up=times, axis=-1)
    start = times * REACH
    denser = denser[..., start : start + times * samples.shape[-1]]
    between: Sound = np.abs(denser).reshape(*samples.shape, times).max(axis=-1)
    return np.maximum(between, np.abs(samples))


def envelopes(blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
    """``envelope`` of a recording that comes in blocks, late by REACH samples, in full at last."""
    held: Sound | None = None
    known = 0  # so many samples of ``held`` have been given already
    for block in blocks:
        held = block if held is None else np.concatenate([held, block], axis=-1)
        ready = held.shape[-1] - REACH
        if ready <= known:
            continue
        yield envelope(held, rate)[..., known:ready]
        cut = max(ready - REACH, 0)
        held, known = held[..., cut:], ready - cut
    if held is not None and held.shape[-1] > known:
        yield envelope(held, rate)[..., known:]


def oversampling(rate: int) -> int:
    """How many times the rate is raised: 4 below 96 kHz, 2 below 192 kHz."""
    return 4 if rate < 96_000 else 2 if rate < 192_000 else 1


@cache
def _interpolator(times: int) -> NDArray[np.float32]:
    """A sinc under a Kaiser window, which leaves the samples themselves as they are."""
    at = np.arange(-times * REACH, times * REACH + 1) / times
    return (np.sinc(at) * np.kaiser(at.size, 7.0)).astype(np.float32)
