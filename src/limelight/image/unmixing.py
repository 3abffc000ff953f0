"""Each pixel parted into the screen's light and that of what stands before it, compiled.

With C the pixel's light, B the screen's and F that of the front, C = alpha F + (1 - alpha) B. Two
things are known of alpha. F has no more of the screen's colour than of the others, so that C's
excess of it, against B's, is the screen's share or less (colour difference keying, Vlahos 1964).
And F is one of the colours nearby, of which the mean and the covariance are known: the likeliest
alpha and F under that normal distribution (Chuang et al. 2001, "A Bayesian approach to digital
matting") have closed forms each given the other. Both are weighed by how sure they are.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from limelight.image.picture import Values

ROUNDS = 3
"""Times that alpha is found anew, with the covariance that the last one gives the front."""
TOLERANCE = 0.03
"""Shares of opacity that a screen's grain, and spill on what stands before it, may feign."""
DEVIATIONS, MOST_TOLERANCE = 1.5, 0.25
"""Where there is more grain, so many of its standard deviations are taken for nothing."""
LEAST_DEVIATION = 0.02
"""Of alpha by colours, however well they fit."""
EXCESS_DEVIATION = 0.3
"""Of alpha by excess alone, as a share of it: how far saturated fronts lead it astray."""
GRAIN = 8e-6
"""The least variance of a pixel's light."""


Steps = tuple[int, int]


@njit(nogil=True, cache=True, fastmath=True)
def opacity(
    light: Values,
    place: Steps,
    screen: Values,
    front: Values,
    step: Steps,
    deep: NDArray[np.uint8],
    scale: Steps,
    main: int,
    least: float,
    noise: float,
    grain: float,
    alpha: Values,
    doubt: Values,
) -> None:
    """Put the opacity of each pixel into ``alpha`` and its variance into ``doubt``.

    ``light`` (height, width, 3) begins at the row and column ``place`` of the picture; ``screen``,
    ``front``, ``step``, ``deep`` and ``scale`` are those of ``screen.Surroundings``. ``least`` is
    the least excess of a screen, ``grain`` the variance of its light as a share of it.
    """
    height, width, _ = light.shape
    one, other = (main + 1) % 3, (main + 2) % 3
    back, near = np.empty(3, np.float32), np.zeros(9, np.float32)
    line, rest, inverse = np.empty(3, np.float32), np.empty(3, np.float32), np.empty(6)
    for i in range(height):
        for j in range(width):
            c = light[i, j]
            y, x = place[0] + i, place[1] + j
            row, column = (y + 0.5) / step[0] - 0.5, (x + 0.5) / step[1] - 0.5
            _interpolate(screen, row, column, back)
            whole = max(back[main] - max(back[one], back[other]), least)
            bound = min(max(1 - (c[main] - max(c[one], c[other])) / whole, 0.0), 1.0)
            found = bound
            by_excess = (EXCESS_DEVIATION * bound) ** 2 + TOLERANCE**2
            variance = by_excess
            feigned = DEVIATIONS * np.sqrt(grain * back[main]) / whole
            clear = min(max(feigned, TOLERANCE), MOST_TOLERANCE)
            full = max(TOLERANCE, clear / 2)
            if bound <= TOLERANCE:
                variance = 0.0
            elif deep[min(y // scale[0], deep.shape[0] - 1), min(x // scale[1], deep.shape[1] - 1)]:
                found, variance = 1.0, 0.0
            elif front.shape[0] > 0:
                _interpolate(front, row, column, near)
                for k in range(3):
                    line[k] = near[k] - back[k]
                for _ in range(ROUNDS):
                    _invert(near, max(found, 0.1) ** 2, noise, inverse)
                    sureness = max(_product(line, inverse, line), 1e-9)
                    for k in range(3):
                        rest[k] = c[k] - back[k]
                    along = _product(rest, inverse, line) / sureness
                    for k in range(3):
                        rest[k] -= min(max(along, 0.0), 1.0) * line[k]
                    # Three colours astray by one deviation each are to be expected.
                    unfit = 1 + max(_product(rest, inverse, rest) - 3, 0.0)
                    by_colour = unfit / sureness + LEAST_DEVIATION**2
                    variance = 1 / (1 / by_colour + 1 / by_excess)
                    along = min(max(along, -0.2), 1.2)
                    found = variance * (along / by_colour + bound / by_excess)
                    found = min(max(found, 0.0), bound + TOLERANCE, 1.0)
            alpha[i, j] = min(max((found - clear) / (1 - clear - full), 0.0), 1.0)
            doubt[i, j] = variance


@njit(nogil=True, cache=True, fastmath=True)
def colours(
    light: Values,
    place: Steps,
    screen: Values,
    front: Values,
    step: Steps,
    main: int,
    noise: float,
    alpha: Values,
) -> None:
    """Make of ``light`` that of what stands before the screen, by its opacity ``alpha``.

    The thinner it is, the more its colour is taken from what is solid nearby, which noise hides
    less. What is left of the screen's excess is spill, and goes.
    """
    height, width, _ = light.shape
    one, other = (main + 1) % 3, (main + 2) % 3
    back, near = np.empty(3, np.float32), np.zeros(9, np.float32)
    rest, pull, inverse = np.empty(3, np.float32), np.empty(3, np.float32), np.empty(6)
    for i in range(height):
        for j in range(width):
            c = light[i, j]
            opaque = alpha[i, j]
            if opaque == 0:
                c[:] = 0
                continue
            if opaque < 1:
                row = (place[0] + i + 0.5) / step[0] - 0.5
                column = (place[1] + j + 0.5) / step[1] - 0.5
                _interpolate(screen, row, column, back)
                likely = 0.0
                if front.shape[0] > 0:
                    _interpolate(front, row, column, near)
                    for k in range(3):
                        rest[k] = c[k] - back[k] - opaque * (near[k] - back[k])
                    _invert(near, opaque**2, noise, inverse)
                    a, b, d, e, f, g = inverse
                    pull[0] = a * rest[0] + b * rest[1] + d * rest[2]
                    pull[1] = b * rest[0] + e * rest[1] + f * rest[2]
                    pull[2] = d * rest[0] + f * rest[1] + g * rest[2]
                    unfit = 1 + max(_product(rest, inverse, rest) - 3, 0.0)
                    likely = (1 - opaque) ** 2 / unfit
                    a, b, d, e, f, g = near[3:]
                    rest[0] = near[0] + opaque * (a * pull[0] + b * pull[1] + d * pull[2])
                    rest[1] = near[1] + opaque * (b * pull[0] + e * pull[1] + f * pull[2])
                    rest[2] = near[2] + opaque * (d * pull[0] + f * pull[1] + g * pull[2])
                for k in range(3):
                    seen = (c[k] - (1 - opaque) * back[k]) / max(opaque, 1 / 255)
                    c[k] = min(max((1 - likely) * seen + likely * rest[k], 0.0), 1.0)
            c[main] = min(c[main], max(c[one], c[other]))


@njit(nogil=True, cache=True, fastmath=True)
def _invert(near: Values, share: float, noise: float, into: NDArray[np.float64]) -> None:
    """Invert the covariance of a pixel's light: ``share`` of the front's, and noise."""
    a, b, d = share * near[3] + noise, share * near[4], share * near[5]
    e, f, g = share * near[6] + noise, share * near[7], share * near[8] + noise
    into[0], into[1], into[2] = e * g - f * f, d * f - b * g, b * f - d * e
    over = 1 / max(a * into[0] + b * into[1] + d * into[2], 1e-18)
    into[3], into[4], into[5] = a * g - d * d, b * d - a * f, a * e - b * b
    for k in range(6):
        into[k] *= over


@njit(nogil=True, cache=True, fastmath=True)
def _product(one: Values, by: NDArray[np.float64], other: Values) -> float:
    """Give one' M other of a symmetric matrix M of three."""
    found: float = (
        one[0] * (by[0] * other[0] + by[1] * other[1] + by[2] * other[2])
        + one[1] * (by[1] * other[0] + by[3] * other[1] + by[4] * other[2])
        + one[2] * (by[2] * other[0] + by[4] * other[1] + by[5] * other[2])
    )
    return found


@njit(nogil=True, cache=True, fastmath=True)
def _interpolate(cells: Values, y: float, x: float, into: Values) -> None:
    """Put what is known at a place between the centres of cells into ``into``."""
    rows, columns, channels = cells.shape
    y = min(max(y, 0.0), rows - 1.0)
    x = min(max(x, 0.0), columns - 1.0)
    top, left = int(y), int(x)
    below, right = min(top + 1, rows - 1), min(left + 1, columns - 1)
    down, across = y - top, x - left
    for k in range(channels):
        above_it = cells[top, left, k] + across * (cells[top, right, k] - cells[top, left, k])
        under_it = cells[below, left, k] + across * (cells[below, right, k] - cells[below, left, k])
        into[k] = above_it + down * (under_it - above_it)
