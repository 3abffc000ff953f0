"""Large pictures in overlapping tiles, on all cores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np

from limelight.image.operation import Operation
from limelight.image.picture import Picture
from limelight.progress import Progress, silent

SIDE = 1024
"""Pixels of a tile's side, without its margin."""

Box = tuple[int, int, int, int]
"""Top, bottom, left, right."""


def worked(
    operation: Operation, picture: Picture, progress: Progress = silent, side: int = SIDE
) -> Picture:
    """Do ``operation`` to a picture of any size: survey it, then tile by tile.

    Each tile is worked on with ``operation.margin`` pixels of what surrounds it, of which nothing
    is kept, so that what an operation needs beyond its own array is bounded. ``side`` is a multiple
    of 64. ``progress`` hears of pixels; if it raises, tiles that were begun are waited for.
    """
    if operation.needs_survey:
        progress(0, None, f"looking for {operation.name}")
        operation = operation.surveyed(picture)
    return in_tiles(operation, picture, progress, side)


def in_tiles(
    operation: Operation, picture: Picture, progress: Progress = silent, side: int = SIDE
) -> Picture:
    """Do an operation that needs no survey, or that is settled already, as `worked` does."""
    height, width = picture.shape[:2]
    margin = operation.margin
    if margin is None or (height <= side and width <= side):
        progress(0, height * width, operation.name)
        return operation(picture)
    cores = os.cpu_count() or 1
    made: Picture = np.empty((0, 0, 0), picture.dtype)  # until a tile shows its channels
    done = 0
    pending: dict[Future[Picture], Box] = {}
    with ThreadPoolExecutor(cores) as pool:
        tiles = _boxes(height, width, side)
        try:
            while True:
                while len(pending) <= cores and (box := next(tiles, None)) is not None:
                    pending[pool.submit(_tile, operation, picture, box, margin)] = box
                if not pending:
                    break
                progress(done, height * width, operation.name)
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    top, bottom, left, right = pending.pop(future)
                    tile = future.result()
                    n = operation.factor
                    if not made.size:
                        made = np.empty((height * n, width * n, tile.shape[2]), picture.dtype)
                    made[top * n : bottom * n, left * n : right * n] = tile
                    done += (bottom - top) * (right - left)
        finally:
            for future in pending:
                future.cancel()
    return made


def _boxes(height: int, width: int, side: int) -> Iterator[Box]:
    for top in range(0, height, side):
        for left in range(0, width, side):
            yield top, min(top + side, height), left, min(left + side, width)


def _tile(operation: Operation, picture: Picture, box: Box, margin: int) -> Picture:
    """Work on one tile with its surroundings and cut it out of what comes back."""
    height, width = picture.shape[:2]
    top, bottom, left, right = box
    above, before = min(margin, top), min(margin, left)
    seen = picture[
        top - above : min(bottom + margin, height), left - before : min(right + margin, width)
    ]
    n = operation.factor
    large = operation(np.ascontiguousarray(seen))
    return large[above * n :, before * n :][: (bottom - top) * n, : (right - left) * n]
