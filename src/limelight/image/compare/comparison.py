"""All that is measured of two pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.image.compare.matte import MatteErrors, matte_errors
from limelight.image.compare.measures import psnr, ssim
from limelight.image.picture import Picture, picture_of, values_of


@dataclass(frozen=True)
class Comparison:
    """What an estimate is worth beside its reference.

    ``psnr`` is in dB, inf for equals; ``ssim`` is 1 for equals; ``matte`` is None unless both have
    alpha. ``worst`` is the row and the column around which the luma's structure differs most.
    """

    psnr: float
    ssim: float
    matte: MatteErrors | None
    worst: tuple[int, int]


def compare(reference: Picture, estimate: Picture) -> Comparison:
    """Measure ``estimate`` against ``reference``, pictures of the same size.

    Where one has alpha, colours count as far as they are seen: both are multiplied by their alpha,
    as over black. Raises BadInputError for pictures of different sizes.
    """
    if reference.shape[:2] != estimate.shape[:2]:
        sizes = [f"{width:,} x {height:,}" for height, width in _sizes(reference, estimate)]
        raise BadInputError(
            f"the pictures are {sizes[0]} and {sizes[1]} pixels; only pictures of one size can be "
            "compared: enlarge, shrink or crop one of them first"
        )
    matte = None
    if reference.shape[2] == estimate.shape[2] == 4:
        matte = matte_errors(_alpha(reference), _alpha(estimate))
    first, second = seen(reference), seen(estimate)
    alike, places = ssim(first, second)
    row, column = np.unravel_index(np.argmin(places), places.shape)
    return Comparison(psnr(first, second), alike, matte, (int(row), int(column)))


def seen(picture: Picture) -> Picture:
    """Give a picture as it looks over black (height, width, 3); without alpha it is the same."""
    if picture.shape[2] == 3:
        return picture
    values = values_of(picture)
    return picture_of(values[..., :3] * values[..., 3:], picture.dtype)


def _alpha(picture: Picture) -> NDArray[np.float64]:
    found: NDArray[np.float64] = values_of(picture[..., 3]).astype(np.float64)
    return found


def _sizes(*pictures: Picture) -> list[tuple[int, int]]:
    return [(picture.shape[0], picture.shape[1]) for picture in pictures]
