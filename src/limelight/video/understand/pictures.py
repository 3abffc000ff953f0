"""The pictures of a video, for looking at: all of them small, or some of them whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from limelight.progress import Progress, silent
from limelight.video.frame import Footage, Frame, time_of
from limelight.video.pictures import picture_of
from limelight.video.reading import Reel

SMALL = 480
"""The longer side of a small picture: enough to tell sharp from blurred."""
NEAR = 2
"""Frames up to so many seconds ahead are decoded on the way; a seek would decode as many."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Seen:
    """A picture (height, width, 3), red, green, blue, its time and how long it stays, seconds."""

    picture: Picture
    time: float
    seconds: float


def pictures(path: str | Path, progress: Progress = silent) -> Iterator[Seen]:
    """Give all pictures of a video in order, upright, at most 480 wide or high.

    Raises and warns as :class:`limelight.video.reading.Reel` does.
    """
    reel = Reel(Path(path))
    try:
        total = None if reel.footage.seconds is None else float(reel.footage.seconds)
        reformatter = VideoReformatter()
        for frame, time, seconds in _lasting(reel.between(None, None), reel.footage):
            shrink = min(SMALL / max(frame.width, frame.height), 1.0)
            small = reformatter.reformat(
                frame,
                width=max(round(frame.width * shrink), 1),
                height=max(round(frame.height * shrink), 1),
                format="rgb24",
                interpolation="AREA",
            )
            yield Seen(np.asarray(small.to_ndarray(), np.uint8), time, seconds)
            progress(time - float(reel.footage.start), total, "looking")
        reel.warn()
    finally:
        reel.close()


def pictures_at(path: str | Path, times: Iterable[float]) -> Iterator[Seen]:
    """Give the pictures that are shown at ``times``, which ascend; whole, upright, in true shape.

    A time after the end gives the last picture, one before the beginning the first.
    """
    reel = Reel(Path(path))
    try:
        frames = _lasting(reel.between(None, None), reel.footage)
        shown: tuple[Frame, float, float] | None = next(frames)
        for time in times:
            if shown is not None and time > shown[1] + shown[2] + NEAR:
                start = Fraction(time) - 1 / reel.footage.rate
                frames = _lasting(reel.between(start, None), reel.footage)
                shown = next(frames, shown)
            while shown is not None and shown[1] + shown[2] <= time:
                following = next(frames, None)
                if following is None:
                    break
                shown = following
            if shown is not None:
                yield Seen(_whole(shown[0], reel.footage), shown[1], shown[2])
    finally:
        reel.close()


def _lasting(frames: Iterator[Frame], footage: Footage) -> Iterator[tuple[Frame, float, float]]:
    """Say of every frame when it comes and how long it stays, until the next."""
    before: tuple[Frame, float] | None = None
    for frame in frames:
        time = float(time_of(frame))
        if before is not None:
            yield *before, time - before[1]
        before = frame, time
    if before is not None:
        yield *before, float(1 / footage.rate)


def _whole(frame: Frame, footage: Footage) -> Picture:
    """Give a frame's picture, 8 bits a sample, with square pixels."""
    picture = picture_of(frame)[..., :3]
    if picture.dtype != np.uint8:
        picture = (picture >> 8).astype(np.uint8)
    width = max(round(frame.width * float(footage.aspect)), 1)
    if width == frame.width:
        return picture
    size = (width, frame.height)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def seconds_of(path: str | Path) -> tuple[float, float]:
    """Give a video's start and its length in seconds; where the file does not say, by reading."""
    reel = Reel(Path(path))
    try:
        start = reel.footage.start
        if reel.footage.seconds is not None:
            return float(start), float(reel.footage.seconds)
        for _ in reel.between(None, None):
            pass
        return float(start), float(reel.last - start + 1 / reel.footage.rate)
    finally:
        reel.close()
