"""What a moderator should know of a picture: which parts of people it shows, and how surely."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError, UnavailableError
from limelight.image.bodies import LEAST, parts
from limelight.image.picture import Picture, picture_of, values_of
from limelight.image.reading import LIMIT, open_picture
from limelight.progress import Progress, silent

SIDE = 1280
OBLONG, MOST_SQUARES = 1.8, 60

CLASSES = frozenset(
    {"anus-covered", "anus-exposed", "armpits-covered", "armpits-exposed", "belly-covered"}
    | {"belly-exposed", "buttocks-covered", "buttocks-exposed", "face-female", "face-male"}
    | {"feet-covered", "feet-exposed", "female-breast-covered", "female-breast-exposed"}
    | {"female-genitalia-covered", "female-genitalia-exposed", "male-breast-exposed"}
    | {"male-genitalia-exposed"}
)
"""All that NudeNet tells apart."""

THRESHOLDS: Mapping[str, float] = {
    "anus-exposed": 0.3,
    "buttocks-exposed": 0.3,
    "female-breast-exposed": 0.3,
    "female-genitalia-exposed": 0.3,
    "male-genitalia-exposed": 0.3,
}
"""From which scores on a picture is shown to people. They are low: people decide, not they."""


@dataclass(frozen=True)
class Scored:
    """A file's content (its SHA-256) and the highest score of every class that was found in it."""

    content: str
    scores: Mapping[str, float]

    def flagged(self, thresholds: Mapping[str, float] = THRESHOLDS) -> dict[str, float]:
        """Give the classes whose scores reach their thresholds, the highest first."""
        reached = [
            (name, score)
            for name, score in self.scores.items()
            if name in thresholds and score >= thresholds[name]
        ]
        return dict(sorted(reached, key=lambda pair: -pair[1]))


def thresholds_of(given: list[str]) -> dict[str, float]:
    """Read "class=0.5" each, on top of THRESHOLDS; "class=off" takes one away.

    Raises BadInputError for a class that there is not and a number that is no threshold.
    """
    found = dict(THRESHOLDS)
    for one in given:
        name, _, text = one.partition("=")
        name = name.strip().lower().replace("_", "-").replace(" ", "-")
        if name not in CLASSES:
            raise BadInputError(
                f"there is no class {name!r}; there are {', '.join(sorted(CLASSES))}"
            )
        if text.strip().lower() == "off":
            found.pop(name, None)
            continue
        try:
            found[name] = float(text)
        except ValueError:
            found[name] = -1.0
        if not LEAST <= found[name] <= 1:
            raise BadInputError(
                f"{one!r} is no threshold; write {name}=0.5, from {LEAST} to 1, or {name}=off"
            )
    return found


def scored(path: Path, progress: Progress = silent, pixels: int = LIMIT) -> Scored:
    """Look at all pictures of a file: every frame, and what is below transparency too.

    Raises BadInputError for a file that is no picture or that changes meanwhile.
    """
    content = content_of(path)
    highest: dict[str, float] = {}
    with open_picture(path, pixels) as file:
        for done, frame in enumerate(file.frames()):
            progress(done, file.form.count, "looking")
            for view in _views(frame.picture):
                for part in parts(view):
                    highest[part.name] = max(part.score, highest.get(part.name, 0.0))
    if content_of(path) != content:
        raise BadInputError(f"{path} was changed while it was looked at; scan it again")
    ordered = sorted(highest.items(), key=lambda pair: -pair[1])
    return Scored(content, {name: round(score, 4) for name, score in ordered})


def content_of(path: Path) -> str:
    """Give a file's SHA-256. Raises BadInputError where there is none, UnavailableError where
    it can't be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BadInputError(f"there is no file {path}") from error
    except OSError as error:
        raise UnavailableError(f"{path} can't be read: {error.strerror}") from error


def _views(picture: Picture) -> Iterator[NDArray[np.uint8]]:
    """Give a picture as it is seen, its colours without alpha, and squares of one that is long."""
    values = values_of(picture)
    kinds = [values[..., :3]]
    if values.shape[2] == 4 and (values[..., 3] < 1).any():
        kinds.append((values[..., :3] - 0.5) * values[..., 3:] + 0.5)
    for kind in kinds:
        for part in _squares(kind):
            scale = min(SIDE / max(part.shape[:2]), 1.0)
            size = [max(round(side * scale), 1) for side in part.shape[1::-1]]
            small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
            yield picture_of(small, np.dtype(np.uint8))


def _squares(values: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    yield values
    short, long = sorted(values.shape[:2])
    if long < OBLONG * short:
        return
    count = min(int(np.ceil(2 * long / short)), MOST_SQUARES)
    side = max(short, int(np.ceil(2 * long / count)))
    for start in np.linspace(0, long - min(side, long), count).astype(int):
        wide = values.shape[1] == long
        yield values[:, start : start + side] if wide else values[start : start + side]
