"""Scratches, dust and folds in a photograph, told from what it shows.

What lies on a print or a negative is lighter or darker than all that is around it, thin or small,
and the picture goes on alike on both of its sides. Edges fail by that (their sides differ), texture
by standing out no more than its surroundings do.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from limelight.image.picture import Picture, values_of

Luma = NDArray[np.float32]
Mask = NDArray[np.bool_]

WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
REACH = 12
"""Half of the length over which a line is looked at."""
ALMOST = 0.85
"""The share of a line's length on which it must show."""
FAINTER, FAINTLY = 0.5, 0.7
"""How much fainter, and on how much of its length, it may go on where it is sure elsewhere."""
RARE, AROUND = 0.1, 61
"""The share of places of which that may be true all around, and how wide around is."""
BUSY = 31
"""Pixels of the side of a square whose variation a line has to be seen before."""
SIDES = (4.0, 6.5)
"""From where to where its sides are, in pixels from its middle: it is up to 6 pixels wide."""
DIRECTIONS = 24
SHORTEST = 22
"""Pixels that a line goes one way, at least: arcs and short strokes belong to the picture."""
SPOT = 11
"""Pixels across, of the largest speck."""
GREY, LESS = 0.12, 0.8
"""Dust and bare paper have no colour: so much at most, or so much of that around them."""
GRAIN = 0.02
"""The least that a picture varies, of full scale."""
FEWEST, SHARPEST = 384, 1536
"""The shorter sides of a picture's sizes that are looked at: marks are wider in finer scans."""


def damage(picture: Picture, strength: float = 0.5) -> Mask:
    """Say which pixels are damaged, (height, width).

    ``strength`` from 0 to 1 is how faint a mark may be, against its surroundings, to be found.
    """
    height, width = picture.shape[:2]
    found = np.zeros((height, width), bool)
    values = values_of(picture)[..., :3]
    luma: Luma = values @ WEIGHTS
    colour: Luma = np.ptp(values, axis=2)
    while True:
        seen = _colourless(marks(luma, strength), colour).astype(np.uint8)
        found |= cv2.resize(seen, (width, height), interpolation=cv2.INTER_NEAREST) > 0
        if min(luma.shape) < 2 * FEWEST:
            return found
        size = ((luma.shape[1] + 1) // 2, (luma.shape[0] + 1) // 2)
        luma = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
        colour = cv2.resize(colour, size, interpolation=cv2.INTER_AREA)


def _colourless(found: Mask, colour: Luma) -> Mask:
    """Keep marks that are grey, or have clearly less colour than what surrounds them."""
    labels, count = ndimage.label(found, np.ones((3, 3)))
    wide = cv2.dilate(labels.astype(np.float32), np.ones((9, 9), np.uint8)).astype(np.int32)
    every = np.arange(count + 1)
    inner = cv2.erode(found.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    own = np.nan_to_num(ndimage.mean(colour, np.where(inner, labels, 0), every))
    around = np.nan_to_num(ndimage.mean(colour, np.where(found, 0, wide), every))
    kept = (own < GREY) | (own < LESS * around)
    kept[0] = False
    marked: Mask = kept[labels]
    return marked


def marks(luma: Luma, strength: float) -> Mask:
    """Find marks of up to six pixels' width in one size of a picture."""
    if min(luma.shape) < 3:
        return np.zeros(luma.shape, bool)
    clearly = 1.4 - 1.2 * strength  # of how much its surroundings vary
    least = 0.14 - 0.12 * strength  # of full scale
    found = np.zeros(luma.shape, bool)
    for sign in (1, -1):
        bright = luma if sign == 1 else 1 - luma
        found |= _lines(bright, clearly, least) | _spots(bright, 4 * clearly, 2 * least)
    whole: Mask = cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return whole


def _lines(bright: Luma, clearly: float, least: float) -> Mask:
    """Find what is brighter than both of its sides almost all along a line, and rarely beside it.

    So lines that nobody ruled are told from texture (an a-contrario argument, as Newson et al.
    2014 use it for film): where every second place looks so, a line of them is no surprise.
    """
    line = np.zeros(bright.shape, bool)
    squares = bright * bright
    mean = cv2.blur(bright, (BUSY, BUSY))
    varied = np.sqrt(np.maximum(cv2.blur(squares, (BUSY, BUSY)) - mean * mean, 0))
    needed = np.maximum(least, clearly * varied.reshape(bright.shape))
    for middle, one, other, along in _kernels():
        left, right = _filtered(bright, one), _filtered(bright, other)
        step = _filtered(bright, middle) - np.maximum(left, right)
        alike = np.abs(left - right) < 0.7 * step
        way = (along > 0).astype(np.uint8)
        sure = _along((step > needed) & alike, along, way, ALMOST)
        faint = _along((step > FAINTER * needed) & alike, along, way, FAINTLY)
        labels, count = ndimage.label(faint, np.ones((3, 3)))
        kept = np.zeros(count + 1, bool)
        kept[np.unique(labels[sure])] = True
        for label, place in enumerate(ndimage.find_objects(labels), 1):
            kept[label] &= _length(place) >= SHORTEST
        kept[0] = False
        line |= kept[labels]
    return _whole(line, bright)


def _length(place: tuple[slice, ...]) -> float:
    return float(np.hypot(*(part.stop - part.start for part in place)))


def _along(ridge: Mask, along: NDArray[Any], way: NDArray[np.uint8], share: float) -> Mask:
    """Keep what has so much of a line's length, of which there is little all around."""
    values = ridge.astype(np.float32)
    usual = cv2.blur(values, (AROUND, AROUND)).reshape(ridge.shape)
    full = ((_filtered(values, along) >= share) & (usual < RARE)).astype(np.uint8)
    found: Mask = ridge & (cv2.dilate(full, way).reshape(ridge.shape) > 0)
    return found


def _whole(line: Mask, bright: Luma) -> Mask:
    """Give lines their width: what beside one stands out nearly as much belongs to it."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    out = bright - cv2.morphologyEx(bright, cv2.MORPH_OPEN, disc)
    near = cv2.dilate(line.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    level = cv2.dilate(np.where(line, out, 0).astype(np.float32), np.ones((5, 5), np.uint8))
    found: Mask = line | (near & (out > 0.4 * level))
    return found


def _spots(bright: Luma, surely: float, least: float) -> Mask:
    """Find what is small, round enough, and brighter than all around it."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (SPOT + 2, SPOT + 2))
    out = bright - cv2.morphologyEx(bright, cv2.MORPH_OPEN, disc)
    labels, count = ndimage.label(out > least / 2, np.ones((3, 3)))
    every = np.arange(1, count + 1)
    high = ndimage.maximum(out, labels, every)
    kept = np.zeros(count + 1, bool)
    for label, place in enumerate(ndimage.find_objects(labels), 1):
        if high[label - 1] < least or max(part.stop - part.start for part in place) > SPOT:
            continue
        around = tuple(slice(max(part.start - 4, 0), part.stop + 4) for part in place)
        own = (labels[around] == label).astype(np.uint8)
        side = np.ones((3, 3), np.uint8)
        near = (cv2.dilate(own, side, iterations=4) > 0) & (cv2.dilate(own, side) == 0)
        values = bright[around]
        if own.sum() < 3 or not near.any():
            continue
        ring = values[near]
        rise = np.median(values[own > 0]) - np.median(ring)
        kept[label] = rise > least and rise > surely * (GRAIN + ring.std())
    marked: Mask = kept[labels]
    return marked


def _filtered(values: Luma, kernel: NDArray[Any]) -> Luma:
    found: Luma = cv2.filter2D(values, -1, kernel, borderType=cv2.BORDER_REFLECT_101)
    return found.reshape(values.shape)


def _kernels() -> list[tuple[NDArray[np.float32], ...]]:
    """Give what takes the mean, for each direction, on a line, on both sides of it, and along it.

    The first three look a few pixels along, the last one over the whole length.
    """
    rows, columns = np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1]
    found = []
    for angle in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
        along = columns * np.cos(angle) + rows * np.sin(angle)
        across = rows * np.cos(angle) - columns * np.sin(angle)
        here = np.abs(along) <= 2
        parts = [
            here & (np.abs(across) <= 0.7),
            here & (across >= SIDES[0]) & (across <= SIDES[1]),
            here & (across <= -SIDES[0]) & (across >= -SIDES[1]),
            (np.abs(along) <= REACH) & (np.abs(across) <= 0.7),
        ]
        found.append(tuple((part / part.sum()).astype(np.float32) for part in parts))
    return found
