"""Ridges: where a picture is lighter, or darker, than on both sides of a short line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Plane = NDArray[np.float32]
Places = NDArray[np.intp]

DIRECTIONS = 16
REACH = 6
"""Half of the length of the line, in pixels, over which a ridge is averaged."""
SIDES = ((3, 4), (5, 6))
"""Pixels from the middle to what is beside it, of narrow ridges and of wide ones."""
BEYOND = SIDES[-1][-1]


@dataclass(frozen=True)
class Ridges:
    """Of each pixel, (height, width), the direction in which it is the most of a ridge."""

    rise: Plane
    """How much more its middle is than the side that is nearer to it."""
    way: NDArray[np.int8]
    """The direction: quarter turns are 8."""
    middle: Plane
    left: Plane
    right: Plane


def ridges(luma: Plane) -> tuple[Ridges, Ridges]:
    """Find light ridges and dark ones of up to nine pixels' width."""
    height, width = luma.shape
    padded = np.pad(luma, REACH + BEYOND, mode="symmetric")
    light, dark = (
        Ridges(
            np.full(luma.shape, -1, np.float32),
            np.zeros(luma.shape, np.int8),
            *(np.zeros(luma.shape, np.float32) for _ in range(3)),
        )
        for _ in range(2)
    )
    for way in range(DIRECTIONS):
        dy, dx = _step(way)
        lines = np.zeros((height + 2 * BEYOND, width + 2 * BEYOND), np.float32)
        for along in range(-REACH, REACH + 1):
            y, x = REACH + round(along * dy), REACH + round(along * dx)
            lines += padded[y : y + lines.shape[0], x : x + lines.shape[1]]
        lines /= 2 * REACH + 1

        def beside(pixels: int, lines: Plane = lines, dy: float = dy, dx: float = dx) -> Plane:
            y, x = BEYOND + round(pixels * dx), BEYOND - round(pixels * dy)
            return lines[y : y + height, x : x + width]

        for near, far in SIDES:
            left, right = (
                (beside(side * near) + beside(side * far)) * np.float32(0.5) for side in (1, -1)
            )
            _take(light, way, beside(0) - np.maximum(left, right), beside(0), left, right)
            _take(dark, way, np.minimum(left, right) - beside(0), beside(0), left, right)
    return light, dark


def _take(best: Ridges, way: int, rise: Plane, middle: Plane, left: Plane, right: Plane) -> None:
    better = rise > best.rise
    best.way[better] = way
    for kept, new in zip(
        (best.rise, best.middle, best.left, best.right), (rise, middle, left, right), strict=True
    ):
        np.copyto(kept, new, where=better)


def _step(way: Any) -> tuple[Any, Any]:
    """Give a pixel's length in a direction as (down, across)."""
    angle = way * np.pi / DIRECTIONS
    return np.sin(angle), np.cos(angle)


def crests(found: Ridges, least: Plane) -> tuple[Places, Places]:
    """Give the rows and columns of ridges' middles that rise by more than ``least``."""
    rows, columns = np.nonzero(found.rise > least)
    dy, dx = _step(found.way[rows, columns])
    own = found.rise[rows, columns]
    top = np.ones(len(rows), bool)
    last, end = found.rise.shape[0] - 1, found.rise.shape[1] - 1
    for side in (1, -1):
        y = np.clip(rows + np.rint(side * dx).astype(np.intp), 0, last)
        x = np.clip(columns - np.rint(side * dy).astype(np.intp), 0, end)
        top &= own >= found.rise[y, x]
    return rows[top], columns[top]


def followed(
    rows: Places, columns: Places, way: Places, shape: tuple[int, ...], pixels: range
) -> tuple[Places, Places]:
    """Give pairs of crests of which the second goes on with the first, so many pixels ahead."""
    margin = pixels[-1] + 2
    number = np.full((shape[0] + 2 * margin, shape[1] + 2 * margin), -1, np.intp)
    number[rows + margin, columns + margin] = np.arange(len(rows))
    dy, dx = _step(way)
    firsts, seconds = [], []
    for ahead in pixels:
        for aside in (-1, 0, 1):
            y = rows + margin + np.rint(ahead * dy + aside * dx).astype(np.intp)
            x = columns + margin + np.rint(ahead * dx - aside * dy).astype(np.intp)
            other = number[y, x]
            turn = np.abs(way - way[other])
            on = np.flatnonzero((other >= 0) & (np.minimum(turn, DIRECTIONS - turn) <= 1))
            firsts.append(on)
            seconds.append(other[on])
    return np.concatenate(firsts), np.concatenate(seconds)


def joined(firsts: Places, seconds: Places, count: int) -> Places:
    """Number what hangs together by pairs."""
    pairs = coo_matrix((np.ones(len(firsts), np.int8), (firsts, seconds)), shape=(count, count))
    found: Places = connected_components(pairs, directed=False)[1].astype(np.intp)
    return found


def around(values: Plane, side: int) -> Plane:
    """Give the mean of a square of ``side`` pixels about each pixel."""
    found: Plane = cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT_101)
    return found.reshape(values.shape)


def spread(luma: Plane, side: int = 31) -> tuple[Plane, Plane]:
    """Give the mean and the standard deviation of a square about each pixel."""
    mean = around(luma, side)
    return mean, np.sqrt(np.maximum(around(luma * luma, side) - mean * mean, 0))
