"""Larger pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import cv2
import numpy as np

from limelight.errors import BadInputError
from limelight.image.operation import Operation
from limelight.image.picture import Picture, picture_of, values_of
from limelight.image.quantisation import quantisation_of
from limelight.image.superresolution import FACTORS, enlarged, span, waifu2x

WAYS = ("auto", "span", "waifu2x", "lanczos")
MOST = 8
NEARLY_CLEAN, LOW_QUALITY = 80, 65
"""JPEG's qualities from which waifu2x's weakest network, and below which its strongest is best."""
LANCZOS_REACH = 4


@dataclass(frozen=True)
class Upscale(Operation):
    """Make pictures larger.

    By the network SPAN (Wan et al. 2024), or where the picture's samples show that it was a lossy
    JPEG by waifu2x's network for photographs, which takes out blocks and ringing instead of
    enlarging them: ``limelight weights fetch span`` and ``waifu2x`` get them. Networks enlarge 2 or
    4 times; lanczos needs none, and enlarges 2 to 8 times. Faces and grain are not invented.
    """

    name: ClassVar[str] = "upscale"
    needs_survey: ClassVar[bool] = True

    factor: int = 2
    """How many times wider and higher, 2 to 8."""
    by: str = "auto"
    """auto, span, waifu2x or lanczos."""
    quality: int | None = field(default=None, repr=False)
    grey: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse factors and ways that there are not."""
        if self.by not in WAYS:
            raise BadInputError(f"upscale goes by {', '.join(WAYS)}, not {self.by!r}")
        if not 2 <= self.factor <= MOST:
            raise BadInputError(f"upscale makes 2 to {MOST} times larger, not {self.factor}")
        if self.by != "lanczos" and self.factor not in FACTORS:
            raise BadInputError(
                f"networks make 2 or 4 times larger, not {self.factor}; use by=lanczos"
            )

    @property
    def margin(self) -> int | None:
        """What the widest of the networks sees."""
        return 16

    def surveyed(self, picture: Picture) -> Upscale:
        """Look whether the picture was a JPEG, and of which quality."""
        found = None if self.by in ("span", "lanczos") else quantisation_of(picture)
        grey = bool((picture[..., :1] == picture[..., 1:3]).all())
        way = self.by
        if way == "auto":
            way = "span" if found is None else "waifu2x"
        return replace(self, by=way, quality=found.quality if found else None, grey=grey)

    def __call__(self, picture: Picture) -> Picture:
        """Enlarge a picture; by waifu2x four times is two times, twice."""
        if self.by == "lanczos":
            return _lanczos(picture, self.factor)
        if self.by != "waifu2x":
            return enlarged(picture, span(self.factor), self.grey)
        made = enlarged(picture, waifu2x(self._strength()), self.grey)
        return made if self.factor == 2 else enlarged(made, waifu2x(-1), self.grey)

    def _strength(self) -> int:
        if self.quality is None or self.quality >= NEARLY_CLEAN:
            return 0
        return 2 if self.quality >= LOW_QUALITY else 3


def _lanczos(picture: Picture, factor: int) -> Picture:
    """Enlarge by Lanczos' filter over 8 by 8 pixels, of coded samples."""
    reach = LANCZOS_REACH
    padded = np.pad(values_of(picture), ((reach, reach), (reach, reach), (0, 0)), "edge")
    large = cv2.resize(padded, None, fx=factor, fy=factor, interpolation=cv2.INTER_LANCZOS4)
    edge = reach * factor
    return picture_of(large[edge:-edge, edge:-edge], picture.dtype)
