"""Many small pictures on one large one, to be looked at."""

from __future__ import annotations

import math

import numpy as np

from limelight.image.generate.collection import Samples

GAP = 2
SEEN = 64  # pixels that a small picture's side is enlarged to, at the least


def sheet_of(pictures: Samples, columns: int) -> Samples:
    """Lay pictures (n, height, width, 3) in rows with white between; small ones are enlarged."""
    times = max(1, SEEN // pictures.shape[1])
    pictures = pictures.repeat(times, 1).repeat(times, 2)
    n, height, width, _ = pictures.shape
    rows = math.ceil(n / columns)
    page = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, 3), 255, np.uint8)
    for number, picture in enumerate(pictures):
        top = GAP + number // columns * (height + GAP)
        left = GAP + number % columns * (width + GAP)
        page[top : top + height, left : left + width] = picture
    return page
