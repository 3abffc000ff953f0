"""What is wrong with a picture, measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limelight.image.blur import blur_of
from limelight.image.light import cast_of, gain_of
from limelight.image.noise import noise_of
from limelight.image.picture import Picture, light_of
from limelight.image.quantisation import luma_of, quantisation_of

SAMPLES = 1 << 18
MOST_SIDE = 2048


@dataclass(frozen=True)
class Defects:
    """The measures by which ``auto`` decides."""

    noise: float
    """Standard deviation in brightness, of 255."""
    colour_noise: float
    """The same in colour, the larger of two differences."""
    jpeg: int | None
    """The quality, 1 to 100, of the JPEG that it was; None where nothing shows one."""
    blur: float
    """Standard deviation in pixels of a Gaussian blur."""
    darkness: float
    """By how much light should be multiplied; 1 is bright enough."""
    contrast: float
    """The range of 98 % of luma, of 1."""
    cast: float
    """The angle in degrees between the light's colour and white."""
    lightest: float
    """The light, of 1, of the brightest thousandth: near 1 where something white may be."""
    longer_side: int
    """Pixels."""


def defects_of(picture: Picture) -> Defects:
    """Measure a picture (height, width, 3 or 4); of a large one, noise and so on by samples."""
    noise = noise_of(picture)
    jpeg = quantisation_of(picture)
    pixels = picture.reshape(1, -1, picture.shape[2])
    luma = luma_of(pixels[:, :: max(pixels.shape[1] // SAMPLES, 1)])
    low, high = np.quantile(luma, (0.01, 0.99)) / 255
    light = light_of(pixels[:, :: max(pixels.shape[1] // SAMPLES, 1), :3]).max(axis=2)
    cast = cast_of(picture).astype(np.float64)
    angle = np.degrees(np.arccos(min(cast.sum() / np.linalg.norm(cast) / np.sqrt(3), 1.0)))
    height, width = picture.shape[:2]
    top, left = max(height - MOST_SIDE, 0) // 2, max(width - MOST_SIDE, 0) // 2
    middle = picture[top : top + MOST_SIDE, left : left + MOST_SIDE]
    return Defects(
        noise=float(noise[0]),
        colour_noise=float(noise[1:].max()),
        jpeg=None if jpeg is None else jpeg.quality,
        blur=blur_of(middle),
        darkness=gain_of(picture),
        contrast=float(high - low),
        cast=float(angle),
        lightest=float(np.quantile(light, 0.999)),
        longer_side=max(height, width),
    )
