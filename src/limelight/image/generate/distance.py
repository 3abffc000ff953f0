"""How far made pictures are from real ones, by what a network sees in them."""

from __future__ import annotations

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from limelight.errors import BadInputError

Features = NDArray[np.floating]
"""(n, features): what a network makes of n pictures."""


def frechet_distance(real: Features, made: Features) -> float:
    """Give the squared Fréchet distance of two clouds of features, taken for normal ones.

    Heusel et al., "GANs trained by a two time-scale update rule", 2017. They ask an Inception
    network for features; distances by another network's are on another scale, and not to be
    compared with theirs. Raises BadInputError for fewer than 2 pictures on either side.
    """
    if min(len(real), len(made)) < 2:
        raise BadInputError("a distance takes 2 pictures on either side, and thousands to be exact")
    first, second = (np.asarray(one, np.float64) for one in (real, made))
    spread, other = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    apart = first.mean(0) - second.mean(0)
    # The trace of the root of a product is the sum of its eigenvalues' roots.
    common = np.sqrt(np.clip(scipy.linalg.eigvals(spread @ other).real, 0, None)).sum()
    return float(max(apart @ apart + np.trace(spread) + np.trace(other) - 2 * common, 0))
