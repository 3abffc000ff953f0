"""A frame, and what is known of the footage that it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.sidedata.sidedata import Type

Frame = av.VideoFrame
"""A frame as FFmpeg has it; ``pts`` times ``time_base`` is its time in seconds, exact."""


@dataclass(frozen=True)
class Footage:
    """What is known of a video track before its first frame; frames come upright.

    ``rate`` is frames a second on average; ``start`` is the time of the first frame in seconds and
    ``seconds`` the length, None where the file does not say. ``aspect`` is the shape of a sample,
    width over height, and ``bits`` the depth of one. ``mastering`` and ``light`` are what HDR10
    says of the display it was graded on and of its brightness, in FFmpeg's layout.
    """

    width: int
    height: int
    rate: Fraction
    time_base: Fraction
    start: Fraction
    seconds: Fraction | None
    aspect: Fraction
    bits: int
    high_dynamic_range: bool
    mastering: bytes | None = None
    light: bytes | None = None


def side_data(frame: Frame, kind: Type) -> bytes | None:
    """Give what a frame carries along, in FFmpeg's own layout, or None."""
    try:
        carried: Any = frame.side_data
    except ValueError:  # among it is a kind that PyAV doesn't know
        return None
    found = carried.get(kind)
    return None if found is None else bytes(found)


def time_of(frame: Frame) -> Fraction:
    """Give the time of a frame in seconds."""
    if frame.pts is None or frame.time_base is None:
        raise ValueError("a frame without a time")
    return frame.pts * frame.time_base
