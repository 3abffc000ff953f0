"""Specks that may be dust, and how likely each of them is damage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.image.ridges import Plane, around, spread

LARGEST = 13
"""Pixels across."""
LEVELS = (0.035, 0.07, 0.14, 0.28)
"""How much, of full scale, all of a speck stands out from what is around it."""
USUAL = 61
"""Pixels of the side of the square that shows how much usually stands out."""

EVIDENCE = ("area", "across", "rare", "extreme", "less colour", "crowd")
"""What speaks for or against damage; see `_evidence`."""
WEIGHTS = np.array([1.94, -0.44, 0.40, 1.18, 7.87, -17.70])
BIAS = -4.98
"""Logistic regression as in `strokes`."""

Labels = NDArray[np.intp]


def dusty(luma: Plane, colour: Plane, least: float) -> NDArray[np.bool_]:
    """Say where specks are whose log odds of being damage are more than ``least``."""
    found = np.zeros(luma.shape, np.bool_)
    for labels, evidence in specks(luma, colour):
        found |= np.append(False, evidence @ WEIGHTS + BIAS > least)[labels]
    return found


def specks(luma: Plane, colour: Plane) -> Iterator[tuple[Labels, NDArray[np.float64]]]:
    """Give all that is small and stands out, by how far: numbers from 1 on, and evidence of each.

    One speck may be found at several levels, and be larger at lower ones.
    """
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (LARGEST, LARGEST))
    light, dark = (
        cv2.morphologyEx(luma, way, disc, borderType=cv2.BORDER_REFLECT_101).reshape(luma.shape)
        for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT)
    )
    usual = around(np.maximum(light, dark), USUAL)
    mean, varied = spread(luma)
    extreme = (luma - mean) / (varied + np.float32(0.02))
    for sign, out in ((1, light), (-1, dark)):
        for level in LEVELS:
            _, labels, boxes, _ = cv2.connectedComponentsWithStats((out > level).astype(np.uint8))
            across = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
            fits = (across <= LARGEST) & (boxes[:, cv2.CC_STAT_AREA] >= 3)
            fits[0] = False
            if fits.any():
                labels = np.where(fits, np.cumsum(fits), 0)[labels].astype(np.intp)
                yield (
                    labels,
                    _evidence(labels, across[fits], sign * luma, colour, extreme * sign, usual),
                )


def _evidence(
    labels: Labels, across: NDArray[Any], bright: Plane, colour: Plane, extreme: Plane, usual: Plane
) -> NDArray[np.float64]:
    """Measure specks: dust is grey, compact, and stands out where little else does."""
    count = len(across)
    numbers = labels.astype(np.float32)
    grown, wide = (
        cv2.dilate(numbers, np.ones((side, side), np.uint8)).reshape(labels.shape)
        for side in (3, 9)
    )
    ring = np.where(grown > 0, 0, wide).astype(np.intp)
    area = np.bincount(labels.ravel(), minlength=count + 1)[1:]

    def mean(values: Plane, where: Labels) -> NDArray[np.float64]:
        places = np.flatnonzero(where)
        of = where.ravel()[places] - 1
        sums = np.bincount(of, values.ravel()[places], minlength=count)
        return sums / np.maximum(np.bincount(of, minlength=count), 1)

    rise = np.maximum(mean(bright, labels) - mean(bright, ring), 1e-3)
    crowd = around((labels > 0).astype(np.float32), USUAL)
    return np.stack(
        [
            np.log(area),
            across,
            np.log(rise / (mean(usual, labels) + 0.004)),
            np.clip(mean(extreme, labels), 0, 3),
            np.clip(mean(colour, ring) - mean(colour, labels), -0.05, 0.12),
            mean(crowd, labels) - area / USUAL**2,
        ],
        axis=1,
    )
