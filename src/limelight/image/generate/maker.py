"""What makes pictures: one of our own models, or a diffusers pipeline, asked in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from limelight.errors import BadInputError, NotFoundError
from limelight.extras import require
from limelight.image.generate.collection import Samples, over_white, resized, squared
from limelight.image.generate.model import CONFIG, Generator, Sampling
from limelight.image.masks import Mask
from limelight.image.picture import Picture
from limelight.progress import Progress, silent

PIPELINE = "model_index.json"


class Maker(Protocol):
    """Makes pictures, uint8; ``asked`` is a class or words, "" for whatever comes."""

    def sample(
        self, asked: Sequence[str], sampling: Sampling, progress: Progress = silent
    ) -> Samples:
        """Make a picture of each of ``asked``, (n, height, width, 3)."""

    def vary(
        self,
        picture: Picture,
        asked: Sequence[str],
        strength: float,
        sampling: Sampling,
        progress: Progress = silent,
    ) -> Samples:
        """Make variations of a picture, the more unlike it the nearer ``strength`` is to 1."""

    def fill(
        self,
        picture: Picture,
        hole: Mask,
        asked: str,
        sampling: Sampling,
        progress: Progress = silent,
    ) -> Picture:
        """Fill what ``hole`` means, (height, width); every other pixel stays to the bit."""


class SmallMaker:
    """A model trained by `limelight image generate train`: its pictures are small squares."""

    def __init__(self, generator: Generator) -> None:
        """Take a trained model."""
        self.generator = generator
        self.size = generator.shape.size

    def sample(
        self, asked: Sequence[str], sampling: Sampling, progress: Progress = silent
    ) -> Samples:
        """Make a picture of each of ``asked``, (n, size, size, 3)."""
        return self.generator.sample(asked, sampling, progress)

    def vary(
        self,
        picture: Picture,
        asked: Sequence[str],
        strength: float,
        sampling: Sampling,
        progress: Progress = silent,
    ) -> Samples:
        """Make variations of a picture's middle square, (n, size, size, 3)."""
        known = squared(picture, self.size)
        return self.generator.vary(known, asked, strength, sampling, progress)

    def fill(
        self,
        picture: Picture,
        hole: Mask,
        asked: str,
        sampling: Sampling,
        progress: Progress = silent,
    ) -> Picture:
        """Fill a hole by what the model makes of the square around it, enlarged to its place.

        Where the hole is longer than the picture's short side, the whole picture is that square.
        """
        refuse_hole(picture, hole)
        rows, columns = _square_around(hole)
        known = over_white(picture[rows, columns])
        small = resized(known, (self.size, self.size))
        mask = resized(np.uint8(255) * hole[rows, columns, None].repeat(3, 2), small.shape[:2])
        touched = torch.from_numpy(mask[..., 0] > 0)
        made = self.generator.inpaint(small, touched, asked, sampling, progress)
        filled = picture.copy()
        put_into(filled[rows, columns], resized(made, known.shape[:2]), hole[rows, columns])
        return filled


def open_maker(folder: Path, device: str = "cpu") -> Maker:
    """Open the folder of a model of ours, or of a diffusers pipeline.

    Raises NotFoundError where it is neither, CorruptError where it can't be read, BadInputError for
    a pipeline that is not safe to open, MissingExtraError where diffusers is absent.
    """
    folder = Path(folder)
    if (folder / CONFIG).is_file():
        return SmallMaker(Generator.load(folder, device))
    if (folder / PIPELINE).is_file():
        pipelines = require(
            "limelight.image.generate.pipelines", "generate", "A diffusers pipeline"
        )
        made: Maker = pipelines.PipelineMaker(folder, device)
        return made
    raise NotFoundError(
        f"{folder} is no model: neither {CONFIG} of `limelight image generate train` nor "
        f"{PIPELINE} of a diffusers pipeline is in it"
    )


def refuse_hole(picture: Picture, hole: Mask) -> None:
    """Refuse a mask of another size, an empty one, and one that leaves nothing."""
    if hole.shape != picture.shape[:2]:
        (height, width), (high, wide) = picture.shape[:2], hole.shape
        raise BadInputError(
            f"the mask has {wide} x {high} pixels and the picture {width} x {height}; "
            "a mask is as large as its picture"
        )
    if not hole.any():
        raise BadInputError("the mask marks nothing; what is to be filled is white in it")
    if hole.all():
        raise BadInputError("the mask marks the whole picture; leave something to go by")


def put_into(picture: Picture, made: Samples, hole: Mask) -> None:
    """Write what was made into the hole, solid, in the picture's own depth."""
    top = np.iinfo(picture.dtype).max
    picture[..., :3][hole] = made[hole].astype(picture.dtype) * (top // 255)
    if picture.shape[2] == 4:
        picture[..., 3][hole] = top


def _square_around(hole: Mask) -> tuple[slice, slice]:
    """Give the largest square of the picture that has the hole near its middle."""
    down, across = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
    side = min(hole.shape)
    if max(down[-1] - down[0], across[-1] - across[0]) >= side:
        return slice(0, hole.shape[0]), slice(0, hole.shape[1])
    corners = [
        int(min(max((found[0] + found[-1] + 1 - side) // 2, 0), length - side))
        for found, length in zip((down, across), hole.shape, strict=True)
    ]
    return slice(corners[0], corners[0] + side), slice(corners[1], corners[1] + side)
