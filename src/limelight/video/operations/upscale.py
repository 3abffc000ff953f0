"""Larger pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from limelight.errors import BadInputError
from limelight.image.superresolution import FACTORS, enlarged, span
from limelight.video.frame import Footage, Frame
from limelight.video.operation import Operation
from limelight.video.operations.alike import filtered_alike
from limelight.video.pictures import worked

MOST = 8
WAYS = ("lanczos", "span")


@dataclass(frozen=True)
class Upscale(Operation):
    """Make pictures a whole number of times larger.

    By Lanczos' filter, or by the network SPAN (Wan et al. 2024), which makes edges and fine lines
    sharp: `limelight weights fetch span` gets it. It enlarges 2 or 4 times and takes much longer.
    """

    name: ClassVar[str] = "upscale"

    factor: int = 2
    """How many times wider and higher, 2 to 8."""
    by: str = "lanczos"
    """lanczos or span."""

    def __post_init__(self) -> None:
        """Refuse factors and ways that there are not."""
        if self.by not in WAYS:
            raise BadInputError(f"upscale goes by {' or '.join(WAYS)}, not {self.by!r}")
        if not 2 <= self.factor <= MOST:
            raise BadInputError(f"upscale makes 2 to {MOST} times larger, not {self.factor}")
        if self.by == "span" and self.factor not in FACTORS:
            raise BadInputError(f"span makes 2 or 4 times larger, not {self.factor}")

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Enlarge every frame; the larger picture keeps its shape and its samples' format."""
        if self.by == "span":
            network = span(self.factor)
            return worked(lambda picture: enlarged(picture, network), frames)
        size = {"width": footage.width * self.factor, "height": footage.height * self.factor}
        how = {"flags": "lanczos+accurate_rnd+full_chroma_int+full_chroma_inp"}
        return filtered_alike([("scale", {**size, **how})], frames, footage)
