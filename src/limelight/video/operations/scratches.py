"""Dust and scratches of old film: what is in one frame alone, and no movement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.image.picture import Picture
from limelight.video.frame import Footage, Frame
from limelight.video.operation import Operation
from limelight.video.operations.luma import WEIGHTS, luma_of, same_shot, tiny
from limelight.video.ordered import ordered, surrounded
from limelight.video.pictures import frame_of, picture_of

FLOW_SIDE = 320
"""Movement is looked for in pictures of that many pixels on the longer side."""
LEAST_SIDE = 16
SPREAD = 5
"""Pixels around a spike that belong to it: its soft edge."""

Values = NDArray[np.float32]
Seen = tuple[Frame, Values]


@dataclass(frozen=True)
class Scratches(Operation):
    """Remove dust, hairs, blotches and scratches that are in one frame only.

    The frames before and after are moved onto each frame by optical flow (DIS, Kroeger et al.
    2016). Where they agree with each other, and the frame is brighter than both or darker than
    both, there is a spike (the detector SDIp of Kokaram 1998, "Motion picture restoration"); it is
    replaced by what they show. Scratches that stay in one place for many frames are left.
    """

    name: ClassVar[str] = "scratches"
    margin_seconds: ClassVar[int] = 1

    strength: float = 0.5
    """How faint a spike may be that is removed, 0 to 1."""

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        if not 0 <= self.strength <= 1:
            raise BadInputError(f"strength is from 0 to 1, not {self.strength:g}")

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Look at every frame between its neighbours."""
        if min(footage.width, footage.height) < LEAST_SIDE or not self.strength:
            return frames
        seen = ((frame, tiny(luma_of(frame))) for frame in frames)
        return ordered(lambda around: self._cleaned(*around), surrounded(seen, 1))

    def _cleaned(self, around: tuple[Seen, ...], place: int) -> Frame:
        if not 0 < place < len(around) - 1:
            return around[place][0]
        shots = [tiny for _, tiny in around]
        if not (same_shot(shots[0], shots[1]) and same_shot(shots[1], shots[2])):
            return around[place][0]
        before, frame, after = (picture_of(one) for one, _ in around)
        grey = [_grey(picture) for picture in (before, frame, after)]
        earlier, later = _moved(grey[1], grey[0], before), _moved(grey[1], grey[2], after)
        spikes = self._spikes(_grey(earlier), grey[1], _grey(later))
        if not spikes.any():
            return around[place][0]
        share = cv2.GaussianBlur(
            cv2.dilate(spikes, np.ones((SPREAD, SPREAD), np.uint8)).astype(np.float32), (0, 0), 1.0
        )
        share = np.maximum(share, spikes.astype(np.float32))[..., None]
        between = (earlier[..., :3].astype(np.float32) + later[..., :3]) / 2
        picture = frame.copy()
        picture[..., :3] = np.rint(frame[..., :3] * (1 - share) + between * share)
        return frame_of(picture, around[place][0], frame)

    def _spikes(self, earlier: Values, now: Values, later: Values) -> NDArray[np.uint8]:
        """Mark where ``now`` (height, width) is outside of both, by more than they are apart."""
        least = 40 - 30 * self.strength  # of 255
        low, high = np.minimum(earlier, later), np.maximum(earlier, later)
        outside = np.maximum(now - high, low - now)
        apart = cv2.boxFilter(high - low, -1, (3, 3))
        found: NDArray[np.uint8] = (outside > least + apart).astype(np.uint8)
        return found


def _grey(picture: Picture) -> Values:
    scale = 255 / np.iinfo(picture.dtype).max
    found: Values = (picture[..., :3].astype(np.float32) @ WEIGHTS * scale).astype(np.float32)
    return found


def _moved(now: Values, other: Values, picture: Picture) -> Picture:
    """Move ``picture``, whose grey is ``other``, to where things are in ``now``."""
    height, width = now.shape
    shrink = min(FLOW_SIDE / max(height, width), 1.0)
    size = (max(round(width * shrink), LEAST_SIDE), max(round(height * shrink), LEAST_SIDE))
    # A median takes small spikes out, so that they don't move anything.
    to, of = (
        cv2.medianBlur(cv2.resize(one, size, interpolation=cv2.INTER_AREA).astype(np.uint8), 5)
        for one in (now, other)
    )
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(to, of, None)
    flow = cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR)
    flow *= np.array([width / size[0], height / size[1]], np.float32)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    moved: Picture = cv2.remap(
        picture,
        columns + flow[..., 0],
        rows + flow[..., 1],
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return moved
