"""Pictures to learn from, all of one size, each with what it is to be asked for by."""

from __future__ import annotations

import csv
import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from limelight.errors import BadInputError, LimelightError, LimelightWarning
from limelight.image.generate.conditions import Captions, Classes, Conditions
from limelight.image.picture import Picture
from limelight.image.reading import LIMIT, read
from limelight.media.inputs import PICTURES, Input, find
from limelight.progress import Progress, silent

FEWEST = 16
LISTED = "captions.csv"
COLUMNS = ("file", "caption")

Samples = NDArray[np.uint8]
"""Pictures of one size, (n, size, size, 3)."""


@dataclass(frozen=True)
class Collection:
    """``pictures`` (n, size, size, 3), and of each what it is asked for by, "" for nothing."""

    pictures: Samples
    asked: tuple[str, ...]
    conditions: Conditions

    def fingerprint(self) -> str:
        """Give a hash of all that is learned from."""
        found = hashlib.sha256(np.ascontiguousarray(self.pictures).tobytes())
        found.update("\n".join(self.asked).encode("utf-8"))
        return found.hexdigest()


def read_collection(
    folder: Path, size: int, pixels: int = LIMIT, progress: Progress = silent
) -> Collection:
    """Read all pictures of a folder, cut square in their middle, as ``size`` by ``size`` pixels.

    With ``captions.csv`` (columns file, caption) in the folder, or text files of the pictures'
    names beside them, they are asked for by words; else by the names of the folder's own folders;
    else by nothing. What is clear is laid over white. Files that can't be read are named by a
    LimelightWarning and left out. Raises BadInputError where fewer than 16 are left.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInputError(f"{folder} is no folder of pictures to learn from")
    inputs = find([folder], PICTURES)
    captions = _captions(folder, inputs)
    labels = [""] * len(inputs) if captions else [_class_of(item) for item in inputs]
    pictures, asked, bad = [], [], []
    for number, item in enumerate(inputs):
        progress(number, len(inputs), "reading pictures")
        try:
            pictures.append(squared(read(item.path, pixels), size))
        except LimelightError as error:
            bad.append(str(error))
            continue
        asked.append(captions.get(item.path, "") if captions else labels[number])
    if bad:
        more = f"; and {len(bad) - 3} more" if len(bad) > 3 else ""
        told = f"{len(bad)} of {len(inputs)} files are left out: {'; '.join(bad[:3])}{more}"
        warnings.warn(told, LimelightWarning, stacklevel=2)
    if len(pictures) < FEWEST:
        raise BadInputError(
            f"{folder} has {len(pictures)} pictures that can be read; "
            f"a model needs {FEWEST} at the least, and thousands to be good"
        )
    if captions:
        if silent_ones := asked.count(""):
            told = f"{silent_ones} of {len(asked)} pictures have no caption; they teach no words"
            warnings.warn(told, LimelightWarning, stacklevel=2)
        return Collection(np.stack(pictures), tuple(asked), Captions())
    names = tuple(sorted({*asked} - {""}))
    return Collection(np.stack(pictures), tuple(asked), Classes(names))


def labelled(pictures: Samples, labels: Sequence[str], size: int) -> Collection:
    """Make a collection of square pictures (n, side, side, 3) whose classes are known."""
    if pictures.shape[1] != size:
        pictures = np.stack([squared(picture, size) for picture in pictures])
    return Collection(pictures, tuple(labels), Classes(tuple(sorted({*labels}))))


def squared(picture: Picture, size: int) -> Samples:
    """Give the middle square of a picture, over white, as uint8 (size, size, 3)."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return resized(over_white(picture[top : top + side, left : left + side]), (size, size))


def resized(picture: Samples, shape: tuple[int, int]) -> Samples:
    """Resize uint8 (height, width, 3) to another height and width by Lanczos' filter."""
    if picture.shape[:2] == shape:
        return picture
    image = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(image.resize(shape[::-1], Image.Resampling.LANCZOS))


def over_white(picture: Picture) -> Samples:
    """Give a picture of any kind as uint8 (height, width, 3), over white where it has alpha."""
    top = np.iinfo(picture.dtype).max
    values = picture.astype(np.float32) * (255 / top)
    if picture.shape[2] == 4:
        alpha = values[..., 3:] / 255
        values = values[..., :3] * alpha + 255 * (1 - alpha)
    found: Samples = np.rint(values).astype(np.uint8)
    return found


def _class_of(item: Input) -> str:
    return item.place.parts[0] if len(item.place.parts) > 1 else ""


def _captions(folder: Path, inputs: Sequence[Input]) -> dict[Path, str]:
    """Give what is written of pictures, in the list or in text files; {} where nothing is."""
    listed = folder / LISTED
    if listed.is_file():
        told = _listed(listed)
        found = {item.path: told.get(item.place.as_posix(), "") for item in inputs}
        if not any(found.values()):
            raise BadInputError(f"{listed} names none of the pictures in {folder}")
        return found
    beside = {item.path: item.path.with_suffix(".txt") for item in inputs}
    return {path: _text(file) for path, file in beside.items() if file.is_file()}


def _listed(file: Path) -> dict[str, str]:
    lines = csv.DictReader(_text(file).splitlines())
    try:
        rows = list(lines)
    except csv.Error as error:
        raise BadInputError(f"{file} is no CSV file: {error}") from error
    if missing := [name for name in COLUMNS if name not in (lines.fieldnames or ())]:
        raise BadInputError(
            f"{file} has no column {' and no column '.join(missing)}; "
            f"its first line must be {','.join(COLUMNS)}"
        )
    return {Path(row["file"]).as_posix(): (row["caption"] or "").strip() for row in rows}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file} can't be read as UTF-8 text: {error}") from error
