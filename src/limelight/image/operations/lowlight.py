"""Pictures that are too dark."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from limelight.errors import BadInputError
from limelight.image.light import gain_of
from limelight.image.operation import Operation
from limelight.image.picture import Picture, coded, light_of, picture_of


@dataclass(frozen=True)
class LowLight(Operation):
    """Brighten a picture that is too dark, as far as its noise allows; others are left alone.

    Light is multiplied as a longer exposure would have, and highlights are compressed instead of
    cut (Reinhard et al. 2002, "Photographic tone reproduction for digital images"), so that hues
    stay. The gain ends where the noise, which is measured first, would show: ``denoise`` before
    allows more.
    """

    name: ClassVar[str] = "lowlight"
    needs_survey: ClassVar[bool] = True

    strength: float = 1.0
    """How far towards what is bright enough; 0 to 1."""
    gain: float | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        if not 0 <= self.strength <= 1:
            raise BadInputError(f"strength is from 0 to 1, not {self.strength:g}")

    def surveyed(self, picture: Picture) -> LowLight:
        """Choose the gain by the whole picture's light and noise."""
        return replace(self, gain=gain_of(picture) ** self.strength)

    def __call__(self, picture: Picture) -> Picture:
        """Multiply light by the gain; what was full scale stays so."""
        gain = gain_of(picture) ** self.strength if self.gain is None else self.gain
        if gain <= 1:
            return picture.copy()
        light = light_of(picture[..., :3])
        brightest = light.max(axis=2, keepdims=True)
        # Towards 1 / brightest, which keeps the ratios of colours, where the gain would cut.
        factor = gain / (1 + ((gain * brightest) ** 4 - brightest**4).clip(0)) ** 0.25
        made = picture.copy()
        made[..., :3] = picture_of(coded(light * factor), picture.dtype)
        return made
