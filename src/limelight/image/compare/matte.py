"""How far a matte is from the right one, by the measures of alphamatting.com."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d

GRADIENT_SIGMA = 1.4

Plane = NDArray[np.float64]


@dataclass(frozen=True)
class MatteErrors:
    """SAD, MSE and gradient error of an alpha after Rhemann et al. 2009 ("A perceptually motivated
    online benchmark for image matting").

    ``sad`` and ``gradient`` are sums over all pixels in thousands, as is usual; ``mse`` is a mean.
    Lower is better, 0 for equals.
    """

    sad: float
    mse: float
    gradient: float


def matte_errors(reference: Plane, estimate: Plane) -> MatteErrors:
    """Compare two alphas (height, width) of numbers from 0 to 1.

    The gradient error is the sum of the squared differences of the alphas' gradient magnitudes,
    by derivatives of a Gaussian of sigma 1.4.
    """
    apart = np.abs(np.asarray(reference, np.float64) - np.asarray(estimate, np.float64))
    slopes = _slope(reference) - _slope(estimate)
    return MatteErrors(
        sad=float(apart.sum()) / 1000,
        mse=float(np.square(apart).mean()),
        gradient=float(np.square(slopes).sum()) / 1000,
    )


def _slope(alpha: Plane) -> Plane:
    """Give the gradient's magnitude; each filter has the norm 1, as in the authors' code."""
    epsilon = 1e-2
    half = int(
        np.ceil(
            GRADIENT_SIGMA * np.sqrt(-2 * np.log(np.sqrt(2 * np.pi) * GRADIENT_SIGMA * epsilon))
        )
    )
    at = np.arange(-half, half + 1, dtype=np.float64)
    bell = np.exp(-(at**2) / (2 * GRADIENT_SIGMA**2)) / (GRADIENT_SIGMA * np.sqrt(2 * np.pi))
    slope = -at * bell / GRADIENT_SIGMA**2
    norm = np.linalg.norm(bell) * np.linalg.norm(slope)
    alpha = np.asarray(alpha, np.float64)
    across, down = (
        correlate1d(correlate1d(alpha, slope, axis, mode="nearest"), bell, 1 - axis, mode="nearest")
        / norm
        for axis in (1, 0)
    )
    found: Plane = np.hypot(across, down)
    return found
