"""How blurred a picture is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.image.picture import Picture

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
MOST_BLUR = 4.0
REBLUR = 1.0
BIAS = 1.2
"""By so much blur is underestimated: edges of the world are not steps."""
SHARPEST = 0.85
"""Among the strongest edges, this quantile of sharpness is the picture's own."""


def luma_of(picture: Picture) -> NDArray[np.float32]:
    """Give luma (height, width), 0 to 1, of a picture."""
    found: NDArray[np.float32] = picture[..., :3] @ (
        LUMA * np.float32(1 / np.iinfo(picture.dtype).max)
    )
    return found


def blur_of(picture: Picture) -> float:
    """Estimate the standard deviation, in pixels, of a Gaussian blur; 0 where nothing shows it.

    Blurred once more, an edge's gradient falls by as much as it was sharp.
    """
    luma = luma_of(picture)
    if min(luma.shape) < 16:
        return 0.0

    def slope(values: NDArray[np.float32]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = np.hypot(
            cv2.Sobel(values, cv2.CV_32F, 1, 0), cv2.Sobel(values, cv2.CV_32F, 0, 1)
        )
        return found[4:-4, 4:-4]

    before = slope(luma)
    after = slope(cv2.GaussianBlur(luma, (0, 0), REBLUR))
    peak = cv2.dilate(before, np.ones((3, 3), np.uint8))
    edges = (before >= peak) & (before > max(float(np.quantile(before, 0.9)), 0.1))
    if edges.sum() < 20:
        return 0.0
    ratio = float(np.quantile(before[edges] / np.maximum(after[edges], 1e-6), SHARPEST))
    if ratio <= 1.001:
        return MOST_BLUR
    return min(BIAS * REBLUR / float(np.sqrt(ratio**2 - 1)), MOST_BLUR)
