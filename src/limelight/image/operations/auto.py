"""What a picture needs, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from limelight.errors import UnavailableError
from limelight.image.defects import Defects, defects_of
from limelight.image.operation import Operation
from limelight.image.operations.contrast import Contrast
from limelight.image.operations.deblock import Deblock
from limelight.image.operations.denoise import Denoise
from limelight.image.operations.lowlight import LowLight
from limelight.image.operations.sharpen import Deblur
from limelight.image.operations.upscale import Upscale
from limelight.image.operations.whitebalance import WhiteBalance
from limelight.image.picture import Picture
from limelight.image.tiles import worked
from limelight.weights import path as weights_path

NOISY, COLOUR_NOISY = 4.0, 3.0
GRAINY = 2.0
"""Without noise in its colours, a coloured picture's fine detail is detail up to such a ratio."""
LOSSY = 88
BLURRED = 1.1
DARK = 1.5
FLAT = 0.45
CAST, OWN_COLOUR = 13.0, 30.0
"""Degrees from which a colour is a cast, and from which it is the picture's own."""
WHITE = 0.9
"""Where nothing is as light as that, nothing tells a cast from what is of one colour by itself."""
SMALL, TINY = 320, 160


@dataclass(frozen=True)
class Auto(Operation):
    """Measure what is wrong with a picture, and do what mends that; a good one stays as it is.

    JPEG's blocks, noise, darkness, a colour cast, low contrast, blur and a small size are measured,
    and each is mended by the operation that there is for it. Nothing is invented. What was done,
    and by which measure, is told and written into the file.
    """

    name: ClassVar[str] = "auto"
    needs_survey: ClassVar[bool] = True

    @property
    def margin(self) -> int | None:
        """Its steps go through tiles, each by itself."""
        return None

    def surveyed(self, picture: Picture) -> Decided:
        """Decide what the picture needs."""
        steps = tuple(_needed(defects_of(picture), picture))
        return Decided("; ".join(why for _, why in steps), tuple(step for step, _ in steps))

    def __call__(self, picture: Picture) -> Picture:
        """Decide and do it."""
        return self.surveyed(picture)(picture)


@dataclass(frozen=True)
class Decided(Operation):
    """What ``auto`` decided about one picture."""

    name: ClassVar[str] = "auto"

    did: str
    """The steps in order, and why."""
    steps: tuple[Operation, ...] = field(repr=False)

    @property
    def margin(self) -> int | None:
        """Its steps go through tiles, each by itself."""
        return None

    @property
    def factor(self) -> int:
        """As its steps have it."""
        found = 1
        for step in self.steps:
            found *= step.factor
        return found

    def told(self) -> str:
        """Say what was done and why."""
        return self.did or "nothing: no defect was measured"

    def __call__(self, picture: Picture) -> Picture:
        """Do the steps, each of which looks at what the one before made."""
        made = picture.copy()
        for step in self.steps:
            made = worked(step, made)
        return made


def _needed(defects: Defects, picture: Picture) -> Iterator[tuple[Operation, str]]:
    small = defects.longer_side <= SMALL
    factor = 4 if defects.longer_side <= TINY else 2
    enlarging = (
        Upscale(factor) if not small or _has_weights(defects) else Upscale(factor, "lanczos")
    )
    lossy = defects.jpeg is not None and defects.jpeg < LOSSY
    noisy = defects.colour_noise >= COLOUR_NOISY or (
        defects.noise >= NOISY
        and (defects.colour_noise == 0 or defects.noise <= GRAINY * defects.colour_noise)
    )
    if lossy and not (small and enlarging.by == "auto"):  # waifu2x does both
        yield Deblock(), f"deblock (JPEG of quality {defects.jpeg})"
    elif noisy and not lossy:
        measured = f"{defects.noise:.1f} in brightness, {defects.colour_noise:.1f} in colour"
        yield Denoise(), f"denoise (noise of {measured}, of 255)"
    if defects.darkness >= DARK:
        yield LowLight(), f"lowlight (its light is {1 / defects.darkness:.2f} of what is enough)"
    if CAST <= defects.cast <= OWN_COLOUR and defects.lightest >= WHITE:
        yield WhiteBalance(), f"whitebalance (the light is {defects.cast:.0f} degrees from white)"
    if defects.contrast < FLAT and defects.darkness < DARK and defects.contrast > 0.02:
        yield Contrast(), f"contrast (luma's range is {defects.contrast:.2f} of 1)"
    if defects.blur >= BLURRED and not noisy and not lossy and min(picture.shape[:2]) > 32:
        yield Deblur(), f"deblur (edges are {defects.blur:.1f} pixels wide)"
    if small and defects.longer_side > 1:
        way = "" if enlarging.by == "auto" else ", by lanczos: no weights were fetched"
        yield enlarging, f"upscale:factor={factor} ({defects.longer_side} pixels wide or high{way})"


def _has_weights(defects: Defects) -> bool:
    try:
        weights_path("span" if defects.jpeg is None else "waifu2x")
    except UnavailableError:
        return False
    return True
