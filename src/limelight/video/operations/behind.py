"""What is put behind people and things that were cut out: a picture or another video."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from limelight.errors import NotFoundError
from limelight.image.laying import Laying, fitted
from limelight.image.picture import Picture
from limelight.image.reading import read
from limelight.video.frame import Footage, Frame, time_of
from limelight.video.ordered import ordered
from limelight.video.pictures import frame_of, picture_of
from limelight.video.reading import Reel

PICTURES = frozenset([".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"])


def laid(
    settings: Laying, cut: Iterator[tuple[Frame, Picture]], footage: Footage
) -> Iterator[Frame]:
    """Give frames with what was cut out of them laid over what ``settings`` say."""
    if not settings.behind:

        def alone(pair: tuple[Frame, Picture]) -> Frame:
            frame, front = pair
            before = picture_of(frame) if settings.fill else None
            return frame_of(settings.laid(front), frame, before)

        return ordered(alone, cut)
    fronts: dict[int, Picture] = {}

    def frames() -> Iterator[Frame]:
        for frame, front in cut:
            fronts[id(frame)] = front
            yield frame

    def over(pair: tuple[Frame, Picture]) -> Frame:
        frame, behind = pair
        return frame_of(settings.laid(fronts.pop(id(frame)), behind), frame, picture_of(frame))

    return ordered(over, backgrounds(settings.behind, frames(), footage))


def backgrounds(
    path: Path, frames: Iterator[Frame], footage: Footage
) -> Iterator[tuple[Frame, Picture]]:
    """Give every frame what is behind it, (height, width, 3), of its size and depth.

    A picture, or a video that runs along from the first frame on and begins again at its end, fills
    the frame in its own shape; what is too much is cut off evenly. Raises NotFoundError where there
    is no such file and BadInputError where it is neither.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no background {path}")
    if path.suffix.lower() in PICTURES:
        still = read(path)
        filled: Picture | None = None
        for frame in frames:
            if filled is None:
                filled = _fitted(still, frame, footage.aspect)
            yield frame, filled
        return
    reel = Reel(path)
    try:
        yield from _running(reel, frames, footage)
    finally:
        reel.close()


def _running(
    reel: Reel, frames: Iterator[Frame], footage: Footage
) -> Iterator[tuple[Frame, Picture]]:
    begin, length = reel.footage.start, reel.footage.seconds
    step = 1 / reel.footage.rate
    shown: Frame | None = None
    following: Iterator[Frame] = iter(())
    upcoming: Frame | None = None
    filled: Picture | None = None
    for frame in frames:
        time = time_of(frame) - footage.start
        if length is not None and length > 0:
            time %= length
        wanted = begin + time
        if shown is None or wanted < time_of(shown) or wanted > time_of(shown) + 5:
            following = reel.between(max(wanted - step, begin), None)
            shown, upcoming = next(following, None), None
            if shown is None:  # beyond its last frame: the first again
                following = reel.between(None, None)
                shown = next(following)
            filled = None
        while True:
            upcoming = upcoming or next(following, None)
            if upcoming is None or time_of(upcoming) > wanted:
                break
            shown, upcoming, filled = upcoming, None, None
        if filled is None:
            filled = _fitted(picture_of(shown), frame, footage.aspect / reel.footage.aspect)
        yield frame, filled


def _fitted(picture: Picture, frame: Frame, aspect: Fraction) -> Picture:
    """Fill the frame: ``aspect`` is that of its samples by those of ``picture``."""
    deep = max(component.bits for component in frame.format.components) > 8
    dtype = np.dtype(np.uint16 if deep else np.uint8)
    return fitted(picture, frame.width, frame.height, dtype, aspect)
