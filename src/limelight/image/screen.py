"""What a picture before a green or blue screen tells as a whole: its screen, and what is before it.

Both are known everywhere, coarsely: the screen's light also behind what hides it, and the colours
that edges belong to (their mean and how they vary) also out on the edges. They are found on a
picture of at most a million pixels, so that large ones take no more memory for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.image.chroma import has_half_chroma, with_full_chroma
from limelight.image.picture import Picture, Values, light_of
from limelight.image.unmixing import GRAIN, opacity

CHANNELS = {"green": 1, "blue": 2}
"""The channel of each colour that a screen may have."""

LEAST_SCREEN = 0.02
"""Dominance of the screen's colour, of full linear light, below which there is no screen."""
DARKEST = 20
"""The screen's shadows may be so many times darker than its lights."""
PURE, ALIKE = 0.8, 0.95
"""Saturation of what may be screen, as a share of the whole screen's and of the screen's nearby."""
STEADY = 0.75
"""A screen is no darker than so much of the screen around, or what is dark there is no screen."""
BROAD, FOLDS = 4, 1
"""Saturation, and folds of a screen, are as wide as so many powers of two cells."""
PIXELS = 1_000_000
CELL = 8
ENOUGH_SCREEN, ENOUGH_FRONT = 0.2, 0.02
"""Shares of a neighbourhood that must be known to know it by that."""
SPILT = 0.8
"""Opacity by excess, far from the screen, of which all that is missing is spill."""
EDGES = 48
"""Edges are as wide as the picture's shorter side by so much, or six pixels."""


@dataclass(frozen=True)
class Surroundings:
    """What is known of a whole picture, for each cell of ``step`` (rows, columns) pixels.

    ``screen`` (rows, columns, 3) is the screen's light. ``front`` (rows, columns, 9) is the mean
    light of what is solid and its covariance (red red, red green, red blue, green green, green
    blue, blue blue). ``deep`` (height, width), reduced ``scale`` times, is 1 far within what is
    solid. ``noise`` is the variance of a pixel's light, ``grain`` that of the screen's per light.
    ``half_chroma`` says that chroma was of half the size.
    """

    screen: Values
    front: Values
    deep: NDArray[np.uint8]
    scale: tuple[int, int]
    noise: float
    grain: float
    half_chroma: bool

    @property
    def step(self) -> tuple[int, int]:
        """The pixels of a cell, down and across."""
        return self.scale[0] * CELL, self.scale[1] * CELL


def surroundings(picture: Picture, colour: str) -> Surroundings | None:
    """Look at a whole picture; None where there is no screen of ``colour``."""
    main = CHANNELS[colour]
    half_chroma = has_half_chroma(picture)
    light, scale = _reduced(picture, half_chroma)
    excess = excess_of(light, main)
    typical = float(np.quantile(excess, 0.95))
    if typical < LEAST_SCREEN:
        return None
    sure = _sure(light, main, typical)
    if not sure.any():
        return None
    total, weight = _cells(light * sure[..., None]), _cells(sure[..., None])
    trend = _trend(total, weight, main)
    total = total / trend
    own = total[..., main] / np.maximum(weight[..., 0], 1e-6)

    def steady(around: Values) -> Values:
        ratio = own / np.maximum(around[..., main], 1e-6)
        kept = (ratio > STEADY) & (ratio < 1 / STEADY) & (weight[..., 0] > 0.05)
        return kept[..., None].astype(np.float32)

    screen = trend * _nearby(total, weight, ENOUGH_SCREEN, FOLDS, steady)
    behind = enlarged(screen, light.shape[:2])
    share = excess / np.maximum(excess_of(behind, main), LEAST_SCREEN)
    measured = _noise(picture, sure)
    noise = measured + GRAIN
    grain = measured / max(float(behind[..., main][sure > 0].mean()), LEAST_SCREEN)
    bound = np.clip(1 - share, 0, 1).astype(np.float32)
    away = _away_from_screen(bound)
    reach = max(round(min(bound.shape) / EDGES), 6)
    smooth = cv2.blur(bound, (3, 3)).reshape(bound.shape)
    deep = ((away > 4 * reach) & (smooth > SPILT)).astype(np.uint8)
    solid = (smooth > 0.95) | (deep > 0)
    # The farther from the screen, the less of it is mixed in.
    trust = (np.clip(away / (4 * reach), 0.03, 1) ** 2 * (away > 2)).astype(np.float32)
    front = _front(light, trust * solid)
    if front.size:  # by what that tells of opacity, what is solid is known better
        alpha, doubt = np.empty((2, *bound.shape), np.float32)
        step = (CELL, CELL)
        opacity(
            light,
            (0, 0),
            screen,
            front,
            step,
            deep,
            (1, 1),
            main,
            LEAST_SCREEN,
            noise,
            grain,
            alpha,
            doubt,
        )
        solid = cv2.erode(alpha, np.ones((3, 3))).reshape(alpha.shape) > 0.93
        front = _front(light, trust * solid)
    return Surroundings(screen, front, deep, scale, noise, grain, half_chroma)


def excess_of(light: Values, main: int) -> Values:
    """Give how much the channel ``main`` exceeds the larger of the two others."""
    one, other = (light[..., channel] for channel in range(3) if channel != main)
    found: Values = light[..., main] - np.maximum(one, other)
    return found


def enlarged(cells: Values, shape: tuple[int, ...]) -> Values:
    """Give what is known of cells for each pixel of a reduced picture."""
    rows, columns, channels = cells.shape
    large = cv2.resize(cells, (columns * CELL, rows * CELL), interpolation=cv2.INTER_LINEAR)
    found: Values = large.reshape(rows * CELL, columns * CELL, channels)
    return found[: shape[0], : shape[1]]


def _reduced(picture: Picture, half_chroma: bool) -> tuple[Values, tuple[int, int]]:
    """Give the light of a picture of at most a million pixels, and how many times it is smaller."""
    height, width = picture.shape[:2]
    times = int(np.ceil(np.sqrt(height * width / PIXELS)))
    down = min(times, height)
    across = min(-(-height * width // (PIXELS * down)), width)
    if down == across == 1:
        return light_of(with_full_chroma(picture) if half_chroma else picture[..., :3]), (1, 1)
    rows, columns = height // down, width // across
    made = np.empty((rows, columns, 3), np.float32)
    for row in range(rows):
        strip = light_of(picture[row * down : (row + 1) * down, : columns * across, :3])
        made[row] = strip.mean(axis=0).reshape(columns, across, 3).mean(axis=1)
    return made, (down, across)


def _sure(light: Values, main: int, typical: float) -> Values:
    """Mark what is surely screen: saturation knows it in its shadows too, where excess is small."""
    smooth = cv2.blur(light, (3, 3)).reshape(light.shape)
    excess = excess_of(smooth, main)
    purity = excess / np.maximum(smooth.max(axis=2), 0.005)
    bright = excess >= typical / 2
    if not bright.any():
        return np.zeros_like(excess)
    pure = float(np.median(purity[bright]))
    lit = excess > typical / DARKEST
    found = ((purity > PURE * pure) & lit).astype(np.float32)
    for _ in range(2):
        around = _nearby(_cells((purity * found)[..., None]), _cells(found[..., None]), 0.3, BROAD)
        nearby = enlarged(around, light.shape[:2])[..., 0]
        like = (purity > ALIKE * nearby) & (purity < nearby / ALIKE**2)
        found = (like & lit).astype(np.float32)
    eroded: Values = cv2.erode(found, np.ones((3, 3)))
    return eroded.reshape(found.shape)


def _trend(total: Values, weight: Values, main: int) -> Values:
    """Fit the screen's light by a smooth surface, quadratic in its logarithm.

    Set beside it, neighbours are alike, also at the picture's borders, where they are on one side.
    """
    rows, columns, _ = total.shape
    y, x = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2).reshape(-1, 6)
    share = weight.reshape(-1).astype(np.float64)
    logs = np.log(np.maximum(total / np.maximum(weight, 1e-6), 1e-5)).reshape(-1, 3)
    fitted = logs
    for _ in range(3):
        weighted = terms * share[:, None]
        ridge = np.diag([1e-9, *[1e-3] * 5]) * max(share.sum(), 1e-9)
        fitted = terms @ np.linalg.solve(weighted.T @ terms + ridge, weighted.T @ logs)
        astray = np.abs(logs - fitted)[:, main]
        share = weight.reshape(-1) * (astray < -np.log(STEADY))
    seen = logs[weight.reshape(-1) > 0]
    found: Values = np.exp(np.clip(fitted, seen.min(axis=0), seen.max(axis=0)))
    return found.reshape(total.shape).astype(np.float32)


def _away_from_screen(opacity: Values) -> Values:
    """Give each pixel's distance from the nearest that is mostly screen."""
    smooth = cv2.blur(opacity, (3, 3)).reshape(opacity.shape)
    away = cv2.distanceTransform((smooth >= 0.1).astype(np.uint8), cv2.DIST_L2, 5)
    # Where there is none, it is far away.
    found: Values = np.minimum(away.reshape(opacity.shape), max(opacity.shape))
    return found


def _front(light: Values, weight: Values) -> Values:
    """Find the mean and the covariance of the colours that count by ``weight``."""
    if not weight.any():
        return np.zeros((0, 0, 9), np.float32)
    pairs = [(one, other) for one in range(3) for other in range(one, 3)]
    products = [light[..., one] * light[..., other] for one, other in pairs]
    moments = np.dstack([light, *products]) * weight[..., None]
    front = _nearby(_cells(moments), _cells(weight[..., None]), ENOUGH_FRONT)
    for place, (one, other) in enumerate(pairs, start=3):
        front[..., place] -= front[..., one] * front[..., other]
        if one == other:
            front[..., place] = np.maximum(front[..., place], 0)
    return front


def _noise(picture: Picture, sure: Values) -> float:
    """Measure the variance of a pixel's light on the screen, by the differences of neighbours."""
    down, across = picture.shape[0] // sure.shape[0], picture.shape[1] // sure.shape[1]
    rows, columns = sure.shape
    if picture.shape[1] < 2 * max(across, 2):
        return 0.0
    samples = picture[: rows * down : down]
    one = light_of(samples[:, : columns * across : across, :3])[:, : columns - 1]
    other = light_of(samples[:, 1 : columns * across : across, :3])[:, : columns - 1]
    kept = sure[: len(one), : one.shape[1]] > 0
    if not kept.any():
        return 0.0
    differences = (one - other)[kept].ravel() / np.sqrt(2)
    return float((1.4826 * np.median(np.abs(differences))) ** 2)


def _cells(values: Values) -> Values:
    """Give the mean of each cell; what lies beyond the picture counts as nothing."""
    height, width = values.shape[:2]
    padded = np.pad(values, ((0, -height % CELL), (0, -width % CELL), (0, 0)))
    return _means(padded, CELL)


def _means(values: Values, side: int) -> Values:
    rows, columns, channels = values.shape
    blocks = values.reshape(rows // side, side, columns // side, side, channels)
    found: Values = blocks.mean(axis=(1, 3), dtype=np.float32)
    return found


def _nearby(
    total: Values,
    weight: Values,
    enough: float,
    finest: int = 0,
    keeps: Callable[[Values], Values] | None = None,
) -> Values:
    """Give the weighted mean around each cell, of as near as ``enough`` is known.

    It begins with the mean of all and is filled in ever more finely, by neighbourhoods of 2**n
    cells down to n = ``finest``. ``keeps`` says which cells count, by what was found before: where
    it would leave less than two fifths of a neighbourhood, all count.
    """
    mean = total.sum(axis=(0, 1)) / max(float(weight.sum()), 1e-9)
    found: Values = np.broadcast_to(mean, total.shape).astype(np.float32)
    coarsest = int(np.ceil(np.log2(max(total.shape[:2]))))
    for scale in range(coarsest, min(finest, coarsest) - 1, -1):
        sums, much = _spread(total, scale), _spread(weight, scale)
        if keeps is not None:
            kept = keeps(found)
            some = _spread(weight * kept, scale)
            most = some > 0.4 * much
            sums = np.where(most, _spread(total * kept, scale), sums)
            much = np.where(most, some, much)
        share = np.clip(much / enough, 0, 1)
        found = (share * sums / np.maximum(much, 1e-9) + (1 - share) * found).astype(np.float32)
    return found


def _spread(values: Values, scale: int) -> Values:
    """Blur by 2**scale cells."""
    rows, columns, channels = values.shape
    side = 1 << scale
    padded = np.pad(values, ((0, -rows % side), (0, -columns % side), (0, 0)))
    small = _means(padded, side)
    found = np.empty_like(values)
    for channel in range(channels):  # OpenCV enlarges four at most
        blurred = cv2.GaussianBlur(small[..., channel], (0, 0), 0.8)
        size = (small.shape[1] * side, small.shape[0] * side)
        found[..., channel] = cv2.resize(blurred.reshape(small.shape[:2]), size)[:rows, :columns]
    return found
