"""JPEG's blocks and ringing out of pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn

from limelight.errors import BadInputError
from limelight.image.collaborative import MARGIN, filtered
from limelight.image.noise import from_opponent, opponent
from limelight.image.operation import Operation
from limelight.image.picture import Picture
from limelight.image.quantisation import SIDE, Quantisation, luma_of, quantisation_of

COLOUR = 1.5
"""The error of colours, which have fewer samples and larger steps, against that of brightness."""
NARROW = 0.3
"""How far from the stored coefficient the true one is taken to be, in steps; 0.5 is certain."""


@dataclass(frozen=True)
class Deblock(Operation):
    """Take out the blocks and the ringing that JPEG left, as far as it rounded; no others.

    The steps by which it rounded are read off the picture's own samples, so that a PNG that once
    was a JPEG is known too. Alike blocks are filtered together (BM3D, Dabov et al. 2007) by the
    noise that such rounding makes (Foi et al. 2007, "Pointwise shape-adaptive DCT"), and luma stays
    within what the file could have meant.
    """

    name: ClassVar[str] = "deblock"
    needs_survey: ClassVar[bool] = True

    strength: float = 1.0
    """How strongly, against what the rounding asks for; 0 to 3."""
    found: Quantisation | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        if not 0 <= self.strength <= 3:
            raise BadInputError(f"strength is from 0 to 3, not {self.strength:g}")

    @property
    def margin(self) -> int | None:
        """What the filter sees, and the whole of its blocks."""
        return (MARGIN // SIDE + 2) * SIDE

    def surveyed(self, picture: Picture) -> Deblock:
        """Read off how the picture was quantised."""
        return replace(self, found=quantisation_of(picture))

    def __call__(self, picture: Picture) -> Picture:
        """Filter a picture whose blocks begin where the survey found, or not at all."""
        if self.found is None or not self.strength or min(picture.shape[:2]) < 2 * SIDE:
            return picture.copy()
        steps = self.found.steps
        noise = float(steps[:3, :3].mean()) ** 0.65 * self.strength
        planes = opponent(picture)
        coloured = bool(planes[1:].any())
        colour = COLOUR * noise * coloured
        sigmas = np.array([noise, colour, colour], np.float32)
        made = filtered(planes, sigmas)
        made[0] += _kept(luma_of(picture), _luma(made), self.found)
        cleaned = picture.copy()
        cleaned[..., :3] = from_opponent(made, picture.dtype)
        return cleaned


def _luma(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give JPEG's luma of planes of opponent colours."""
    # red = a + b + 2c/3, green = a - 4c/3, blue = a - b + 2c/3
    found: NDArray[np.float32] = (
        planes[0]
        + np.float32(0.299 - 0.114) * planes[1]
        + np.float32((0.299 + 0.114) * 2 / 3 - 0.587 * 4 / 3) * planes[2]
    )
    return found


def _kept(
    before: NDArray[np.float32], after: NDArray[np.float32], found: Quantisation
) -> NDArray[np.float32]:
    """Give what to add to luma so that its blocks are no others than JPEG could have rounded."""
    (top, left), (height, width) = found.origin, before.shape
    rows, columns = (height - top) // SIDE, (width - left) // SIDE
    inside = np.s_[top : top + rows * SIDE, left : left + columns * SIDE]

    def spectra(luma: NDArray[np.float32]) -> NDArray[np.float32]:
        blocks = luma[inside].reshape(rows, SIDE, columns, SIDE).swapaxes(1, 2)
        spectrum: NDArray[np.float32] = dctn(blocks, axes=(2, 3), norm="ortho")
        return spectrum

    stored, wanted = spectra(before), spectra(after)
    room = found.steps * np.float32(NARROW)
    change = np.clip(wanted, stored - room, stored + room) - wanted
    change[..., 0, 0] = 0
    added = np.zeros_like(before)
    blocks = idctn(change, axes=(2, 3), norm="ortho").swapaxes(1, 2)
    added[inside] = blocks.reshape(rows * SIDE, columns * SIDE)
    return added
