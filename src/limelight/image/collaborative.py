"""Noise out of pictures by what is alike in them: block matching and 3D filtering (BM3D).

Dabov et al. 2007, "Image denoising by sparse 3-D transform-domain collaborative filtering", and
"Color image denoising via sparse 3D collaborative filtering with grouping constraint in
luminance-chrominance space" for colours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Planes = NDArray[np.float32]
"""(channels, height, width), full scale at 255; blocks are matched by the first channel."""

SIDE, STEP, RADIUS, MOST = 8, 4, 12, 16
"""Pixels of a block, from one reference block to the next, and to where matches are sought; and
how many blocks a group has at most."""
MARGIN = 4 * (RADIUS + SIDE)
"""What decides over a pixel, in both passes, lies no farther than that."""
THRESHOLD = 2.7
"""Coefficients below so many standard deviations of the noise are noise, in the first pass."""
ALIKE_NOISY, ALIKE_CLEAN = 2500.0, 400.0
"""Mean squared differences of blocks up to which they are taken for alike, in either pass."""


def filtered(planes: Planes, sigmas: NDArray[np.float32]) -> Planes:
    """Take out white noise of standard deviation ``sigmas`` (channels,) in each of ``planes``.

    Channels whose sigma is 0 come out as they are. Both sides must be 8 or more.
    """
    found: Planes = planes.copy()
    noisy = np.ascontiguousarray(planes[sigmas > 0])
    if not noisy.size:
        return found
    deviations = np.ascontiguousarray(sigmas[sigmas > 0], dtype=np.float32)
    guide = np.ascontiguousarray(planes[0])
    shape, window = _cosines(), _window()
    basic = _pass(guide, noisy, noisy, deviations, shape, window, np.float32(ALIKE_NOISY), False)
    if sigmas[0] > 0:
        guide = np.ascontiguousarray(basic[0])
    found[sigmas > 0] = _pass(
        guide, noisy, basic, deviations, shape, window, np.float32(ALIKE_CLEAN), True
    )
    return found


def _cosines() -> NDArray[np.float32]:
    """Give the orthonormal DCT-II matrix."""
    k, n = np.mgrid[:SIDE, :SIDE]
    matrix = np.sqrt(2 / SIDE) * np.cos(np.pi * (2 * n + 1) * k / (2 * SIDE))
    matrix[0] /= np.sqrt(2)
    found: NDArray[np.float32] = matrix.astype(np.float32)
    return found


def _window() -> NDArray[np.float32]:
    edge = np.kaiser(SIDE, 2.0)
    return np.outer(edge, edge).astype(np.float32)


@njit(nogil=True, cache=True, fastmath=True)
def _forward(group: Any, matrix: Any, work: Any) -> None:
    """Transform (8, 8, blocks) by the DCT along both sides, all blocks at once.

    Rows of the matrix are even and odd in turns, so that half of the products are enough.
    """
    for _ in range(2):
        for j in range(8):
            for k in range(4):
                for n in range(MOST):
                    work[k, n] = group[k, j, n] + group[7 - k, j, n]
                    work[7 - k, n] = group[k, j, n] - group[7 - k, j, n]
            for i in range(4):
                for n in range(MOST):
                    even = matrix[2 * i, 0] * work[0, n]
                    odd = matrix[2 * i + 1, 0] * work[7, n]
                    for k in range(1, 4):
                        even += matrix[2 * i, k] * work[k, n]
                        odd += matrix[2 * i + 1, k] * work[7 - k, n]
                    group[2 * i, j, n] = even
                    group[2 * i + 1, j, n] = odd
        _turn(group)


@njit(nogil=True, cache=True, fastmath=True)
def _backward(group: Any, matrix: Any, work: Any) -> None:
    """Undo ``_forward``."""
    for _ in range(2):
        for j in range(8):
            for i in range(8):
                for n in range(MOST):
                    work[i, n] = group[i, j, n]
            for k in range(4):
                for n in range(MOST):
                    even = matrix[0, k] * work[0, n]
                    odd = matrix[1, k] * work[1, n]
                    for i in range(1, 4):
                        even += matrix[2 * i, k] * work[2 * i, n]
                        odd += matrix[2 * i + 1, k] * work[2 * i + 1, n]
                    group[k, j, n] = even + odd
                    group[7 - k, j, n] = even - odd
        _turn(group)


@njit(nogil=True, cache=True)
def _turn(group: Any) -> None:
    """Exchange rows and columns."""
    for i in range(8):
        for j in range(i):
            for n in range(MOST):
                group[i, j, n], group[j, i, n] = group[j, i, n], group[i, j, n]


@njit(nogil=True, cache=True, fastmath=True)
def _across(blocks: Any, count: int) -> None:
    """Walsh-Hadamard transform across ``count`` of (blocks, 64), a power of two; self-inverse."""
    half = 1
    while half < count:
        for start in range(0, count, 2 * half):
            for n in range(start, start + half):
                for i in range(64):
                    a = blocks[n, i]
                    b = blocks[n + half, i]
                    blocks[n, i] = a + b
                    blocks[n + half, i] = a - b
        half *= 2
    scale = np.float32(1 / np.sqrt(count))
    for n in range(count):
        for i in range(64):
            blocks[n, i] *= scale


@njit(nogil=True, cache=True, fastmath=True)
def _gather(plane: Any, ys: Any, xs: Any, count: int, blocks: Any, group: Any) -> None:
    """Fetch the blocks of a group and transform across them; what lacks to MOST stays."""
    for n in range(count):
        for i in range(8):
            for j in range(8):
                blocks[n, 8 * i + j] = plane[ys[n] + i, xs[n] + j]
    _across(blocks, count)
    for i in range(8):
        for j in range(8):
            for n in range(MOST):
                group[i, j, n] = blocks[n, 8 * i + j]


@njit(nogil=True, cache=True, fastmath=True)
def _matches(guide: Any, y: int, x: int, alike: Any, far: Any, ys: Any, xs: Any) -> int:
    """Find the blocks most like the one at (y, x), the block itself first; a power of two."""
    height, width = guide.shape
    limit = alike * 64
    far[0], ys[0], xs[0] = -1, y, x
    count = 1
    for v in range(max(y - RADIUS, 0), min(y + RADIUS, height - SIDE) + 1):
        for u in range(max(x - RADIUS, 0), min(x + RADIUS, width - SIDE) + 1):
            if v == y and u == x:
                continue
            total = np.float32(0)
            for i in range(8):
                for j in range(8):
                    d = guide[v + i, u + j] - guide[y + i, x + j]
                    total += d * d
                if total >= limit:
                    break
            if total >= limit:
                continue
            place = min(count, MOST - 1)
            while place > 1 and far[place - 1] > total:
                far[place], ys[place], xs[place] = far[place - 1], ys[place - 1], xs[place - 1]
                place -= 1
            far[place], ys[place], xs[place] = total, v, u
            count = min(count + 1, MOST)
            if count == MOST:
                limit = far[MOST - 1]
    power = 1
    while power * 2 <= count:
        power *= 2
    return power


@njit(nogil=True, cache=True, fastmath=True)
def _cut(group: Any, count: int, least: Any) -> Any:
    """Set coefficients below ``least`` to 0; give how many are left."""
    kept = np.float32(0)
    for i in range(8):
        for j in range(8):
            for n in range(count):
                if abs(group[i, j, n]) < least:
                    group[i, j, n] = 0
                else:
                    kept += 1
    return kept


@njit(nogil=True, cache=True, fastmath=True)
def _weigh(group: Any, model: Any, count: int, sigma: Any) -> Any:
    """Weigh coefficients by their share of signal, as ``model`` has it; give the squares' sum."""
    kept = np.float32(0)
    for i in range(8):
        for j in range(8):
            for n in range(count):
                power = model[i, j, n] * model[i, j, n]
                factor = power / (power + sigma * sigma)
                group[i, j, n] *= factor
                kept += factor * factor
    return kept


@njit(nogil=True, cache=True, fastmath=True)
def _pass(
    guide: Any,
    noisy: Any,
    basic: Any,
    sigmas: Any,
    matrix: Any,
    window: Any,
    alike: Any,
    wiener: bool,
) -> Any:
    """Filter groups of blocks and put them back, averaged where they overlap.

    By a threshold, or by Wiener's factors from the ``basic`` estimate.
    """
    channels, height, width = noisy.shape
    summed = np.zeros(noisy.shape, np.float32)
    weights = np.zeros(noisy.shape, np.float32)
    blocks = np.zeros((MOST, 64), np.float32)
    group = np.zeros((8, 8, MOST), np.float32)
    model = np.zeros((8, 8, MOST), np.float32)
    work = np.empty((8, MOST), np.float32)
    far = np.empty(MOST, np.float32)
    ys = np.empty(MOST, np.int64)
    xs = np.empty(MOST, np.int64)
    for row in range((height - SIDE + STEP - 1) // STEP + 1):
        y = min(row * STEP, height - SIDE)
        for column in range((width - SIDE + STEP - 1) // STEP + 1):
            x = min(column * STEP, width - SIDE)
            count = _matches(guide, y, x, alike, far, ys, xs)
            for c in range(channels):
                _gather(noisy[c], ys, xs, count, blocks, group)
                _forward(group, matrix, work)
                if wiener:
                    _gather(basic[c], ys, xs, count, blocks, model)
                    _forward(model, matrix, work)
                    kept = _weigh(group, model, count, sigmas[c])
                else:
                    kept = _cut(group, count, np.float32(THRESHOLD) * sigmas[c])
                weight = 1 / max(kept, np.float32(1))
                _backward(group, matrix, work)
                for n in range(count):
                    for i in range(8):
                        for j in range(8):
                            blocks[n, 8 * i + j] = group[i, j, n]
                _across(blocks, count)
                for n in range(count):
                    for i in range(8):
                        for j in range(8):
                            w = weight * window[i, j]
                            summed[c, ys[n] + i, xs[n] + j] += w * blocks[n, 8 * i + j]
                            weights[c, ys[n] + i, xs[n] + j] += w
    return summed / weights
