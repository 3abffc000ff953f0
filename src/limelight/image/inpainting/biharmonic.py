"""Scratches closed by the smoothest surface that goes through what surrounds them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, diags
from scipy.sparse.linalg import splu

from limelight.errors import BadInputError
from limelight.image.inpainting.holes import Hole, numbered

Samples = NDArray[Any]

BATCH = 50_000
"""Unknown pixels that are solved for at once; a hole is never parted."""
MOST = 300_000
"""Pixels of one hole that are solved for, in a gigabyte."""
STEADY = 1e-7
"""What a pixel costs for being far from its neighbourhood's mean: nothing, unless it is free."""


def biharmonic(values: Samples, hole: Hole) -> None:
    """Fill ``hole``, (height, width), within ``values``, (height, width, channels), in place.

    ``values`` are samples of a picture, or numbers.

    What is filled bends as little as it can: the sum of squared second differences, f_xx^2 +
    2 f_xy^2 + f_yy^2, is the least there is, so that the biharmonic equation holds within a hole
    (Damelin and Hoang 2018), and at the picture's border the surface is free. Holes that are apart
    are apart in the equations too; one factorisation serves all channels. Raises BadInputError
    for a hole that is too large for that.
    """
    within, labels = numbered(hole, 1)
    values, hole = values[within], hole[within]
    rows, columns = np.nonzero(hole)
    of = labels[rows, columns]
    order = np.argsort(of, kind="stable")
    rows, columns, of = rows[order], columns[order], of[order]
    ends = np.append(np.flatnonzero(np.diff(of)) + 1, len(of))
    if rows.size and (most := int(np.bincount(of).max())) > MOST:
        raise BadInputError(
            f"a hole has {most:,} pixels; the biharmonic surface is for scratches, up to {MOST:,}: "
            "take exemplar for it"
        )
    number = np.full(hole.shape, -1, np.int32)
    begin = 0
    while begin < len(of):
        fitting = ends[(ends > begin) & (ends <= begin + BATCH)]
        end = int(fitting[-1]) if fitting.size else int(ends[ends > begin][0])
        _solve(values, number, rows[begin:end], columns[begin:end])
        begin = end


def _solve(
    values: Samples, number: NDArray[np.int32], rows: NDArray[Any], columns: NDArray[Any]
) -> None:
    count = len(rows)
    number[rows, columns] = np.arange(count)
    equation, unknown, weight, known = _equations(values, number, rows, columns)
    shape = (len(known), count)
    matrix = csc_matrix((weight, (equation, unknown)), shape=shape)
    near = tuple(slice(max(one.min() - 2, 0), one.max() + 3) for one in (rows, columns))
    mean = values[near][number[near] < 0].mean(axis=0)
    normal = (matrix.T @ matrix + diags(np.full(count, STEADY))).tocsc()
    wanted = matrix.T @ known + STEADY * mean
    factors = splu(normal, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
    made = factors.solve(wanted)
    if values.dtype.kind == "u":
        made = np.clip(np.rint(made), 0, np.iinfo(values.dtype).max)
    values[rows, columns] = made
    number[rows, columns] = -1


@njit(nogil=True, cache=True)
def _equations(
    values: Samples, number: NDArray[np.int32], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Write down every second difference that touches an unknown pixel: it should be nought.

    Gives the equations' numbers, the unknowns', their weights, and what is known, (equations,
    channels). A difference is written when the unknown of the least number in it comes.
    """
    height, width = number.shape
    channels = values.shape[2]
    ys = np.array([[0, 0, 0, 0], [-1, 0, 1, 0], [0, 0, 1, 1]])
    xs = np.array([[-1, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 1]])
    root = np.sqrt(2.0)
    weights = np.array([[1.0, -2.0, 1.0, 0.0], [1.0, -2.0, 1.0, 0.0], [root, -root, -root, root]])
    sizes = np.array([3, 3, 4])
    most = 10 * len(rows)
    equation = np.empty(4 * most, np.int64)
    unknown = np.empty(4 * most, np.int64)
    weight = np.empty(4 * most, np.float64)
    known = np.zeros((most, channels), np.float64)
    filled = 0
    count = 0
    for one in range(len(rows)):
        for kind in range(3):
            for part in range(sizes[kind]):
                top = rows[one] - ys[kind, part]
                left = columns[one] - xs[kind, part]
                inside = True
                first = one
                for k in range(sizes[kind]):
                    y, x = top + ys[kind, k], left + xs[kind, k]
                    if y < 0 or y >= height or x < 0 or x >= width:
                        inside = False
                        break
                    if number[y, x] >= 0:
                        first = min(first, number[y, x])
                if not inside or first < one:
                    continue
                for k in range(sizes[kind]):
                    y, x = top + ys[kind, k], left + xs[kind, k]
                    if number[y, x] >= 0:
                        equation[filled] = count
                        unknown[filled] = number[y, x]
                        weight[filled] = weights[kind, k]
                        filled += 1
                    else:
                        for c in range(channels):
                            known[count, c] -= weights[kind, k] * np.float64(values[y, x, c])
                count += 1
    return equation[:filled], unknown[:filled], weight[:filled], known[:count]
