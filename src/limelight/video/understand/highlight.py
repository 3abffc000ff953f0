"""The best of a video in a given time: which stretches, and written as a video of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import av
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.video.reading import opened
from limelight.video.understand.cutting import cut
from limelight.video.understand.levels import levels
from limelight.video.understand.looking import Look, Shot, Values, look
from limelight.video.understand.pictures import pictures_at
from limelight.video.understand.quality import distinctness, face_share, qualities

SHARE = 4
"""No stretch takes more than a fourth of the time, or two seconds."""
LEAST, LONGEST_LEAST = 0.5, 2.0
FACED = 60
"""So many of the best stretches are looked at for faces."""
MOTION, LOUDNESS, SHARPNESS, FACES = 0.35, 0.3, 0.15, 0.2


@dataclass(frozen=True)
class Highlight:
    """The best stretches of a video, together ``seconds`` long at most, in order of time."""

    name: ClassVar[str] = "highlight"
    seconds: float

    def __post_init__(self) -> None:
        """Refuse a length that is none."""
        if not self.seconds >= LEAST:
            raise BadInputError(f"a highlight of {self.seconds:g} s is too short; take 1 or more")

    def stretches(
        self, path: str | Path, seen: Look | None = None, progress: Progress = silent
    ) -> tuple[Shot, ...]:
        """Choose the stretches: shots, or even parts of long ones, that have most of everything.

        That is motion, loudness, sharpness and faces, each by its rank among the stretches, and
        unlikeness to those chosen already. The last one is shortened to what time is left. Raises
        BadInputError where the video is no longer than the highlight, and as ``look`` does.
        """
        if seen is None:
            with opened(Path(path)) as reader:  # a look takes long
                self._check(path, reader.duration / av.time_base if reader.duration else None)
            seen = look(path, progress)
        self._check(path, seen.seconds)
        offered = _offered(seen, max(self.seconds / SHARE, LONGEST_LEAST))
        scores = _scores(offered, seen, path, progress)
        fields = [_fields(seen, stretch) for stretch in offered]
        left = self.seconds
        rest = list(range(len(offered)))
        chosen: list[Shot] = []
        taken: list[NDArray[np.uint8]] = []
        while rest and left >= LEAST:
            best = max(rest, key=lambda i: scores[i] * (1 + distinctness(fields[i], taken)))
            fits = [i for i in rest if offered[i].seconds <= left]
            if fits and offered[best].seconds > left:
                best = max(fits, key=lambda i: scores[i] * (1 + distinctness(fields[i], taken)))
            rest.remove(best)
            stretch = offered[best] if fits else _shortened(offered[best], seen, left)
            chosen.append(stretch)
            taken.append(fields[best])
            left -= stretch.seconds
        return tuple(_merged(sorted(chosen, key=lambda stretch: stretch.first)))

    def _check(self, path: str | Path, seconds: float | None) -> None:
        if seconds is not None and seconds <= self.seconds:
            raise BadInputError(
                f"{path} is {seconds:.1f} s long; a highlight of it must be shorter than that"
            )

    def write(self, source: Path, target: Path, progress: Progress = silent) -> tuple[Shot, ...]:
        """Write the highlight of ``source`` as a video with its sound; say what it is made of.

        ``target`` appears whole or not at all. Raises as ``stretches`` and ``cut`` do.
        """
        stretches = self.stretches(source, progress=progress)
        cut(source, target, [(one.start, one.end) for one in stretches], self, progress)
        return stretches


def _offered(seen: Look, longest: float) -> list[Shot]:
    """Part the shots that are longer than ``longest`` evenly."""
    found = []
    for shot in seen.shots:
        n_parts = min(int(np.ceil(shot.seconds / longest)), shot.last - shot.first + 1)
        borders = np.linspace(shot.first, shot.last + 1, n_parts + 1).round().astype(int)
        for first, after in pairwise(borders):
            end = shot.end if after > shot.last else float(seen.times[after])
            found.append(Shot(int(first), int(after) - 1, float(seen.times[first]), end))
    long_enough = [shot for shot in found if shot.seconds >= LEAST]
    return long_enough or found


def _scores(offered: list[Shot], seen: Look, path: str | Path, progress: Progress) -> Values:
    quality = qualities(seen)
    motion = np.array([seen.motion[s.first + 1 : s.last + 1].sum() / s.seconds for s in offered])
    sharp = np.array([quality[s.first : s.last + 1].mean() for s in offered])
    loud = levels(path)
    if loud is None:
        heard, weight = np.zeros(len(offered)), 0.0
    else:
        heard, weight = np.array([loud.between(s.start, s.end) for s in offered]), LOUDNESS
    scores = MOTION * _ranks(motion) + weight * _ranks(heard) + SHARPNESS * _ranks(sharp)
    visible = np.array([quality[s.first : s.last + 1].max() > 0 for s in offered])
    scores *= np.where(visible, 1.0, 0.25)  # black, white, or all in transition
    likely = sorted(np.argsort(-scores)[:FACED])
    best = [
        offered[i].first + int(np.argmax(quality[offered[i].first : offered[i].last + 1]))
        for i in likely
    ]
    shown = pictures_at(path, [float(seen.times[frame]) for frame in best])
    for done, (i, picture) in enumerate(zip(likely, shown, strict=True)):
        progress(done, len(likely), "comparing shots")
        scores[i] += FACES * face_share(picture.picture)[1]
    return scores.astype(np.float32)


def _ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give the places in order, from 0 for the least to 1; equals share theirs."""
    _, place = np.unique(values, return_inverse=True)
    found: NDArray[np.float64] = place / max(place.max(), 1)
    return found


def _fields(seen: Look, stretch: Shot) -> NDArray[np.uint8]:
    found: NDArray[np.uint8] = (
        seen.fields[stretch.first : stretch.last + 1].mean(axis=0).astype(np.uint8)
    )
    return found


def _shortened(stretch: Shot, seen: Look, seconds: float) -> Shot:
    """Keep the beginning, where the shot begins."""
    ends = np.append(seen.times[stretch.first + 1 : stretch.last + 1], stretch.end)
    count = max(int((ends - stretch.start <= seconds + 1e-9).sum()), 1)
    return Shot(stretch.first, stretch.first + count - 1, stretch.start, float(ends[count - 1]))


def _merged(stretches: list[Shot]) -> list[Shot]:
    """Join what follows on each other."""
    found: list[Shot] = []
    for one in stretches:
        if found and found[-1].last + 1 == one.first:
            found[-1] = Shot(found[-1].first, one.last, found[-1].start, one.end)
        else:
            found.append(one)
    return found
