"""Pictures whose light had a colour."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from limelight.errors import BadInputError
from limelight.image.light import cast_of
from limelight.image.operation import Operation
from limelight.image.picture import Picture, coded, light_of, picture_of


@dataclass(frozen=True)
class WhiteBalance(Operation):
    """Take out the colour of the light that a picture was taken in.

    It is measured by shades of grey (Finlayson and Trezzi 2004), in linear light, and each channel
    is multiplied (von Kries 1902), so that brightness stays. What is of one colour by itself, a
    sunset, loses some of it: ``strength`` says how much.
    """

    name: ClassVar[str] = "whitebalance"
    needs_survey: ClassVar[bool] = True

    strength: float = 1.0
    """How much of the cast is taken out; 0 to 1."""
    cast: tuple[float, ...] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        if not 0 <= self.strength <= 1:
            raise BadInputError(f"strength is from 0 to 1, not {self.strength:g}")

    def surveyed(self, picture: Picture) -> WhiteBalance:
        """Measure the light's colour over the whole picture."""
        return replace(self, cast=tuple(map(float, cast_of(picture))))

    def __call__(self, picture: Picture) -> Picture:
        """Multiply each channel's light."""
        cast = cast_of(picture) if self.cast is None else np.array(self.cast, np.float32)
        gains = cast ** np.float32(-self.strength)
        gains /= gains @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        if np.abs(gains - 1).max() < 1e-3:
            return picture.copy()
        made = picture.copy()
        made[..., :3] = picture_of(coded(light_of(picture[..., :3]) * gains), picture.dtype)
        return made
