"""Strokes that may be scratches, folds or hairs, and how likely each of them is damage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.image.ridges import (
    DIRECTIONS,
    Places,
    Plane,
    Ridges,
    around,
    crests,
    followed,
    joined,
    ridges,
    spread,
)

FAINTEST = 0.02
"""The least that a crest rises, of full scale."""
USUAL = 61
"""Pixels of the side of the square whose usual rise a crest must exceed."""
GAP, FAR = 8, 24
"""Pixels over which crests are one stroke, and over which strokes support each other."""
FEWEST = 10
"""Crests of a stroke, at least."""
FELLOWS = 81
"""Pixels of the side of the square in which others that go the same way are counted."""
SUPPORTED = 2.0
"""How much less likely a stroke may be that goes on where another one is sure."""
SPREAD = 0.4
"""What is beside a stroke belongs to it if it stands out by such a share of the stroke."""

EVIDENCE = (
    "straight",
    "rare",
    "uneven sides",
    "colour",
    "less colour",
    "extreme",
    "varied ground",
    "fellows",
)
"""What speaks for or against damage; see `_evidence`."""
WEIGHTS = np.array([0.47, -0.43, -1.59, -8.06, 29.09, 2.16, 10.94, -0.26])
BIAS = -4.86
"""Logistic regression on strokes of photographs, some of them damaged; by picture_marks.py among
the benchmarks."""
WITHOUT_COLOUR = [0, 1, 2, 5, 6, 7]
"""What there is to judge by in a picture without colour."""
# fmt: off
WEIGHTS_WITHOUT_COLOUR = np.array([
    0.013, -0.804, 1.781, 6.179, 6.431, 0.413,
    0.028, -0.162, -0.187, 0.526, 4.538, -0.080,
    -0.324, -0.369, -0.149, -1.776, 0.593,
    -0.060, -2.785, 4.452, 0.068,
    -1.208, -3.015, -0.554,
    -20.182, -1.171,
    -0.056,
])
# fmt: on
BIAS_WITHOUT_COLOUR = -7.476
"""The same regression on that evidence and its `products`: what little is left tells more jointly,
as that what is long and straight is none where much goes the same way."""


@dataclass(frozen=True)
class Strokes:
    """Strokes of one sign, as the crests that they consist of."""

    sign: int
    """1 for those that are lighter than their surroundings, -1 for darker ones."""
    rows: Places
    columns: Places
    way: Places
    of: Places
    """The number of each crest's stroke."""
    evidence: NDArray[np.float64]
    """(strokes, `EVIDENCE`)."""


def scratched(luma: Plane, colour: Plane, least: float, colourless: bool) -> NDArray[np.bool_]:
    """Say where strokes are whose log odds of being damage are more than ``least``.

    In a picture that is ``colourless``, they are judged without ``colour``.
    """
    found = np.zeros(luma.shape, np.bool_)
    for some in strokes(luma, colour):
        if colourless:
            likely = products(some.evidence) @ WEIGHTS_WITHOUT_COLOUR + BIAS_WITHOUT_COLOUR
        else:
            likely = some.evidence @ WEIGHTS + BIAS
        kept = _supported(some, luma.shape, likely > least, likely > least - SUPPORTED)[some.of]
        if kept.any():
            found |= _drawn(luma, some, kept)
    return found


def strokes(luma: Plane, colour: Plane) -> Iterator[Strokes]:
    """Give light strokes and dark ones, likely or not; ``colour`` is how far channels part."""
    found = ridges(luma)
    usual = around(np.maximum(np.maximum(found[0].rise, found[1].rise), 0), USUAL)
    least = np.maximum(FAINTEST, usual)
    for sign, one in zip((1, -1), found, strict=True):
        rows, columns = crests(one, least)
        if not rows.size:
            continue
        way = one.way[rows, columns].astype(np.intp)
        pairs = followed(rows, columns, way, luma.shape, range(1, GAP + 1))
        of = joined(*pairs, len(rows))
        long = np.bincount(of) >= FEWEST
        kept = long[of]
        if not kept.any():
            continue
        rows, columns, way = rows[kept], columns[kept], way[kept]
        of = (np.cumsum(long) - 1)[of[kept]]
        evidence = _evidence(sign, one, (rows, columns), of, luma, colour, usual)
        yield Strokes(sign, rows, columns, way, of, evidence)


def products(evidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give all evidence `WITHOUT_COLOUR`, then its squares and products, (strokes, 27)."""
    left = evidence[:, WITHOUT_COLOUR]
    one, other = np.triu_indices(left.shape[1])
    return np.hstack([left, left[:, one] * left[:, other]])


def _evidence(
    sign: int,
    found: Ridges,
    places: tuple[Places, Places],
    of: Places,
    luma: Plane,
    colour: Plane,
    usual: Plane,
) -> NDArray[np.float64]:
    """Measure strokes: what lies on a picture is straight, grey, and goes across what it shows."""
    count = np.bincount(of)

    def mean(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(of, values) / count

    rise, middle = found.rise[places], found.middle[places]
    left, right = found.left[places], found.right[places]
    ground, own = (left + right) / 2, colour[places]
    bright, varied = spread(luma)
    power = np.bincount(of, rise * rise)[of] / count[of]
    fellows = _parallel(found, places, luma.shape) / power - np.minimum(count, FELLOWS)[of]
    extreme = sign * (middle - bright[places]) / (varied[places] + 0.02)
    return np.stack(
        [
            np.log(count) - 12 * _bent(*places, of),
            mean(np.log(rise / (usual[places] + 0.004))),
            np.minimum(mean(np.abs(left - right) / rise), 1),
            np.minimum(mean(own), 0.25),
            np.clip(mean(around(colour, 9)[places] - own), -0.05, 0.12),
            np.clip(mean(extreme), 0, 2.2),
            np.minimum(np.sqrt(np.maximum(mean(ground * ground) - mean(ground) ** 2, 0)), 0.15),
            np.log1p(np.maximum(mean(fellows), 0)),
        ],
        axis=1,
    )


def _parallel(found: Ridges, places: tuple[Places, Places], shape: tuple[int, ...]) -> Plane:
    """Give the sum of squared rises of all that goes the same way about each crest."""
    rise, way = found.rise[places], found.way[places]
    about = np.empty(len(rise), np.float32)
    for one in range(DIRECTIONS):
        turn = np.abs(way - one)
        alike = np.minimum(turn, DIRECTIONS - turn) <= 1
        power = np.zeros(shape, np.float32)
        power[places[0][alike], places[1][alike]] = rise[alike] ** 2
        own = way == one
        about[own] = around(power, FELLOWS)[places[0][own], places[1][own]]
    return about * np.float32(FELLOWS**2)


def _bent(rows: Places, columns: Places, of: Places) -> NDArray[np.float64]:
    """Give how wide strokes are, against their length: 0 is straight."""
    count = np.bincount(of)

    def mean(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(of, values) / count

    y, x = rows - mean(rows)[of], columns - mean(columns)[of]
    down, across, both = mean(y * y), mean(x * x), mean(x * y)
    root = np.sqrt((down - across) ** 2 + 4 * both * both)
    small = np.maximum((down + across - root) / 2, 0)
    found: NDArray[np.float64] = np.sqrt(12 * small) / (np.sqrt(6 * (down + across + root)) + 1)
    return found


def _supported(
    some: Strokes, shape: tuple[int, ...], sure: NDArray[np.bool_], perhaps: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Keep sure strokes, and such as may be some and go on where a sure one ends."""
    among = np.flatnonzero(perhaps[some.of])
    if not sure.any() or not among.size:
        return sure
    firsts, seconds = followed(
        some.rows[among], some.columns[among], some.way[among], shape, range(GAP + 1, FAR + 1)
    )
    of = some.of[among]
    group = joined(of[firsts], of[seconds], len(sure))
    found: NDArray[np.bool_] = perhaps & np.isin(group, group[sure])
    return found


def _drawn(luma: Plane, some: Strokes, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Draw strokes without gaps, and as wide as they are."""
    rows, columns = some.rows[kept], some.columns[kept]
    firsts, seconds = followed(rows, columns, some.way[kept], luma.shape, range(1, GAP + 1))
    ends = np.stack([columns[firsts], rows[firsts], columns[seconds], rows[seconds]], axis=1)
    line = np.zeros(luma.shape, np.uint8)
    line[rows, columns] = 1
    cv2.polylines(line, list(ends.reshape(-1, 2, 2).astype(np.int32)), False, 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    way = cv2.MORPH_TOPHAT if some.sign > 0 else cv2.MORPH_BLACKHAT
    out = cv2.morphologyEx(luma, way, disc, borderType=cv2.BORDER_REFLECT_101).reshape(luma.shape)
    beside = np.ones((5, 5), np.uint8)
    level = cv2.dilate(np.where(line > 0, out, 0), beside).reshape(luma.shape)
    near = cv2.dilate(line, beside).reshape(luma.shape) > 0
    found: NDArray[np.bool_] = (line > 0) | (near & (out > SPREAD * level))
    return found
