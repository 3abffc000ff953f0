"""How near a picture comes to what it should be, in numbers."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.image.picture import Picture, values_of

SIGMA, TRUNCATE = 1.5, 3.5
C1, C2 = 0.01**2, 0.03**2
LUMA = np.array([0.299, 0.587, 0.114], np.float32)

Plane = NDArray[np.float64]


def psnr(reference: Picture, estimate: Picture) -> float:
    """Give the peak signal-to-noise ratio in dB over all channels of colour; inf for equals.

    Pictures of 8 and of 16 bits may be compared: full scale is 1 in both. Alpha is left out, and
    the colours below it count as they are stored.
    """
    first, second = values_of(reference[..., :3]), values_of(estimate[..., :3])
    error = float(np.mean(np.square(first - second, dtype=np.float64)))
    return math.inf if error == 0 else -10 * math.log10(error)


def ssim(reference: Picture, estimate: Picture) -> tuple[float, Plane]:
    """Give the structural similarity of the lumas (1 for equals) and its map (height, width).

    As Wang et al. 2004 ("Image quality assessment: from error visibility to structural
    similarity"): a Gaussian window of 11 by 11 and sigma 1.5, population statistics; the mean
    leaves out five pixels along the borders. So does scikit-image with ``gaussian_weights=True,
    sigma=1.5, use_sample_covariance=False``. In pictures of less than 11 pixels all count.
    """
    first, second = (luma_of(picture) for picture in (reference, estimate))
    mean_1, mean_2 = _blurred(first), _blurred(second)
    variance_1 = _blurred(first * first) - mean_1 * mean_1
    variance_2 = _blurred(second * second) - mean_2 * mean_2
    covariance = _blurred(first * second) - mean_1 * mean_2
    numerator = (2 * mean_1 * mean_2 + C1) * (2 * covariance + C2)
    found = numerator / ((mean_1 * mean_1 + mean_2 * mean_2 + C1) * (variance_1 + variance_2 + C2))
    edge = int(TRUNCATE * SIGMA + 0.5)
    inner = found[edge:-edge, edge:-edge] if min(found.shape) > 2 * edge else found
    return float(inner.mean()), found


def luma_of(picture: Picture) -> Plane:
    """Give the luma of a picture (height, width), 0 to 1, by ITU-R BT.601."""
    found: Plane = (values_of(picture[..., :3]) @ LUMA).astype(np.float64)
    return found


def _blurred(plane: Plane) -> Plane:
    size = 2 * int(TRUNCATE * SIGMA + 0.5) + 1
    found: Plane = cv2.GaussianBlur(
        plane, (size, size), SIGMA, borderType=cv2.BORDER_REFLECT
    ).reshape(plane.shape)
    return found
