"""Pictures whose classes are known: a folder a class, or arrays."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError, LimelightError, LimelightWarning, UnavailableError
from limelight.image.picture import Picture
from limelight.image.reading import read
from limelight.media.inputs import PICTURES
from limelight.progress import Progress, silent

GREY = 128  # behind what is transparent
NAMED = 5  # files that a message names


@dataclass(frozen=True)
class Labelled:
    """Pictures (n, size, size, 3) in uint8, and the number of each one's class in ``classes``.

    ``names`` are the files that they came from, if any.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.labels)

    @property
    def size(self) -> int:
        """The side of a picture in pixels."""
        return int(self.pictures.shape[1])

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures each class has."""
        found = np.bincount(self.labels, minlength=len(self.classes))
        return dict(zip(self.classes, found.tolist(), strict=True))

    @cached_property
    def fingerprint(self) -> str:
        """Digits that are the same only for the same pictures, labels and classes."""
        told = hashlib.sha256(repr((self.pictures.shape, self.classes)).encode())
        told.update(self.pictures.tobytes())
        told.update(self.labels.tobytes())
        return told.hexdigest()[:16]

    def of(self, rows: NDArray[np.integer]) -> Labelled:
        """Give some of the pictures."""
        names = tuple(self.names[row] for row in rows) if self.names else ()
        return replace(self, pictures=self.pictures[rows], labels=self.labels[rows], names=names)

    def named(self, classes: Sequence[str]) -> Labelled:
        """Number the classes as ``classes`` does. Raises BadInputError for one that it lacks."""
        if strange := [name for name in self.classes if name not in classes]:
            raise BadInputError(
                f"the model knows no class {strange[0]!r}; it knows {', '.join(classes)}"
            )
        numbers = np.array([list(classes).index(name) for name in self.classes], np.int64)
        return replace(self, labels=numbers[self.labels], classes=tuple(classes))


def fitted(picture: Picture, size: int) -> NDArray[np.uint8]:
    """Make a picture of any size and kind one of (size, size, 3) in uint8.

    The middle square is taken and resized; what is transparent is laid over grey.
    """
    if picture.dtype == np.uint16:
        picture = (picture // 257).astype(np.uint8)
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = picture[top : top + side, left : left + side]
    if picture.shape[2] == 4:
        alpha = square[..., 3:].astype(np.float32) / 255
        square = np.rint(square[..., :3] * alpha + GREY * (1 - alpha)).astype(np.uint8)
    way = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    resized = cv2.resize(np.ascontiguousarray(square), (size, size), interpolation=way)
    return np.asarray(resized, np.uint8)


def read_folder(
    folder: str | Path, size: int, progress: Progress = silent, least: int = 2
) -> Labelled:
    """Read FOLDER/class/picture.png, with all that is below a class's folder.

    A picture that can't be read is left out with a LimelightWarning that names it. Raises
    BadInputError for fewer classes than ``least`` and for a class without pictures.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInputError(f"there is no folder {folder}; name one as FOLDER/class/picture.png")
    files = {place.name: _pictures(place) for place in _folders(folder)}
    if len(files) < least:
        there = f"only the class {min(files)!r}" if files else "no folder of pictures"
        raise BadInputError(
            f"{folder} has {there}; give every class a folder, as FOLDER/class/picture.png, "
            f"and at least {least} of them"
        )
    for name, found in files.items():
        if not found:
            raise BadInputError(f"{folder} has no pictures of {name!r}; remove its folder")
    total = sum(map(len, files.values()))
    pictures: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    names: list[str] = []
    bad: list[str] = []
    for number, (name, found) in enumerate(files.items()):
        for path in found:
            progress(len(labels) + len(bad), total, f"reading {name}")
            try:
                pictures.append(fitted(read(path), size))
            except LimelightError as error:
                bad.append(str(error))
                continue
            labels.append(number)
            names.append(str(path))
        if number not in labels[-1:]:
            raise BadInputError(f"no picture of the class {name!r} can be read: {bad[-1]}")
    if bad:
        more = f", and {len(bad) - NAMED:,} more" if len(bad) > NAMED else ""
        told = "; ".join(bad[:NAMED])
        warnings.warn(LimelightWarning(f"left out {told}{more}"), stacklevel=2)
    return Labelled(np.stack(pictures), np.array(labels, np.int64), tuple(files), tuple(names))


def parted(labelled: Labelled, share: float, seed: int = 0) -> tuple[Labelled, Labelled]:
    """Hold a share of every class back to judge by, at least one picture of two or more.

    Warns where a class has one picture alone, which is learned from and not judged by.
    """
    if not 0 <= share < 1:
        raise BadInputError(f"the share that is held out is from 0 up to 1, not {share}")
    random = np.random.default_rng(seed)
    held: list[NDArray[np.intp]] = []
    for number in range(len(labelled.classes)):
        rows = random.permutation(np.flatnonzero(labelled.labels == number))
        n = max(1, round(share * len(rows))) if share and len(rows) > 1 else 0
        held.append(np.sort(rows[: min(n, len(rows) - 1)]))
    single = [name for name, count in labelled.counts.items() if count == 1]
    if share and single:
        told = ", ".join(single[:NAMED]) + (" …" if len(single) > NAMED else "")
        text = f"of {told} there is one picture, so that nothing can tell how well it is known"
        warnings.warn(LimelightWarning(text), stacklevel=2)
    chosen = np.concatenate(held)
    return labelled.of(np.setdiff1d(np.arange(len(labelled)), chosen)), labelled.of(chosen)


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(
            path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
        )
    except OSError as error:
        raise UnavailableError(f"the folder {folder} can't be read: {error.strerror}") from error


def _pictures(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURES and path.is_file() and not path.name.startswith(".")
    )
