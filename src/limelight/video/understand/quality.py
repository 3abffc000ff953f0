"""How good a frame looks, and how unlike others it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limelight.image.faces import faces
from limelight.video.understand.looking import BLACK, Look, Values

DISTINCT = 0.15
"""Pictures whose 3 by 3 fields differ by so much of full scale, in the mean, are quite distinct."""


def qualities(look: Look) -> Values:
    """Give every frame's quality (n,), 0 to 1: well lit, sharp, contrasty, still, in no transition.

    Sharpness and motion count against the video's own: what is sharp in a fog is sharp for it.
    """
    lit = _ramp(look.luma, BLACK, 0.2) * _ramp(1 - look.luma, 0.02, 0.15)
    contrast = _ramp(look.contrast, 0.01, 0.2)
    sharp = _of_best(look.sharpness)
    still = 1 - 0.5 * _of_best(look.motion)
    inside = np.clip(1 - look.transition, 0, 1)
    found: Values = (lit * inside * still * np.sqrt(contrast) * (0.2 + 0.8 * sharp)).astype(
        np.float32
    )
    return found


def face_share(picture: NDArray[np.uint8]) -> tuple[int, float]:
    """Count the faces, and say how much they make of a picture, 0 to 1 (a third as high is all)."""
    found = faces(picture)
    tall = sum(face.height * face.score for face in found) / picture.shape[0]
    return len(found), min(3 * tall, 1.0)


def distinctness(fields: NDArray[np.uint8], chosen: list[NDArray[np.uint8]]) -> float:
    """Say how unlike all of ``chosen`` a picture is by its 3 by 3 fields (27,): 0 to 1."""
    if not chosen:
        return 1.0
    apart = np.abs(np.stack(chosen).astype(np.int16) - fields.astype(np.int16)).mean(axis=1)
    return min(float(apart.min()) / 255 / DISTINCT, 1.0)


def _ramp(values: Values, low: float, high: float) -> Values:
    found: Values = np.clip((values - low) / (high - low), 0, 1)
    return found


def _of_best(values: Values) -> Values:
    """Scale to the video's own tenth-best."""
    best = float(np.quantile(values, 0.9))
    return np.clip(values / best, 0, 1) if best > 0 else np.zeros_like(values)
