"""Nearest patches, and pictures made of them: the compiled part of the exemplar's filling.

PatchMatch (Barnes et al. 2009): neighbouring patches have neighbouring matches, so a good match
spreads, and random search around it finds better ones. Patches are squares of 2 radius + 1 pixels;
``match`` holds, for every pixel, the row and the column of the patch that is nearest to its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from limelight.image.inpainting.holes import Hole, Values

Match = NDArray[np.int32]
"""(height, width, 2)."""


@njit(nogil=True, cache=True, fastmath=True)
def distance(
    values: Values, y: int, x: int, row: int, column: int, radius: int, limit: float
) -> np.floating[Any]:
    """Give the squared distance of two patches, or something above ``limit``."""
    found = np.float32(0)
    for j in range(-radius, radius + 1):
        for i in range(-radius, radius + 1):
            for c in range(values.shape[2]):
                apart = values[y + j, x + i, c] - values[row + j, column + i, c]
                found += apart * apart
        if found > limit:
            return found
    return found


@njit(nogil=True, cache=True)
def improve(
    values: Values,
    target: Hole,
    source: Hole,
    match: Match,
    cost: Values,
    radius: int,
    rounds: int,
    seed: int,
) -> None:
    """Better ``match`` of every pixel of ``target`` in place, ``cost`` its squared distance.

    Matches are pixels of ``source``. Those of the given ones that are none are drawn anew.
    """
    np.random.seed(seed)
    height, width = target.shape
    rows, columns = np.nonzero(target)
    allowed_rows, allowed_columns = np.nonzero(source)
    for one in range(len(rows)):
        y, x = rows[one], columns[one]
        row, column = match[y, x]
        if not source[row, column]:
            drawn = np.random.randint(len(allowed_rows))
            row, column = allowed_rows[drawn], allowed_columns[drawn]
            match[y, x, 0], match[y, x, 1] = row, column
        cost[y, x] = distance(values, y, x, row, column, radius, np.inf)
    for turn in range(rounds):
        step = 1 - 2 * (turn % 2)
        for nth in range(len(rows)):
            one = nth if step == 1 else len(rows) - 1 - nth
            y, x = rows[one], columns[one]
            best, row, column = cost[y, x], match[y, x, 0], match[y, x, 1]
            for down, across in ((step, 0), (0, step)):
                above, before = y - down, x - across
                if 0 <= above < height and 0 <= before < width and target[above, before]:
                    j, i = match[above, before, 0] + down, match[above, before, 1] + across
                    if 0 <= j < height and 0 <= i < width and source[j, i]:
                        found = distance(values, y, x, j, i, radius, best)
                        if found < best:
                            best, row, column = found, j, i
            reach = max(height, width)
            while reach >= 1:
                j = row + np.random.randint(-reach, reach + 1)
                i = column + np.random.randint(-reach, reach + 1)
                if 0 <= j < height and 0 <= i < width and source[j, i]:
                    found = distance(values, y, x, j, i, radius, best)
                    if found < best:
                        best, row, column = found, j, i
                reach //= 2
            cost[y, x], match[y, x, 0], match[y, x, 1] = best, row, column


@njit(nogil=True, cache=True)
def vote(
    values: Values,
    hole: Hole,
    target: Hole,
    match: Match,
    cost: Values,
    trust: Values,
    radius: int,
    sharpness: float,
) -> None:
    """Fill ``hole`` in place with the mean of what all patches over a pixel show there.

    A patch weighs as it is near its match, compared with the others over the pixel, and by the
    ``trust`` in its middle. The higher ``sharpness`` is, the more the best one has its way.
    """
    height, width, channels = values.shape
    rows, columns = np.nonzero(hole)
    made = np.zeros((len(rows), channels), np.float32)
    for one in range(len(rows)):
        y, x = rows[one], columns[one]
        least = np.float32(np.inf)
        total = np.float32(0)
        count = 0
        top, bottom = max(y - radius, 0), min(y + radius, height - 1)
        left, right = max(x - radius, 0), min(x + radius, width - 1)
        for j in range(top, bottom + 1):
            for i in range(left, right + 1):
                if target[j, i]:
                    least = min(least, cost[j, i])
                    total += cost[j, i]
                    count += 1
        if count == 0:
            made[one] = values[y, x]
            continue
        scale = sharpness / max(total / count, np.float32(1e-9))
        weights = np.float32(0)
        for j in range(top, bottom + 1):
            for i in range(left, right + 1):
                if target[j, i]:
                    weight = trust[j, i] * np.exp(-(cost[j, i] - least) * scale)
                    row, column = match[j, i, 0] + y - j, match[j, i, 1] + x - i
                    weights += weight
                    for c in range(channels):
                        made[one, c] += weight * values[row, column, c]
        for c in range(channels):
            made[one, c] /= weights
    for one in range(len(rows)):
        values[rows[one], columns[one]] = made[one]
