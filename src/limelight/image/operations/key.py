"""Green and blue screens out of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from limelight.errors import BadInputError
from limelight.image.key import key
from limelight.image.laying import Laying
from limelight.image.operation import Operation
from limelight.image.picture import Picture

Colour = Literal["green", "blue"]


@dataclass(frozen=True)
class Key(Laying, Operation):
    """Cut out what stands before a green or blue screen, in linear light.

    Soft edges, hair and glass stay what they are, uneven light on the screen goes with it, and so
    does its light on what stands before it (colour difference keying, Vlahos 1964; Bayesian
    matting, Chuang et al. 2001). Without a screen, a picture stays whole.
    """

    name: ClassVar[str] = "key"

    colour: Colour = "green"
    """The screen's."""
    refine: bool = False
    """Smooth edges by closed-form matting (Levin et al. 2008): slower, cleaner hair."""

    def __post_init__(self) -> None:
        """Refuse screens of other colours."""
        super().__post_init__()
        if self.colour not in get_args(Colour):
            raise BadInputError(f"a screen is green or blue, not {self.colour!r}")

    @property
    def margin(self) -> None:
        """The screen is known from the whole picture, which is worked on in blocks all the same."""

    def __call__(self, picture: Picture) -> Picture:
        """Key one picture; without something to lay it over it gains alpha."""
        return self.laid(key(picture, self.colour, self.refine))
