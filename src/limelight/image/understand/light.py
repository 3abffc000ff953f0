"""How bright, contrasty, colourful and sharp a picture is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.image.picture import Picture, values_of

SIDE = 1024
BLUR = 9
"""Pixels over which a picture is blurred once more, to see what it loses by it."""

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Light:
    """Measures of a picture, as it looks over mid grey with at most 1,024 pixels a side.

    ``brightness`` is the mean luma and ``contrast`` its deviation, of 1; ``colourfulness`` that of
    Hasler and Süsstrunk 2003 (0 grey, about 0.2 moderately, 0.4 and more extremely colourful);
    ``sharpness`` is 1 less the blur of Crete et al. 2007: about 0.2 and less blurred, 0.6 and more
    crisp. ``detail`` are 32 numbers, the roots of the shares of eight directions of edges in 2 by 2
    quarters: their product is 1 for the same.
    """

    brightness: float
    contrast: float
    colourfulness: float
    sharpness: float
    detail: Values


def light_in(picture: Picture) -> Light:
    """Measure a picture."""
    colours = shrunk(picture) * 255
    luma: Values = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    red_green = colours[..., 0] - colours[..., 1]
    yellow_blue = (colours[..., 0] + colours[..., 1]) / 2 - colours[..., 2]
    spread = np.hypot(red_green.std(), yellow_blue.std())
    centre = np.hypot(red_green.mean(), yellow_blue.mean())
    return Light(
        brightness=float(luma.mean() / 255),
        contrast=float(luma.std() / 255),
        colourfulness=float((spread + 0.3 * centre) / 255),
        sharpness=1 - max(_blur(luma, axis) for axis in (0, 1)),
        detail=_directions(luma),
    )


def shrunk(picture: Picture, side: int = SIDE) -> Values:
    """Give a picture as numbers from 0 to 1 (height, width, 3), no side longer than ``side``.

    What is transparent is mid grey.
    """
    height, width = picture.shape[:2]
    values = values_of(picture)
    if values.shape[2] == 4:
        values = (values[..., :3] - 0.5) * values[..., 3:] + 0.5
    scale = side / max(height, width)
    if scale < 1:
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        values = cv2.resize(values, size, interpolation=cv2.INTER_AREA).reshape(*size[::-1], 3)
    found: Values = values
    return found


def _blur(luma: Values, axis: int) -> float:
    """Give the share of a luma's variation along ``axis`` that blurring it further leaves."""
    size = (1, BLUR) if axis == 0 else (BLUR, 1)
    blurred = cv2.blur(luma, size).reshape(luma.shape)
    before, after = (np.abs(np.diff(plane, axis=axis)) for plane in (luma, blurred))
    total = float(before.sum())
    lost = float(np.maximum(before - after, 0).sum())
    return 1.0 if total <= 0 else (total - lost) / total


def _directions(luma: Values) -> Values:
    small = cv2.resize(luma, (128, 128), interpolation=cv2.INTER_AREA)
    across, down = cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    direction = (np.arctan2(down, across) % np.pi / np.pi * 8).astype(np.int64) % 8
    quarter = np.kron([[0, 1], [2, 3]], np.ones((64, 64), np.int64))
    counts = np.bincount((quarter * 8 + direction).ravel(), strength.ravel().astype(float), 32)
    found: Values = np.sqrt(counts / max(counts.sum(), 1e-9)).astype(np.float32)
    return found
