"""Where a picture is to be filled: holes, their size, and what surrounds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

Hole = NDArray[np.bool_]
"""(height, width), true where a picture is to be filled."""

Values = NDArray[np.float32]
"""(height, width, channels) from 0 to 1."""

Within = tuple[slice, slice]


@dataclass(frozen=True)
class Place:
    """One hole among others: the box around it and its context, and the hole within the box."""

    rows: slice
    columns: slice
    hole: Hole


def places(hole: Hole, apart: int, context: int) -> Iterator[Place]:
    """Give every hole of its own; such as are nearer than ``apart`` pixels are one.

    The box has ``context`` pixels of surroundings, and thrice the hole's own thickness more.
    """
    within, labels = numbered(hole, (apart + 1) // 2)
    inner = hole[within]
    top, left = within[0].start, within[1].start
    for label, found in enumerate(find_objects(labels) if labels.size else (), 1):
        one = inner[found] & (labels[found] == label)
        around = context + int(3 * thickness(one))
        rows, columns = (
            slice(max(start + part.start - around, 0), min(start + part.stop + around, side))
            for start, part, side in zip((top, left), found, hole.shape, strict=True)
        )
        framed = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.bool_)
        y, x = top + found[0].start - rows.start, left + found[1].start - columns.start
        framed[y : y + one.shape[0], x : x + one.shape[1]] = one
        yield Place(rows, columns, framed)


def numbered(hole: Hole, reach: int) -> tuple[Within, NDArray[Any]]:
    """Number the holes, grown by ``reach`` pixels, from 1 on, within the box around them all."""
    down, across = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
    if not down.size:
        return (slice(0, 0), slice(0, 0)), np.zeros((0, 0), np.int32)
    edge = reach + 2
    rows, columns = (
        slice(max(int(one[0]) - edge, 0), min(int(one[-1]) + 1 + edge, side))
        for one, side in zip((down, across), hole.shape, strict=True)
    )
    grown = cv2.dilate(
        hole[rows, columns].astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)
    )
    return (rows, columns), cv2.connectedComponents(grown, connectivity=8)[1]


def thickness(hole: Hole) -> float:
    """Give how far a hole's innermost pixel is from what is known, in pixels."""
    padded = np.pad(hole.astype(np.uint8), 1)
    return float(cv2.distanceTransform(padded, cv2.DIST_L2, 5).max())
