"""What is put behind people and things that were cut out: a picture or another video."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from limelight.errors import BadInputError, NotFoundError
from limelight.video.frame import Footage, Frame, Picture, time_of
from limelight.video.pictures import picture_of
from limelight.video.reading import Reel

PICTURES = frozenset([".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"])


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
        still = _picture(path)
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


def _picture(path: Path) -> Picture:
    try:
        with Image.open(path) as opened:
            return np.asarray(opened.convert("RGB"), np.uint8)
    except (UnidentifiedImageError, OSError) as error:
        raise BadInputError(f"the background {path} can't be read as a picture") from error


def _fitted(picture: Picture, frame: Frame, aspect: Fraction) -> Picture:
    """Fill the frame: ``aspect`` is that of its samples by those of ``picture``."""
    picture = picture[..., :3]
    deep = max(component.bits for component in frame.format.components) > 8
    if deep and picture.dtype == np.uint8:
        picture = picture.astype(np.uint16) * 257
    elif not deep and picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    high, wide = picture.shape[:2]
    shape = frame.width * aspect / frame.height
    if wide > high * shape:
        keep = max(round(high * shape), 1)
        picture = picture[:, (wide - keep) // 2 :][:, :keep]
    else:
        keep = max(round(wide / shape), 1)
        picture = picture[(high - keep) // 2 :][:keep]
    smaller = picture.shape[0] > frame.height
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    fitted = cv2.resize(
        np.ascontiguousarray(picture), (frame.width, frame.height), interpolation=how
    )
    return np.ascontiguousarray(fitted.reshape(frame.height, frame.width, 3))
