"""A membrane over a hole: the harmonic surface that its border holds up."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import splu

from limelight.image.inpainting.holes import Hole, Values

MOST = 50_000
"""Pixels that are solved for; of a larger hole, a picture of half the size is, and smoothed."""
SWEEPS = 40
CROSS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4


def membrane(values: Values, hole: Hole) -> None:
    """Fill ``hole`` within ``values``, (height, width, channels), in place: Laplace's equation.

    At the picture's own border the surface is level. Something must be known.
    """
    if hole.sum() > MOST:
        _coarsely(values, hole)
        return
    rows, columns = np.nonzero(hole)
    count = len(rows)
    number = np.full(hole.shape, -1, np.int64)
    number[rows, columns] = np.arange(count)
    ones, others = [], []
    degree = np.zeros(count)
    known = np.zeros((count, values.shape[2]))
    for down, across in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        y, x = rows + down, columns + across
        inside = (y >= 0) & (y < hole.shape[0]) & (x >= 0) & (x < hole.shape[1])
        degree += inside
        one = np.flatnonzero(inside)
        other = number[y[one], x[one]]
        given = other < 0
        known[one[given]] += values[y[one[given]], x[one[given]]]
        ones.append(one[~given])
        others.append(other[~given])
    one, other = np.concatenate(ones), np.concatenate(others)
    every = np.arange(count)
    shape = (count, count)
    weights = np.concatenate([np.full(len(one), -1.0), degree])
    matrix = coo_matrix(
        (weights, (np.concatenate([one, every]), np.concatenate([other, every]))), shape=shape
    ).tocsc()
    factors = splu(matrix, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
    values[rows, columns] = factors.solve(known)


def _coarsely(values: Values, hole: Hole) -> None:
    height, width = hole.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    known = (~hole).astype(np.float32)
    share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(values * known[..., None], size, interpolation=cv2.INTER_AREA)
    small = small.reshape(*share.shape, -1) / np.maximum(share, 1e-6)[..., None]
    membrane(small, share == 0)
    values[hole] = cv2.resize(small, (width, height)).reshape(values.shape)[hole]
    for _ in range(SWEEPS):
        around = cv2.filter2D(values, -1, CROSS, borderType=cv2.BORDER_REPLICATE)
        values[hole] = around.reshape(values.shape)[hole]
