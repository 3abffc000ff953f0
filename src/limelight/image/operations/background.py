"""People, or whatever a picture is of, cut out of what is behind them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, get_args

import cv2
import numpy as np

from limelight.errors import BadInputError
from limelight.image.cutting import cut
from limelight.image.laying import Laying, over
from limelight.image.operation import Operation
from limelight.image.people import people
from limelight.image.picture import Picture
from limelight.image.subject import subject

Finder = Literal["people", "isnet", "birefnet", "birefnet-lite"]


@dataclass(frozen=True)
class Background(Laying, Operation):
    """Take away what is behind people, or behind anything, or blur it.

    MediaPipe's selfie segmentation finds people (`limelight weights fetch selfie` gets it), best
    where they are near and face the camera; IS-Net and BiRefNet find whatever the picture is of.
    What they find is fitted to the picture's edges by a guided filter (He and Sun 2015).
    """

    name: ClassVar[str] = "background"

    by: Finder = "people"
    """What finds it; `limelight weights list` tells of licences and sizes."""
    network: Path | None = None
    """An ONNX file of your own instead of the weights, of the kind that `by` says."""
    blur: float = 0.0
    """Blur what is behind instead, by so much of the picture's width: 0.02."""

    def __post_init__(self) -> None:
        """Refuse two backgrounds at once, blurs that are none, and networks for people."""
        super().__post_init__()
        if self.by not in get_args(Finder):
            raise BadInputError(f"by is one of {', '.join(get_args(Finder))}, not {self.by!r}")
        if self.network and self.by == "people":
            raise BadInputError("a network of your own needs by=isnet or by=birefnet beside it")
        if not 0 <= self.blur <= 0.2:
            raise BadInputError(f"blur is from 0 to 0.2 of the width, not {self.blur:g}")
        if self.blur and (self.behind or self.fill or self.premultiplied):
            raise BadInputError("something else behind and a blur exclude each other; give one")

    @property
    def margin(self) -> None:
        """Networks look at the whole picture."""

    def __call__(self, picture: Picture) -> Picture:
        """Cut out of one picture; without something to lay it over it gains alpha."""
        alone = self.by == "people"
        front = cut(picture, people(picture) if alone else subject(picture, self.by, self.network))
        return blurred(front, picture, self.blur) if self.blur else self.laid(front)


def blurred(front: Picture, picture: Picture, share: float) -> Picture:
    """Lay what was cut out over its own picture, blurred by ``share`` of the width."""
    deviation = max(share * picture.shape[1], 0.5)
    behind = cv2.GaussianBlur(picture[..., :3], (0, 0), deviation).reshape(*picture.shape[:2], 3)
    laid = over(front, behind)
    return np.dstack([laid, picture[..., 3]]) if picture.shape[2] == 4 else laid
