"""A small, coarse matte made the opacity of a large picture, and the colours of its edges clean."""

from __future__ import annotations

import cv2
import numpy as np

from limelight.image.picture import Picture, Values, coded, light_of

RADIUS, SMOOTHNESS = 4, 1e-3
CLEAR, SOLID = 0.2, 0.9
"""Opacity that is none, and opacity that is all: networks are seldom quite sure."""
FAR, NEAR = 90, 6
"""Pixels in which the colours beside an edge are looked for, at first and then."""
BLOCK = 1024


def cut(picture: Picture, matte: Values) -> Picture:
    """Give a picture (height, width, 4) the opacity of ``matte``, which is smaller or larger.

    The matte is fitted to the picture's edges, and where it is soft, what is seen of the background
    is taken out of the colours. Alpha that is there already stays, as a share.
    """
    opacity = np.clip((guided(matte, picture) - CLEAR) / (SOLID - CLEAR), 0, 1)
    top = np.iinfo(picture.dtype).max
    found = np.empty((*picture.shape[:2], 4), picture.dtype)
    edge = FAR + NEAR
    for row in range(0, len(picture), BLOCK):
        for column in range(0, picture.shape[1], BLOCK):
            above, before = max(row - edge, 0), max(column - edge, 0)
            around = np.s_[above : row + BLOCK + edge, before : column + BLOCK + edge]
            clean = _cleaned(picture[around][..., :3], opacity[around])
            inner = np.s_[row : row + BLOCK, column : column + BLOCK]
            found[inner][..., :3] = clean[row - above :, column - before :][:BLOCK, :BLOCK]
    old = picture[..., 3] if picture.shape[2] == 4 else top
    found[..., 3] = np.rint(opacity * old)
    return found


def guided(matte: Values, picture: Picture) -> Values:
    """Fit a matte to a picture's edges: the fast guided filter (He and Sun 2015)."""
    height, width = picture.shape[:2]
    grey = picture[..., :3].mean(axis=2, dtype=np.float32) / np.iinfo(picture.dtype).max
    size = (min(matte.shape[1], width), min(matte.shape[0], height))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).reshape(size[::-1])
    matte = cv2.resize(matte, size, interpolation=cv2.INTER_AREA).reshape(size[::-1])

    def mean(values: Values) -> Values:
        found: Values = cv2.boxFilter(values, -1, (2 * RADIUS + 1, 2 * RADIUS + 1))
        return found.reshape(values.shape)

    mean_grey, mean_matte = mean(small), mean(matte)
    slope = (mean(small * matte) - mean_grey * mean_matte) / (
        mean(small * small) - mean_grey**2 + SMOOTHNESS
    )
    offset = mean(mean_matte - slope * mean_grey)
    large = [
        cv2.resize(one, (width, height)).reshape(height, width) for one in (mean(slope), offset)
    ]
    found: Values = large[0] * grey + large[1]
    return found


def _cleaned(picture: Picture, opacity: Values) -> Picture:
    """Take what is seen of the background out of the colours where opacity is soft.

    Forte 2021, "Approximate fast foreground colour estimation", in linear light.
    """
    soft = (opacity > 0) & (opacity < 1)
    if not soft.any():
        return picture
    light = light_of(picture)
    share = opacity[..., None]
    front = back = light
    for radius in (FAR, NEAR):
        window = (2 * radius + 1, 2 * radius + 1)
        much = cv2.blur(opacity, window).reshape(share.shape)
        rest = cv2.blur(1 - opacity, window).reshape(share.shape)
        near = cv2.blur(front * share, window).reshape(light.shape) / np.maximum(much, 1e-5)
        back = cv2.blur(back * (1 - share), window).reshape(light.shape) / np.maximum(rest, 1e-5)
        front = np.clip(near + share * (light - share * near - (1 - share) * back), 0, 1)
    top = np.float32(np.iinfo(picture.dtype).max)
    clean = np.rint(coded(front) * top).astype(picture.dtype)
    return np.where(soft[..., None], clean, picture)
