"""Scratches, dust and folds of old photographs, found and filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from limelight.errors import BadInputError
from limelight.image.damage import damage
from limelight.image.inpainting.filling import inpaint
from limelight.image.operation import Operation
from limelight.image.picture import Picture


@dataclass(frozen=True)
class Scratches(Operation):
    """Remove scratches, dust and folds, light and dark; all other pixels stay to the bit.

    Strokes and specks that stand out are judged by all that tells damage from what a picture shows:
    straight, grey, unlike what is around it, going across it (weights learned from photographs). A
    wire or a glint can look so too: see what would be filled with --show, mend that mask, and give
    it to `limelight image inpaint`.
    """

    name: ClassVar[str] = "scratches"

    strength: float = 0.5
    """How faint a mark may be that is removed, 0 to 1."""
    show: bool = False
    """Give what is found, white on black, instead of removing it: a mask for inpaint."""

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        if not 0 <= self.strength <= 1:
            raise BadInputError(f"strength is from 0 to 1, not {self.strength:g}")

    @property
    def margin(self) -> None:
        """A scratch may go all the way across."""

    def __call__(self, picture: Picture) -> Picture:
        """Clean one picture."""
        found = damage(picture, self.strength)
        if self.show:
            made = np.zeros_like(picture)
            made[found, :3] = np.iinfo(picture.dtype).max
            made[..., 3:] = np.iinfo(picture.dtype).max
            return made
        if not found.any() or found.all():
            return picture.copy()
        return inpaint(picture, found)
