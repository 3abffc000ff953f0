"""How much light a picture was taken in, and of which colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limelight.image.noise import noise_of
from limelight.image.picture import Picture, light_of

ADEQUATE = 0.16
"""The mean light, of 1, of a picture that is bright enough: photographers' middle grey."""
LIT = 0.5
"""A picture with lights beyond that is dark because it is meant to be, unless it is very dark."""
WHITE = 0.995
"""This share of pixels stays below full scale, whatever the gain."""
MOST_GAIN = 16.0
VISIBLE = 8.0
"""Noise, of 255, that a picture may have after it was brightened; the gain stops there."""
SAMPLES = 1 << 18
NORM = 12
"""Of the mean over pixels: 1 is the grey world, infinity the brightest pixel."""
CUT = 0.98


def gain_of(picture: Picture) -> float:
    """Say by how much light should be multiplied: 1 for a picture that is bright enough."""
    pixels = picture.reshape(-1, picture.shape[2])
    light = light_of(pixels[:: max(len(pixels) // SAMPLES, 1), :3])
    mean = float(light.mean())
    bright = float(np.quantile(light.max(axis=1), WHITE))
    if mean <= 0 or mean >= ADEQUATE / 2 or (bright > LIT and mean > ADEQUATE / 5):
        return 1.0
    wanted = min(ADEQUATE / mean, 2 / max(bright, 1e-4), MOST_GAIN)
    # Coded samples are about the 2.2nd root of light, so noise grows by the root of the gain.
    noise = float(noise_of(picture)[0])
    allowed = (VISIBLE / noise) ** 2.2 if noise else MOST_GAIN
    return max(min(wanted, allowed), 1.0)


def cast_of(picture: Picture) -> NDArray[np.float32]:
    """Estimate the colour (3,) of the light a picture was taken in; its mean is 1."""
    pixels = picture.reshape(-1, picture.shape[2])
    light = light_of(pixels[:: max(len(pixels) // SAMPLES, 1), :3]).astype(np.float64)
    light = light[light.max(axis=1) < CUT]
    if not len(light) or light.max() <= 0:
        return np.ones(3, np.float32)
    found = (light**NORM).mean(axis=0) ** (1 / NORM)
    found = np.maximum(found, 0.05 * found.max())
    shares: NDArray[np.float32] = (found / found.mean()).astype(np.float32)
    return shares
