"""Logos, text, scratches and people who should not be there, filled from what surrounds them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from limelight.image.inpainting.filling import Way, inpaint, known_way
from limelight.image.masks import Masking
from limelight.image.operation import Operation
from limelight.image.picture import Picture


@dataclass(frozen=True)
class Inpaint(Masking, Operation):
    """Fill what a mask, rectangles or polygons say; every other pixel stays to the bit.

    Thin holes are closed by a biharmonic surface (Damelin and Hoang 2018), large ones by what the
    picture shows elsewhere, found by PatchMatch at several sizes (Barnes et al. 2009, Newson et al.
    2017). LaMa (Suvorov et al. 2022) needs its weights: `limelight weights fetch lama`.
    """

    name: ClassVar[str] = "inpaint"

    by: Way = "auto"
    """How holes are filled; auto goes by how thick each one is."""
    network: Path | None = None
    """An ONNX file of your own for lama, of the form of Carve's lama_fp32.onnx."""

    def __post_init__(self) -> None:
        """Refuse ways that there are not, and what the mask's settings refuse."""
        super().__post_init__()
        known_way(self.by, self.network)

    @property
    def margin(self) -> None:
        """The mask is of the whole picture; only what is near its holes is worked on."""

    def __call__(self, picture: Picture) -> Picture:
        """Fill the holes of one picture."""
        height, width = picture.shape[:2]
        return inpaint(picture, self.meant(height, width), self.by, self.network)
