"""A picture in memory, as stored samples, as numbers from 0 to 1, and as light."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.unsignedinteger[Any]]
"""(height, width, 3) red, green, blue, or (height, width, 4) with alpha that is not multiplied in.

uint8, or uint16 with full scale 65535; coded with sRGB's curve or a video's, which is near enough.
A grey picture has three equal channels.
"""

Values = NDArray[np.float32]
"""The same as float32, full scale at 1."""


def values_of(picture: Picture) -> Values:
    """Give a picture's samples as numbers from 0 to 1, still coded."""
    scale = np.float32(1 / np.iinfo(picture.dtype).max)
    found: Values = picture * scale
    return found


def picture_of(values: Values, dtype: np.dtype[Any]) -> Picture:
    """Round numbers from 0 to 1 to samples of ``dtype``; what is beyond is cut."""
    top = np.float32(np.iinfo(dtype).max)
    found: Picture = np.rint(np.clip(values, 0, 1) * top).astype(dtype)
    return found


def light_of(picture: Picture) -> Values:
    """Undo sRGB's curve (IEC 61966-2-1): numbers from 0 to 1 that are proportional to light.

    Not for alpha, which is a share already.
    """
    found: Values = _light(picture.dtype)[picture]
    return found


def coded(light: Values) -> Values:
    """Put light from 0 to 1 under sRGB's curve again; what is beyond is cut."""
    light = np.clip(light, 0, 1)
    found: Values = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return found


@cache
def _light(dtype: np.dtype[Any]) -> Values:
    top = np.iinfo(dtype).max
    levels = np.arange(top + 1, dtype=np.float64) / top
    table = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return table.astype(np.float32)
