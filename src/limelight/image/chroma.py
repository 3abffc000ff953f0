"""Chroma of half the size, as JPEG and most video hold it, made as sharp as luma is.

Around an edge, colours lie on a line: chroma is a linear function of luma there. Its slope is
measured on pictures of half the size, where both are known, and luma's own fine detail, times that
slope, is what chroma lost.
"""

from __future__ import annotations

import cv2
import numpy as np

from limelight.image.picture import Picture, Values

MARGIN = 8
"""Pixels around one that decide what becomes of it."""
RADIUS = 2
FLAT = 1e-4
"""Variance of luma that tells nothing of chroma."""
EDGE = 0.02
"""Fine detail of luma that is an edge, and no noise."""
LOST = 0.4
"""Chroma that has less of the detail that luma leads to expect was of half the size."""
LOOKED_AT = 1024
"""The side of the middle of a picture that tells."""


def has_half_chroma(picture: Picture) -> bool:
    """Say whether chroma lacks the fine detail that luma has, by the middle of a picture."""
    height, width = picture.shape[:2]
    top, left = max((height - LOOKED_AT) // 4 * 2, 0), max((width - LOOKED_AT) // 4 * 2, 0)
    middle = picture[top : top + LOOKED_AT, left : left + LOOKED_AT]
    coded, expected, own = _details(middle)
    edges = np.abs(coded[..., 0] - _low(coded[..., :1])[..., 0]) > EDGE
    power = float((expected[edges] ** 2).sum())
    return power > 0 and float((own[edges] * expected[edges]).sum()) < LOST * power


def with_full_chroma(picture: Picture) -> Picture:
    """Give a picture (height, width, 3) whose chroma has the detail that luma leads to expect.

    Parts of a picture are to begin at even rows and columns.
    """
    top = np.iinfo(picture.dtype).max
    coded, expected, own = _details(picture)
    coded[..., 1:] += expected - own
    light = cv2.cvtColor(coded, cv2.COLOR_YCrCb2RGB).reshape(coded.shape)
    found: Picture = np.rint(np.clip(light, 0, 1) * np.float32(top)).astype(picture.dtype)
    return found


def _details(picture: Picture) -> tuple[Values, Values, Values]:
    """Give luma and chroma, chroma's fine detail as luma leads to expect, and as it is."""
    values = picture[..., :3].astype(np.float32) / np.float32(np.iinfo(picture.dtype).max)
    coded = cv2.cvtColor(values, cv2.COLOR_RGB2YCrCb).reshape(values.shape)
    half = _halved(coded)
    luma, chroma = half[..., :1], half[..., 1:]
    mean_luma, mean_chroma = _mean(luma), _mean(chroma)
    variance = _mean(luma * luma) - mean_luma**2
    slope = (_mean(luma * chroma) - mean_luma * mean_chroma) / (variance + FLAT)
    fine = coded - _enlarged(half, coded.shape)
    return coded, _enlarged(slope, coded.shape) * fine[..., :1], fine[..., 1:]


def _low(values: Values) -> Values:
    return _enlarged(_halved(values), values.shape)


def _halved(values: Values) -> Values:
    height, width, channels = values.shape
    even = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)), "edge")
    blocks = even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2, channels)
    found: Values = blocks.mean(axis=(1, 3), dtype=np.float32)
    return found


def _enlarged(half: Values, shape: tuple[int, ...]) -> Values:
    rows, columns, channels = half.shape
    large = cv2.resize(half, (2 * columns, 2 * rows)).reshape(2 * rows, 2 * columns, channels)
    found: Values = large[: shape[0], : shape[1]]
    return found


def _mean(values: Values) -> Values:
    found: Values = cv2.blur(values, (2 * RADIUS + 1, 2 * RADIUS + 1)).reshape(values.shape)
    return found
