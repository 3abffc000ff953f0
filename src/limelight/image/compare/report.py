"""Two pictures on a page, one over the other, with a slider between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from limelight.image.compare.comparison import Comparison, seen
from limelight.image.embedded import data_address, fitted
from limelight.image.picture import Picture
from limelight.media.page import write_page

SHOWN = 1600
"""Pixels of the longer side, to which larger pictures are shrunk for the page."""
DETAIL = 400
"""Pixels of a side of what is shown around the worst place, pixel for pixel."""
AMPLIFIED = 8


@dataclass(frozen=True)
class _Pair:
    caption: str
    first: str
    second: str
    width: int
    height: int


def write_comparison(
    path: Path, named: dict[str, Picture], comparison: Comparison, noted: str = ""
) -> Path:
    """Write the page: ``named`` are the reference and the estimate by their names.

    It holds both whole (shrunk to 1,600 pixels), both around the place that differs most (pixel
    for pixel), and their difference. Raises as `write_page` does.
    """
    names = list(named)
    whole = [fitted(picture, SHOWN) for picture in named.values()]
    height, width = next(iter(named.values())).shape[:2]
    shrunk = max(height, width) > SHOWN
    caption = "The whole" + (f", shrunk to {SHOWN:,} pixels" if shrunk else "")
    pairs = [_pair(caption, whole[0], whole[1])]
    if max(height, width) > 2 * DETAIL:
        top, left = (
            max(min(at - DETAIL // 2, size - DETAIL), 0)
            for at, size in zip(comparison.worst, (height, width), strict=True)
        )
        part = [fitted(p[top : top + DETAIL, left : left + DETAIL], SHOWN) for p in named.values()]
        place = f"Where they differ most, pixel for pixel: {left:,} to the right, {top:,} down"
        pairs.append(_pair(place, part[0], part[1]))
    apart = cv2.absdiff(*(np.asarray(seen(picture)) for picture in whole))
    return write_page(
        path,
        "limelight.image.compare",
        "comparison.html",
        names=names,
        comparison=comparison,
        size=f"{width:,} x {height:,}",
        pairs=pairs,
        difference=data_address(cv2.convertScaleAbs(apart, alpha=AMPLIFIED)),
        amplified=AMPLIFIED,
        noted=noted,
        infinite=math.inf,
    )


def _pair(caption: str, first: Picture, second: Picture) -> _Pair:
    height, width = first.shape[:2]
    return _Pair(caption, data_address(first), data_address(second), width, height)
