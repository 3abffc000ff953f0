"""Opacity smoothed along a picture's own edges: closed-form matting with something to begin with.

Levin, Lischinski and Weiss 2008, "A closed-form solution to natural image matting": within small
windows, opacity is nearly a linear function of colour. Its Laplacian is pymatting's; instead of a
trimap, each pixel keeps to what was found of it, as far as that is sure.
"""

from __future__ import annotations

import cv2
import numpy as np

from limelight.extras import require
from limelight.image.picture import Values

MARGIN = 24
"""Pixels beyond which what is found has next to no influence."""
TRUST = 1e-3
MOST_TRUST = 10.0
EPSILON = 1e-5
"""How much colours may vary within a window before they tell of opacity."""
ITERATIONS = 60
ENOUGH = 1e-4
SURE = 1 / 255


def refined(alpha: Values, doubt: Values, light: Values) -> Values:
    """Give a better ``alpha`` (height, width), of which ``doubt`` is the variance.

    ``light`` is (height, width, 3). Only pixels that are neither clear nor solid, and those beside
    them, change. It takes some 500 bytes a pixel. Raises MissingExtraError without pymatting.
    """
    soft = ((alpha > SURE) & (alpha < 1 - SURE)).astype(np.uint8)
    changing = cv2.dilate(soft, np.ones((5, 5), np.uint8)).reshape(alpha.shape) > 0
    if not soft.any() or min(alpha.shape) < 3:
        return alpha
    matting = require("pymatting.laplacian.cf_laplacian", "image", "Refining a key")
    laplacian = matting.cf_laplacian(light.astype(np.float64), epsilon=EPSILON, is_known=~changing)
    free = changing.ravel()
    trust = np.clip(TRUST / np.maximum(doubt, 1e-9), 0, MOST_TRUST).ravel()[free].astype(np.float64)
    begun = alpha.astype(np.float64).ravel()
    rows = laplacian[free]
    inner, outer = rows[:, free], rows[:, ~free]
    wanted = trust * begun[free] - outer @ begun[~free]
    scale = 1 / (inner.diagonal() + trust)
    # Conjugate gradients, preconditioned by the diagonal, from what was found.
    solution = begun[free]
    residual = wanted - inner @ solution - trust * solution
    direction = scaled = scale * residual
    energy = residual @ scaled
    for _ in range(ITERATIONS):
        if energy < ENOUGH**2:
            break
        moved = inner @ direction + trust * direction
        length = energy / (direction @ moved)
        solution = solution + length * direction
        residual = residual - length * moved
        scaled = scale * residual
        before, energy = energy, residual @ scaled
        direction = scaled + energy / before * direction
    begun[free] = np.clip(solution, 0, 1)
    return begun.reshape(alpha.shape).astype(np.float32)
