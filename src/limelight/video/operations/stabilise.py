"""A shaken camera made steady."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.video.frame import Footage, Frame, time_of
from limelight.video.operation import Operation
from limelight.video.operations.luma import Luma, bits_of, luma_of, same_shot, tiny
from limelight.video.ordered import ordered
from limelight.video.pictures import frame_of, picture_of

SIDE = 480
LEAST_SIDE = 32
POINTS, APART = 200, 8
LEAST_POINTS = 8

Path4 = NDArray[np.float64]
"""Where the camera is (n, 4): right and down in widths of the picture, radians, log zoom."""
Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Stabilise(Operation):
    """Smooth the camera's path, shot by shot, and zoom in as little as hides the borders.

    Movement from frame to frame is a similarity (shift, turn, zoom) that most tracked corners agree
    on: Shi and Tomasi 1994, pyramidal Lucas-Kanade forth and back, RANSAC. The path is smoothed by
    a Gaussian in time, after a look at the whole video.
    """

    name: ClassVar[str] = "stabilise"
    needs_survey: ClassVar[bool] = True
    high_dynamic_range: ClassVar[bool] = True

    seconds: float = 1.0
    """How long a time is smoothed over; longer is steadier."""
    zoom: float = 0.1
    """How far it may zoom in, of 1; where that does not do, borders are mirrored."""
    corrections: Mapping[Fraction, NDArray[np.float64]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no time or zoom."""
        if not 0 < self.seconds <= 10:
            raise BadInputError(f"stabilise smooths over up to 10 seconds, not {self.seconds:g}")
        if not 0 <= self.zoom <= 0.5:
            raise BadInputError(f"stabilise zooms in by 0 to 0.5, not {self.zoom:g}")

    def surveyed(self, frames: Iterator[Frame], footage: Footage) -> Stabilise:
        """Follow the camera through the video and find every frame's correction."""
        times: list[Fraction] = []
        moves: list[Path4] = []
        begins: list[int] = []
        before: tuple[Grey, NDArray[np.float32]] | None = None
        for frame, grey, shape in ordered(_seen, frames):
            move = None if before is None else _move(before[0], grey)
            if before is None or (move is None and not same_shot(before[1], shape)):
                begins.append(len(times))
            moves.append(np.zeros(4) if move is None else move)
            times.append(frame)
            before = grey, shape
        found: dict[Fraction, NDArray[np.float64]] = {}
        for first, after in pairwise([*begins, len(times)]):
            path = np.cumsum(moves[first:after], axis=0)
            change = _smoothed(path, self.seconds / 2 * float(footage.rate)) - path
            hiding = min(_hiding(change, footage), np.log1p(self.zoom))
            if np.abs(change).max() < 1e-4:
                hiding = 0.0
            change[:, 3] += hiding
            found.update(zip(times[first:after], change, strict=True))
        return replace(self, corrections=found)

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Move every frame to where the steady camera would have seen it."""
        return ordered(self._steadied, frames)

    def _steadied(self, frame: Frame) -> Frame:
        change = self.corrections.get(time_of(frame))
        if change is None or np.abs(change).max() < 1e-4:
            return frame
        before = picture_of(frame)
        height, width = before.shape[:2]
        moved = cv2.warpAffine(
            before,
            _matrix(change, width, height),
            (width, height),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT,
        )
        return frame_of(moved.reshape(before.shape), frame, before)


def _seen(frame: Frame) -> tuple[Fraction, Grey, NDArray[np.float32]]:
    luma = luma_of(frame)
    return time_of(frame), _shrunk(luma, bits_of(frame)), tiny(luma)


def _shrunk(luma: Luma, bits: int) -> Grey:
    height, width = luma.shape
    shrink = min(SIDE / max(height, width), 1.0)
    size = (max(round(width * shrink), 1), max(round(height * shrink), 1))
    plain = (luma >> (bits - 8)).astype(np.uint8)
    return np.asarray(cv2.resize(plain, size, interpolation=cv2.INTER_AREA), np.uint8)


def _move(before: Grey, now: Grey) -> Path4 | None:
    """Say how the picture moved, (4,); None where too little can be followed."""
    if min(now.shape) < LEAST_SIDE or before.shape != now.shape:
        return None
    points = cv2.goodFeaturesToTrack(before, POINTS, 0.01, APART)
    if points is None or len(points) < LEAST_POINTS:
        return None
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, now, points, None)
    back, again, _ = cv2.calcOpticalFlowPyrLK(now, before, there, None)
    astray = np.abs(back - points).reshape(-1, 2).max(axis=1)
    good = (found.ravel() == 1) & (again.ravel() == 1) & (astray < 0.5)
    if good.sum() < LEAST_POINTS:
        return None
    middle = np.array([now.shape[1] / 2, now.shape[0] / 2], np.float32)
    matrix, agreed = cv2.estimateAffinePartial2D(
        points.reshape(-1, 2)[good] - middle,
        there.reshape(-1, 2)[good] - middle,
        ransacReprojThreshold=1.0,
    )
    if matrix is None or agreed.sum() < LEAST_POINTS:
        return None
    turn = np.arctan2(matrix[1, 0], matrix[0, 0])
    zoom = np.log(max(np.hypot(matrix[0, 0], matrix[1, 0]), 1e-3))
    return np.array([matrix[0, 2] / now.shape[1], matrix[1, 2] / now.shape[1], turn, zoom])


def _smoothed(path: Path4, deviation: float) -> Path4:
    """Smooth by a Gaussian; beyond its ends a path goes on as if seen in a mirror and turned."""
    reach = min(int(3 * deviation) + 1, len(path) - 1)
    if reach < 1:
        return path
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    padded = np.pad(path, ((reach, reach), (0, 0)), "reflect", reflect_type="odd")
    return np.stack(
        [np.convolve(one, weights / weights.sum(), "valid") for one in padded.T], axis=1
    )


def _hiding(change: Path4, footage: Footage) -> float:
    """Give the log zoom that keeps all borders out of sight."""
    width, height = footage.width, footage.height
    corners = np.array([[x, y] for x in (-0.5, 0.5) for y in (-0.5, 0.5)]) * [width, height]
    most = 0.0
    for right, down, turn, zoom in change:
        # The corners of what is shown, in the frame that it is taken from.
        shown = corners - np.array([right, down]) * width
        cosine, sine = np.cos(turn), np.sin(turn)
        taken = shown @ np.array([[cosine, -sine], [sine, cosine]]) / np.exp(zoom)
        needed = np.abs(taken / [width / 2, height / 2]).max()
        most = max(most, float(np.log(needed)))
    return most


def _matrix(change: Path4, width: int, height: int) -> NDArray[np.float64]:
    """Give the (2, 3) that moves a picture by ``change``, about its middle."""
    right, down, turn, zoom = change
    cosine, sine = np.cos(turn) * np.exp(zoom), np.sin(turn) * np.exp(zoom)
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    shift = middle + np.array([right, down]) * width - rotation @ middle
    return np.column_stack([rotation, shift])
