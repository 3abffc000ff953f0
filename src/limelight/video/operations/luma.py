"""The brightness of frames: read, and changed while colours stay."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.video.frame import Frame
from limelight.video.pictures import frame_of, picture_of

Luma = NDArray[np.uint8] | NDArray[np.uint16]

WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)
SMALL = (32, 18)
ALIKE = 0.5
"""Tiny pictures of one shot, their brightness and contrast set aside, correlate more than that."""


def luma_of(frame: Frame) -> Luma:
    """Give the luma (height, width), in the samples' own scale, without copying where it can be."""
    if _begins_with_luma(frame):
        return _first_plane(frame)
    picture = picture_of(frame)
    found: Luma = np.rint(picture[..., :3] @ WEIGHTS).astype(picture.dtype)
    return found


def with_luma(frame: Frame, luma: Luma) -> Frame:
    """Give a frame whose luma is another, its colours, format and time as they are."""
    if not _begins_with_luma(frame):
        before = picture_of(frame)
        change = luma.astype(np.float32) - luma_of(frame)
        picture = before.copy()
        top = np.iinfo(before.dtype).max
        picture[..., :3] = np.clip(np.rint(before[..., :3] + change[..., None]), 0, top)
        return frame_of(picture, frame, before)
    made = Frame(frame.width, frame.height, frame.format.name)
    for old, new in zip(frame.planes, made.planes, strict=True):
        source, target = _lines(old), _lines(new)
        shared = min(source.shape[1], target.shape[1])
        target[:, :shared] = source[:, :shared]
    _first_plane(made)[:] = luma
    made.pts, made.time_base, made.duration = frame.pts, frame.time_base, frame.duration
    made.colorspace, made.color_range = frame.colorspace, frame.color_range
    made.color_trc, made.color_primaries = frame.color_trc, frame.color_primaries
    return made


def bits_of(frame: Frame) -> int:
    """Give the depth of a sample of what ``luma_of`` gives."""
    if _begins_with_luma(frame):
        return int(frame.format.components[0].bits)
    return 8 if luma_of(frame).dtype == np.uint8 else 16


def tiny(luma: Luma) -> NDArray[np.float32]:
    """Shrink to 32 by 18, brightness and contrast set aside: what shots are told apart by."""
    small = cv2.resize(luma.astype(np.float32), SMALL, interpolation=cv2.INTER_AREA).ravel()
    small -= small.mean()
    length = float(np.linalg.norm(small))
    found: NDArray[np.float32] = small / length if length > 1e-3 else np.zeros_like(small)
    return found


def same_shot(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Say whether two that ``tiny`` gave are of one shot; pictures without any detail are."""
    if not one.any() or not other.any():
        return bool(one.any() == other.any())
    return float(one @ other) > ALIKE


def _begins_with_luma(frame: Frame) -> bool:
    name = frame.format.name
    little = not name.endswith("be")
    return little and name.startswith(("yuv", "gray")) and not name.startswith("yuyv")


def _first_plane(frame: Frame) -> Luma:
    dtype: Any = np.uint8 if frame.format.components[0].bits == 8 else np.uint16
    memory: Any = frame.planes[0]
    lines = np.frombuffer(memory, dtype).reshape(frame.planes[0].height, -1)
    found: Luma = lines[:, : frame.planes[0].width]
    return found


def _lines(plane: Any) -> NDArray[np.uint8]:
    return np.frombuffer(plane, np.uint8).reshape(plane.height, -1)
