"""Generated pictures into files that say that they were generated: by what, from what words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from limelight.errors import BadInputError
from limelight.image.formats import format_of
from limelight.image.metadata import NOTHING, Metadata, worked_on
from limelight.image.picture import Picture
from limelight.image.reading import Frame
from limelight.image.writing import write, write_frames
from limelight.image.xmp import GENERATED
from limelight.media.inputs import PICTURES

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


def places_of(out: Path, names: Sequence[str], overwrite: bool, folder: bool = False) -> list[Path]:
    """Say which files will be written, before anything is made: ``out`` itself, or in it ``names``.

    Raises BadInputError for a file where a folder must be, an unknown format, and files that are
    there already unless ``overwrite`` says that they may be replaced.
    """
    several = folder or len(names) > 1
    if several and (out.is_file() or out.suffix.lower() in PICTURES):
        raise BadInputError(f"several pictures need a folder to go to, and {out} names a file")
    into = several or out.is_dir() or not out.suffix
    targets = [out / name for name in names] if into else [out]
    format_of(targets[0])
    there = [target for target in targets if target.exists()]
    if there and not overwrite:
        raise BadInputError(f"{there[0]} exists already; --overwrite replaces it")
    return targets
