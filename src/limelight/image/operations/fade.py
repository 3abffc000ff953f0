"""Faded prints: their range, their colours and their middle brought back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.image.operation import Operation
from limelight.image.picture import Picture, Values, picture_of, values_of

ENDS = 0.005
"""The share of pixels that may be beyond black and beyond white."""
LEAST_RANGE = 0.45
"""A channel's range is never widened as if it were less: it may be a picture of fog."""
DRIFT, ENOUGH = 0.2, 0.25
"""How far grey may have drifted, and the share of pixels that must be as near it to be grey."""
MOST_BENT = 1.5
"""The most that a channel's middle is bent by, as an exponent, and its inverse the least."""
LOOKED_AT = 512
"""Pixels of the longer side of what is looked at: marks and grain don't count."""


@dataclass(frozen=True)
class Fade(Operation):
    """Give a faded print its black, its white and its grey back.

    Dyes fade each at its own pace: black becomes brown, white yellow. Each channel is stretched
    from its own darkest to its own lightest (robustly, by quantiles of the whole picture, away from
    its border) and, where enough of the picture is nearly grey, bent so that it is grey. A picture
    of full range without a cast stays nearly what it is, one without colour stays so; of what was
    never black or white anywhere, give a lower strength.
    """

    name: ClassVar[str] = "fade"
    needs_survey: ClassVar[bool] = True

    strength: float = 1.0
    """How much of it is done, 0 to 1."""
    black: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0), init=False, repr=False)
    white: tuple[float, float, float] = field(default=(1.0, 1.0, 1.0), init=False, repr=False)
    bend: tuple[float, float, float] = field(default=(1.0, 1.0, 1.0), init=False, repr=False)
    """The exponent of each channel, after the stretch."""

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        if not 0 <= self.strength <= 1:
            raise BadInputError(f"strength is from 0 to 1, not {self.strength:g}")

    def surveyed(self, picture: Picture) -> Operation:
        """Measure how the whole picture has faded."""
        colours = _looked_at(picture)
        if not len(colours):
            return self
        black, white = np.quantile(colours, (ENDS, 1 - ENDS), axis=0)
        lacking = np.maximum(LEAST_RANGE - (white - black), 0)
        black, white = np.maximum(black - lacking / 2, 0), np.minimum(white + lacking / 2, 1)
        stretched = np.clip((colours - black) / np.maximum(white - black, 1e-3), 0, 1)
        settled = Fade(self.strength)
        found = {"black": black, "white": white, "bend": _bend(stretched)}
        for name, values in found.items():
            object.__setattr__(settled, name, tuple(float(one) for one in values))
        return settled

    def __call__(self, picture: Picture) -> Picture:
        """Bring one picture, or a part of it, back by what was measured."""
        values = values_of(picture)
        black, white, bend = np.array([self.black, self.white, self.bend], np.float32)
        stretched = np.clip((values[..., :3] - black) / (white - black), 0, 1)
        made = stretched**bend
        values[..., :3] += np.float32(self.strength) * (made - values[..., :3])
        return picture_of(values, picture.dtype)


def _looked_at(picture: Picture) -> NDArray[np.float32]:
    """Give the colours of a small copy, (pixels, 3), without the border and what is transparent."""
    height, width = picture.shape[:2]
    shrink = min(LOOKED_AT / max(height, width), 1.0)
    size = (max(round(width * shrink), 1), max(round(height * shrink), 1))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    values: Values = values_of(small.reshape(size[1], size[0], -1))
    edge = min(size) // 25
    values = values[edge : size[1] - edge, edge : size[0] - edge]
    colours = values[..., :3].reshape(-1, 3)
    return colours[values[..., 3].ravel() > 0.5] if values.shape[2] == 4 else colours


def _bend(stretched: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give the exponents that make the middle of what has the least colour grey."""
    chroma, mean = np.ptp(stretched, axis=1), stretched.mean(axis=1)
    grey = (chroma < DRIFT) & (mean > 0.15) & (mean < 0.85)
    if grey.mean() < ENOUGH:
        return np.ones(3)
    level = np.clip(stretched[grey].mean(axis=0), 0.02, 0.98)
    middle = np.log(level).mean()
    found: NDArray[np.float64] = np.clip(middle / np.log(level), 1 / MOST_BENT, MOST_BENT)
    return found
