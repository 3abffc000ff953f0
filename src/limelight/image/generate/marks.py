"""Generated pictures into files that say that they were generated: by what, from what words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from limelight.image.metadata import NOTHING, Metadata, worked_on
from limelight.image.picture import Picture
from limelight.image.reading import Frame
from limelight.image.writing import write, write_frames
from limelight.image.xmp import GENERATED

COMPOSITE = GENERATED.replace("trained", "compositeWithTrained")
"""IPTC's word for media of which a part was made so."""


@dataclass(frozen=True)
class Made:
    """How a picture came about, for what its file says of itself; ``model`` is a folder's name."""

    name: ClassVar[str] = "generate"
    how: str
    model: str
    prompt: str
    seed: int
    steps: int
    guidance: float
    strength: float | None = None


@dataclass(frozen=True)
class Sheet:
    """Samples on the way of a training, after so many steps."""

    name: ClassVar[str] = "generate-train"
    step: int


def write_generated(
    path: Path, picture: Picture, made: Any, source: Path, metadata: Metadata = NOTHING
) -> None:
    """Write a picture made by a trained model, with IPTC's word for it and how it was made.

    ``made`` is a dataclass with a ``name``, ``source`` the file or folder that it was made from,
    ``metadata`` what else is said of the picture.
    """
    write(path, picture, worked_on(metadata, [made], source, generated=True))


def write_composite(path: Path, picture: Picture, made: Any, source: Path, frame: Frame) -> None:
    """Write a picture that is partly generated, with all that was said of the original ``frame``.

    IPTC's word is then another: a composite with what a trained model made.
    """
    said = worked_on(frame.metadata, [made], source, generated=True)
    said = replace(said, xmp=said.xmp.replace(GENERATED.encode(), COMPOSITE.encode()))
    write_frames(path, [replace(frame, picture=picture, metadata=said, grey=False)])
