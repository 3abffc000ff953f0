"""Large holes filled with what the picture shows elsewhere, from coarse to fine."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.image.inpainting.biharmonic import biharmonic
from limelight.image.inpainting.holes import Hole, Values, thickness
from limelight.image.inpainting.membrane import membrane
from limelight.image.inpainting.patchmatch import Match, improve, vote

RADIUS = 3
TEXTURE = 2.0
"""How much busyness counts beside colour: patches of grass are not to become flat."""
COARSEST = 4
"""A hole is made smaller until no pixel of it is farther than that from what is known."""
ROUNDS = (16, 8, 5, 3)
"""How often matches and colours are found in turn, from the coarsest size on; then 2 and 1."""
SOFT, SHARP = 2.0, 20.0
"""How much nearer patches have their way, while looking for them and at last."""
FADING = 1.3
"""How much less a patch is trusted with every pixel farther from what is known."""
LARGE = 200_000
"""Pixels of a hole above which the finest size is searched only once."""


@dataclass
class _Level:
    """A size that is filled: where patches come from, which they resemble, and how nearly."""

    values: Values
    target: Hole
    match: Match
    cost: NDArray[np.float32]
    trust: NDArray[np.float32]
    radius: int


def exemplar(values: Values, hole: Hole, unusable: Hole) -> None:
    """Fill ``hole`` within ``values``, (height, width, channels), in place.

    Every patch over the hole is to look like one elsewhere (Wexler et al. 2007), by colour and by
    how busy it is (Newson et al. 2017, IPOL), found by PatchMatch at several sizes. Copies that
    come from different places are joined so that no seam is left (Perez et al. 2003). Pixels of
    ``unusable`` are not copied from. The same input gives the same filling.
    """
    apart = hole | unusable
    sizes = _sizes(values, hole, apart)
    level: _Level | None = None
    for depth, (small, small_hole, small_apart) in enumerate(sizes):
        radius = _radius(small_apart)
        if radius == 0:
            biharmonic(small, small_hole)
            level = None
            continue
        level = _filled(small, small_hole, small_apart, radius, level, depth, len(sizes) - 1)
    channels = values.shape[2]
    if level is None:
        values[hole] = sizes[-1][0][hole][:, :channels]
    else:
        values[hole] = level.values[hole][:, :channels] + _step(values, hole, level)[hole]


def _sizes(values: Values, hole: Hole, apart: Hole) -> list[tuple[Values, Hole, Hole]]:
    """Give the picture with its busyness as further channels, the smallest size first."""
    known = (~apart).astype(np.float32)
    grey = values[..., :3].mean(axis=2)
    grey[apart] = _mean_near(grey, known)[apart]
    depth, inner = 0, thickness(hole)
    while inner / 2**depth > COARSEST and min(hole.shape) / 2 ** (depth + 1) > 6 * RADIUS:
        depth += 1
    busy = [np.abs(cv2.Sobel(grey, cv2.CV_32F, *way, ksize=1)) for way in ((1, 0), (0, 1))]
    sure = cv2.erode(known, np.ones((3, 3), np.uint8))
    spread = (2 * 2**depth + 1,) * 2
    mean = [
        cv2.boxFilter(one * sure, -1, spread) / np.maximum(cv2.boxFilter(sure, -1, spread), 1e-3)
        for one in busy
    ]
    now = np.dstack([values, *(TEXTURE * one for one in mean)]).astype(np.float32)
    now[apart] = 0
    sizes = [(now, hole, apart)]
    for _ in range(depth):
        now, hole, apart = _halved(now, hole, apart)
        sizes.append((now, hole, apart))
    return sizes[::-1]


def _mean_near(grey: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    reach = (31, 31)
    found: NDArray[np.float32] = cv2.boxFilter(grey * known, -1, reach) / np.maximum(
        cv2.boxFilter(known, -1, reach), 1e-3
    )
    return found


def _halved(values: Values, hole: Hole, apart: Hole) -> tuple[Values, Hole, Hole]:
    """Make all half as large; a pixel is known only where all that it is made of is."""
    size = ((hole.shape[1] + 1) // 2, (hole.shape[0] + 1) // 2)
    edge = ((0, hole.shape[0] % 2), (0, hole.shape[1] % 2))
    known = np.pad((~apart).astype(np.float32), edge, "edge")
    padded = np.pad(values, (*edge, (0, 0)), "edge") * known[..., None]
    weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    small = [
        cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in np.moveaxis(padded, 2, 0)
    ]
    mean = np.dstack(small) / np.maximum(weight, 1e-6)[..., None]
    blocked = weight < 0.5
    filled = cv2.resize(np.pad(hole.astype(np.float32), edge), size, interpolation=cv2.INTER_AREA)
    found: Values = mean.astype(np.float32)
    return found, blocked & (filled > 0), blocked


def _radius(apart: Hole) -> int:
    """Give the largest patch of which there are enough to copy from."""
    for radius in range(RADIUS, 0, -1):
        if _sources(apart, radius).sum() >= 16:
            return radius
    return 0


def _sources(apart: Hole, radius: int) -> Hole:
    """Say which pixels are in the middle of a patch that is known and within the picture."""
    side = np.ones((2 * radius + 1,) * 2, np.uint8)
    near = cv2.dilate(apart.astype(np.uint8), side) > 0
    found: Hole = ~near & _inside(apart, radius)
    return found


def _inside(hole: Hole, radius: int) -> Hole:
    inside = np.zeros_like(hole)
    inside[radius : hole.shape[0] - radius, radius : hole.shape[1] - radius] = True
    return inside


def _filled(
    values: Values,
    hole: Hole,
    apart: Hole,
    radius: int,
    before: _Level | None,
    depth: int,
    last: int,
) -> _Level:
    """Fill one size, beginning with the matches of the one before."""
    source = _sources(apart, radius)
    side = np.ones((2 * radius + 1,) * 2, np.uint8)
    target = (cv2.dilate(hole.astype(np.uint8), side) > 0) & _inside(hole, radius)
    cost = np.zeros(hole.shape, np.float32)
    inwards = cv2.distanceTransform(np.pad(hole.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    trust = (FADING ** -np.minimum(inwards, 60)).astype(np.float32)
    if before is None:
        match = np.zeros((*hole.shape, 2), np.int32)
        biharmonic(values, hole)
    else:
        match = _doubled(before.match, hole.shape)
        improve(values, target, source, match, cost, radius, 0, depth)
        vote(values, hole, target, match, np.zeros_like(cost), trust, radius, SOFT)
    rounds = ROUNDS[depth] if depth < len(ROUNDS) else 2
    if depth == last and last > 0:
        rounds = 1 if hole.sum() > LARGE else 2
    for turn in range(rounds):
        improve(values, target, source, match, cost, radius, 2 if depth else 4, turn)
        final = turn == rounds - 1
        vote(values, hole, target, match, cost, trust, radius, SHARP if final else SOFT)
    return _Level(values, target, match, cost, trust, radius)


def _doubled(match: Match, shape: tuple[int, ...]) -> Match:
    """Give matches of a picture twice the size: what was copied from there still is."""
    rows, columns = np.indices(shape)
    coarse = match[rows // 2, columns // 2]
    found: Match = (2 * coarse + np.stack([rows % 2, columns % 2], axis=2)).astype(np.int32)
    return np.minimum(found, np.array(shape, np.int32) - 1)


def _step(values: Values, hole: Hole, level: _Level) -> Values:
    """Give what makes the filling begin as the picture ends, and fades inwards as heat does.

    Around the hole it is the picture less what patches show there; within it is harmonic, so that
    the filling keeps its gradients and has no seam.
    """
    side = np.ones((3, 3), np.uint8)
    ring = (cv2.dilate(hole.astype(np.uint8), side) > 0) & ~hole
    copied = level.values.copy()
    vote(copied, ring, level.target, level.match, level.cost, level.trust, level.radius, SHARP)
    step = np.zeros(values.shape, np.float32)
    step[ring] = values[ring] - copied[ring][:, : values.shape[2]]
    membrane(step, hole)
    return step
