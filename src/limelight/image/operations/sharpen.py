"""Soft pictures: edges made steeper, or a measured blur undone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.image.blur import MOST_BLUR, blur_of, luma_of
from limelight.image.noise import noise_of
from limelight.image.operation import Operation
from limelight.image.picture import Picture

REACH = 32
"""Half the side of the filter that undoes a blur, in pixels."""
LEAST_BLUR = 0.8
ROUNDING = 0.8
POWER = 1.5e-4
"""The power of natural luma, of 1, times the square of frequency in cycles a pixel."""
OVERSHOOT = 0.02
"""How far beyond what is beside it a pixel may come, of full scale."""
UNDONE = 0.1
"""The same where a blur is undone, which had taken the peaks."""


@dataclass(frozen=True)
class Sharpen(Operation):
    """Make edges steeper by an unsharp mask of luma that makes no halos.

    What differs from its surroundings differs more, but hardly becomes brighter or darker than the
    brightest and the darkest pixel beside it.
    """

    name: ClassVar[str] = "sharpen"

    strength: float = 0.7
    """How much of the difference is added; 0 to 3."""
    radius: float = 1.0
    """The surroundings' standard deviation in pixels; 0.3 to 5."""

    def __post_init__(self) -> None:
        """Refuse what is no strength and no radius."""
        if not 0 <= self.strength <= 3:
            raise BadInputError(f"strength is from 0 to 3, not {self.strength:g}")
        if not 0.3 <= self.radius <= 5:
            raise BadInputError(f"radius is from 0.3 to 5 pixels, not {self.radius:g}")

    @property
    def margin(self) -> int | None:
        """Four standard deviations."""
        return int(np.ceil(4 * self.radius)) + 1

    def __call__(self, picture: Picture) -> Picture:
        """Add to luma, and to each channel as much."""
        luma = luma_of(picture)
        blurred = cv2.GaussianBlur(luma, (0, 0), self.radius, borderType=cv2.BORDER_REPLICATE)
        return _with_luma(picture, luma, luma + np.float32(self.strength) * (luma - blurred))


@dataclass(frozen=True)
class Deblur(Operation):
    """Undo the blur of a lens out of focus or a soft scan, as far as the noise allows.

    The blur is measured at the sharpest edges (Zhuo and Sim 2011, "Defocus map estimation from a
    single image") and taken for Gaussian; Wiener's filter undoes it in luma, weighing what natural
    pictures hold at each frequency against the measured noise. A sharp picture is left alone. The
    blur of motion is not undone.
    """

    name: ClassVar[str] = "deblur"
    needs_survey: ClassVar[bool] = True

    radius: float = 0.0
    """The blur's standard deviation in pixels, to 4; 0 measures it."""
    noise: float | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no radius."""
        if not 0 <= self.radius <= MOST_BLUR:
            raise BadInputError(f"radius is from 0 to {MOST_BLUR:g} pixels, not {self.radius:g}")

    @property
    def margin(self) -> int | None:
        """What the filter sees."""
        return REACH + 1

    def surveyed(self, picture: Picture) -> Deblur:
        """Measure blur and noise over the whole picture."""
        radius = self.radius or blur_of(picture)
        return replace(self, radius=radius, noise=float(noise_of(picture)[0]))

    def __call__(self, picture: Picture) -> Picture:
        """Filter luma, and add to each channel what that adds."""
        if self.radius < LEAST_BLUR:
            return picture.copy()
        noise = np.hypot(self.noise or 0.0, ROUNDING) / 255
        luma = luma_of(picture)
        kernel = _wiener(self.radius, float(noise))
        made = cv2.filter2D(luma, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE)
        return _with_luma(picture, luma, made, UNDONE)


def _wiener(radius: float, noise: float) -> NDArray[np.float32]:
    """Give the finite filter that undoes a Gaussian blur in pictures whose power falls as 1/f^2."""
    side = 4 * REACH
    f = np.fft.fftfreq(side)
    squared = f[:, None] ** 2 + f[None] ** 2
    blur = np.exp(-2 * np.pi**2 * radius**2 * squared)
    power = POWER / np.maximum(squared, 1 / side**2)
    whole = np.fft.fftshift(np.fft.ifft2(blur / (blur**2 + noise**2 / power)).real)
    middle = side // 2
    kernel = whole[middle - REACH : middle + REACH + 1, middle - REACH : middle + REACH + 1]
    edge = np.hanning(2 * REACH + 3)[1:-1]
    tapered = kernel * np.outer(edge, edge)
    found: NDArray[np.float32] = (tapered / tapered.sum()).astype(np.float32)
    return found


def _with_luma(
    picture: Picture,
    before: NDArray[np.float32],
    after: NDArray[np.float32],
    overshoot: float = OVERSHOOT,
) -> Picture:
    """Give the picture with another luma, that makes no halos; colours stay."""
    beside = np.ones((3, 3), np.uint8)
    room = np.float32(overshoot)
    after = np.clip(after, cv2.erode(before, beside) - room, cv2.dilate(before, beside) + room)
    top = np.iinfo(picture.dtype).max
    added = (after - before)[..., None] * np.float32(top)
    made = picture.copy()
    made[..., :3] = np.clip(np.rint(picture[..., :3] + added), 0, top)
    return made
