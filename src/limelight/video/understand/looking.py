"""One pass over a video: what every frame is like, and which begin a shot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.progress import Progress, silent
from limelight.video.understand.pictures import Seen, pictures
from limelight.video.understand.transitions import HEIGHT, WIDTH, Small, transitions

CUT = 0.5
NEAR, SUDDEN = 5, 4.0
"""A change that exceeds those of five frames before and after so many times is a cut's own."""
FIELDS = 3
BLACK, DARK, BRIGHT = 0.06, 0.25, 0.70
"""Mean luma, of 1, under which a frame is black or dark, and over which it is bright."""
COLOURS = 4

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Shot:
    """Frames ``first`` to ``last``, both of it, from ``start`` up to ``end`` in seconds."""

    first: int
    last: int
    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True)
class Look:
    """What was seen of a video, a row a frame.

    ``times`` (n,) in seconds, and the ``end`` of the last frame. ``luma`` (n,) is the mean
    brightness and ``contrast`` the deviation around it, of 1; ``sharpness`` the variance of the
    Laplacian (Pech-Pacheco et al. 2000) over that of the luma; ``motion`` the mean change since
    the frame before. ``fields`` (n, 27) are the mean colours of 3 by 3 fields. ``transition`` (n,)
    is the probability to lie amid a transition. ``colours`` (64,) are the shares of 4 by 4 by 4
    colours in all frames together.
    """

    times: NDArray[np.float64]
    end: float
    luma: Values
    contrast: Values
    sharpness: Values
    motion: Values
    fields: NDArray[np.uint8]
    transition: Values
    colours: Values
    shots: tuple[Shot, ...]

    @property
    def seconds(self) -> float:
        """How long the video is."""
        return self.end - float(self.times[0])


def look(path: str | Path, progress: Progress = silent) -> Look:
    """Look at all frames of a video once, in memory that grows by some 60 bytes a frame.

    Raises BadInputError where the file is no video, MissingExtraError without the extra ``video``.
    """
    times: list[float] = []
    rows: list[tuple[float, float, float, float]] = []
    fields: list[NDArray[np.uint8]] = []
    counts = np.zeros(COLOURS**3, np.int64)
    end = 0.0

    def small() -> Iterator[Small]:
        nonlocal end
        before: NDArray[np.uint8] | None = None
        for seen in pictures(path, progress):
            tiny = cv2.resize(seen.picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
            grey = cv2.cvtColor(tiny, cv2.COLOR_RGB2GRAY)
            times.append(seen.time)
            end = seen.time + seen.seconds
            rows.append(_measured(seen, grey, before))
            fields.append(cv2.resize(tiny, (FIELDS, FIELDS), interpolation=cv2.INTER_AREA).ravel())
            coarse = (tiny >> 6).astype(np.int64)
            codes = (coarse[..., 0] * COLOURS + coarse[..., 1]) * COLOURS + coarse[..., 2]
            counts[:] += np.bincount(codes.ravel(), minlength=COLOURS**3)
            before = grey
            yield np.asarray(tiny, np.uint8)

    found = np.concatenate(list(transitions(small())))
    luma, contrast, sharpness, motion = np.array(rows, np.float32).T
    at = np.array(times)
    return Look(
        times=at,
        end=end,
        luma=luma,
        contrast=contrast,
        sharpness=sharpness,
        motion=motion,
        fields=np.stack(fields),
        transition=np.maximum(found[:, 0], found[:, 1]),
        colours=(counts / counts.sum()).astype(np.float32),
        shots=tuple(_shots(found[:, 0], motion, at, end)),
    )


def shots(path: str | Path, progress: Progress = silent) -> tuple[Shot, ...]:
    """Find the shots of a video; they follow on each other without a gap.

    A dissolve is parted in its middle. Raises as :func:`look` does.
    """
    return look(path, progress).shots


def _measured(
    seen: Seen, grey: NDArray[np.uint8], before: NDArray[np.uint8] | None
) -> tuple[float, float, float, float]:
    luma = cv2.cvtColor(seen.picture, cv2.COLOR_RGB2GRAY)
    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(luma))
    edges = float(cv2.meanStdDev(cv2.Laplacian(luma, cv2.CV_16S))[1][0, 0]) ** 2
    change = 0.0 if before is None else float(cv2.absdiff(grey, before).mean())
    return mean / 255, deviation / 255, edges / max(deviation**2, 1.0), change / 255


def _shots(last: Values, motion: Values, times: NDArray[np.float64], end: float) -> Iterator[Shot]:
    """Part frames at runs of those that are probably the last of a shot."""
    ends = np.flatnonzero(np.diff((last > CUT).astype(np.int8), prepend=0, append=0))
    begins = [0]
    for start, stop in ends.reshape(-1, 2):  # frames ``start`` to before ``stop``
        begin = _sudden(motion, int(start), int(stop)) or int(start + stop + 1) // 2
        if begins[-1] < begin < len(times):
            begins.append(begin)
    for first, after in zip(begins, [*begins[1:], len(times)], strict=True):
        until = end if after == len(times) else float(times[after])
        yield Shot(first, after - 1, float(times[first]), until)


def _sudden(motion: Values, start: int, stop: int) -> int | None:
    """Give the frame that is suddenly unlike the one before, where one is: the network may miss it
    by a frame, and a dissolve has none."""
    around = motion[max(start - NEAR, 0) : stop + NEAR + 1]
    change = motion[start : stop + 2]  # of the frames that may be the first after a cut
    peak = float(change.max(initial=0))
    rest = np.sort(around)[:-1]
    if rest.size and peak > SUDDEN * float(rest.mean()):
        return start + int(np.argmax(change))
    return None
