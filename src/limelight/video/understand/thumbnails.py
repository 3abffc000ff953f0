"""The pictures that a video is best shown by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.video.understand.looking import Look, look
from limelight.video.understand.pictures import pictures_at
from limelight.video.understand.quality import distinctness, face_share, qualities

CHOICE = 3
"""So many times as many places are compared as thumbnails are wanted."""
LEAST_FRAMES = 12


@dataclass(frozen=True)
class Thumbnail:
    """A picture (height, width, 3) of a video at ``time`` in seconds, and why it was chosen."""

    picture: NDArray[np.uint8]
    time: float
    quality: float
    faces: int


def thumbnails(
    path: str | Path, count: int = 3, seen: Look | None = None, progress: Progress = silent
) -> list[Thumbnail]:
    """Choose up to ``count`` pictures, the best first: sharp, well lit, with faces, and unlike.

    Every shot offers its best frame, a long one several; one that looks like a better one only
    comes when nothing else is left. ``seen`` is what :func:`look` gave, where it is known. Raises
    as ``look`` does.
    """
    if count < 1:
        raise BadInputError(f"{count} thumbnails can't be chosen; ask for at least one")
    seen = seen or look(path, progress)
    quality = qualities(seen)
    places = sorted(
        (first + int(np.argmax(quality[first : last + 1])) for first, last in _parts(seen, count)),
        key=lambda frame: -quality[frame],
    )[: CHOICE * count]
    places.sort()
    found = pictures_at(path, [float(seen.times[frame]) for frame in places])
    offered = []
    for done, (frame, shown) in enumerate(zip(places, found, strict=True)):
        progress(done, len(places), "comparing pictures")
        n_faces, share = face_share(shown.picture)
        worth = float(quality[frame]) * (1 + share)
        offered.append((Thumbnail(shown.picture, shown.time, worth, n_faces), seen.fields[frame]))
    chosen: list[Thumbnail] = []
    fields: list[NDArray[np.uint8]] = []
    while offered and len(chosen) < count:
        best = max(offered, key=lambda one: one[0].quality * distinctness(one[1], fields))
        offered = [one for one in offered if one is not best]
        chosen.append(best[0])
        fields.append(best[1])
    return chosen


def _parts(seen: Look, count: int) -> list[tuple[int, int]]:
    """Give the shots as first and last frames, the longest halved until there is a choice."""
    parts = [(shot.first, shot.last) for shot in seen.shots]
    while len(parts) < CHOICE * count:
        first, last = longest = max(parts, key=lambda part: part[1] - part[0])
        if last - first < 2 * LEAST_FRAMES:
            break
        parts.remove(longest)
        middle = (first + last) // 2
        parts += [(first, middle), (middle + 1, last)]
    return parts
