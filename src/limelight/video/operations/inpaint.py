"""Logos, text and scratches that stay in one place, filled from what surrounds them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from limelight.image.inpainting.filling import Way, inpaint, known_way
from limelight.image.masks import Masking
from limelight.image.picture import Picture
from limelight.video.operation import PictureOperation


@dataclass(frozen=True)
class Inpaint(Masking, PictureOperation):
    """Fill the same part of every frame, as `limelight image inpaint` does for a picture.

    Every frame is filled on its own: biharmonic is the steadiest, exemplar has more texture.
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

    def __call__(self, picture: Picture) -> Picture:
        """Fill one frame."""
        height, width = picture.shape[:2]
        return inpaint(picture, self.meant(height, width), self.by, self.network)
