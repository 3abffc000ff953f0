"""What stands before a green or blue screen, cut out with soft edges, in linear light."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from limelight.errors import BadInputError
from limelight.image import chroma
from limelight.image.matting import MARGIN, refined
from limelight.image.picture import Picture, coded, light_of
from limelight.image.screen import CHANNELS, LEAST_SCREEN, Surroundings, surroundings
from limelight.image.unmixing import colours, opacity

BLOCK = 384
"""Pixels of the side of what is worked on at a time."""


def key(picture: Picture, colour: str = "green", refine: bool = False) -> Picture:
    """Cut out what stands before a screen of ``colour``: "green" or "blue".

    ``picture`` is (height, width, 3), sRGB or a video's R'G'B', uint8 or uint16; so is the answer,
    (height, width, 4): the colours without the screen's light, and alpha that is not multiplied in.
    Where the picture has alpha already, what is found is a share of it. Without a screen it stays
    whole. ``refine`` smooths the opacity along the picture's own edges by closed-form matting.

    How each pixel is parted is told in ``unmixing``, and what is known beforehand in ``screen``.
    What it needs beyond the answer does not grow with the picture. Raises BadInputError for another
    colour or shape, MissingExtraError where ``refine`` needs pymatting.
    """
    if colour not in CHANNELS:
        raise BadInputError(f"a screen is green or blue, not {colour!r}")
    if picture.ndim != 3 or picture.shape[2] not in (3, 4):
        raise BadInputError(f"a picture is (height, width, 3 or 4), not {picture.shape}")
    top = np.iinfo(picture.dtype).max
    found = np.empty((*picture.shape[:2], 4), picture.dtype)
    found[..., :3] = picture[..., :3]
    found[..., 3] = picture[..., 3] if picture.shape[2] == 4 else top
    known = surroundings(picture, colour)
    if known is None:
        return found
    main = CHANNELS[colour]
    margin = (MARGIN if refine else 0) + (chroma.MARGIN if known.half_chroma else 0)

    def work(place: tuple[int, int]) -> None:
        _keyed(picture, found, known, main, place, margin, refine)

    blocks = list(_blocks(*picture.shape[:2]))
    if len(blocks) == 1:
        work(blocks[0])
        return found
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for _ in pool.map(work, blocks):
            pass
    return found


def _keyed(
    picture: Picture,
    found: Picture,
    known: Surroundings,
    main: int,
    place: tuple[int, int],
    margin: int,
    refine: bool,
) -> None:
    """Key one block, seeing ``margin`` pixels around it."""
    row, column = place
    top, left = max(row - margin, 0), max(column - margin, 0)
    seen = picture[top : row + BLOCK + margin, left : column + BLOCK + margin, :3]
    light = light_of(chroma.with_full_chroma(seen) if known.half_chroma else seen)
    alpha, doubt = np.empty((2, *light.shape[:2]), np.float32)
    at, step = (top, left), known.step
    opacity(
        light,
        at,
        known.screen,
        known.front,
        step,
        known.deep,
        known.scale,
        main,
        LEAST_SCREEN,
        known.noise,
        known.grain,
        alpha,
        doubt,
    )
    if refine:
        alpha = refined(alpha, doubt, light)
    inner = np.s_[row - top : row - top + BLOCK, column - left : column - left + BLOCK]
    light, alpha = np.ascontiguousarray(light[inner]), np.ascontiguousarray(alpha[inner])
    kept = light_of(found[row : row + BLOCK, column : column + BLOCK, :3])
    light = np.where(alpha[..., None] == 1, kept, light)
    colours(light, place, known.screen, known.front, step, main, known.noise, alpha)
    target = found[row : row + BLOCK, column : column + BLOCK]
    full = np.iinfo(found.dtype).max
    opaque = (alpha == 1) & (light == kept).all(axis=2)
    target[..., :3] = np.where(
        opaque[..., None], target[..., :3], np.rint(coded(light) * np.float32(full))
    )
    target[..., 3] = np.rint(alpha * target[..., 3])


def _blocks(height: int, width: int) -> Iterator[tuple[int, int]]:
    for row in range(0, height, BLOCK):
        for column in range(0, width, BLOCK):
            yield row, column
