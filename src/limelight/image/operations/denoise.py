"""Noise and grain out of pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from limelight.errors import BadInputError
from limelight.image.collaborative import MARGIN, SIDE, filtered
from limelight.image.noise import from_opponent, noise_of, opponent
from limelight.image.operation import Operation
from limelight.image.picture import Picture

LEAST = 0.7
"""Noise below that, of 255, is hardly more than rounding, and is left."""


@dataclass(frozen=True)
class Denoise(Operation):
    """Take out noise, as strongly as the picture is noisy, and leave a clean one alone.

    The noise of brightness and of colours is measured first. Then blocks that are alike are
    filtered together (BM3D, Dabov et al. 2007), which keeps fine detail that repeats.
    """

    name: ClassVar[str] = "denoise"
    needs_survey: ClassVar[bool] = True

    strength: float = 1.0
    """How strongly, against what the noise asks for; 0 to 3."""
    noise: tuple[float, ...] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        if not 0 <= self.strength <= 3:
            raise BadInputError(f"strength is from 0 to 3, not {self.strength:g}")

    @property
    def margin(self) -> int | None:
        """What both passes see."""
        return MARGIN

    def surveyed(self, picture: Picture) -> Denoise:
        """Measure the noise of the whole picture."""
        return replace(self, noise=tuple(map(float, noise_of(picture))))

    def __call__(self, picture: Picture) -> Picture:
        """Filter brightness and colours, each by its own noise."""
        noise = noise_of(picture) if self.noise is None else np.array(self.noise, np.float32)
        sigmas = np.where(noise >= LEAST, noise * np.float32(self.strength), 0).astype(np.float32)
        if not sigmas.any() or min(picture.shape[:2]) < SIDE:
            return picture.copy()
        made = picture.copy()
        made[..., :3] = from_opponent(filtered(opponent(picture), sigmas), picture.dtype)
        return made
