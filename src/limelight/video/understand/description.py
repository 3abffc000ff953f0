"""What a video looks like, in numbers and words for its title in the catalogue."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limelight.progress import Progress, silent
from limelight.video.understand.looking import BLACK, BRIGHT, DARK, Look, look

FAST_SHOT, SLOW_SHOT = 3.0, 8.0
"""Median seconds of a shot in fast and in slow editing (Cutting et al. 2011 give 3 to 10 s for
Hollywood films since 1935)."""
LIVELY, STILL = 0.04, 0.01
"""Mean change from frame to frame, of full scale, of the tiny pictures that shots are found in."""
MOSTLY = 0.5


@dataclass(frozen=True)
class Description:
    """Stylistic features of a video, after Deldjoo et al. 2016 ("Content-based video recommendation
    system based on stylistic visual features"): pace, motion, light and colour.

    ``dark``, ``bright`` and ``black`` are shares of the time; ``motion`` is the mean change from
    frame to frame within shots, of full scale; ``shot_seconds`` the median length of a shot.
    ``colours`` are 64 numbers whose inner products are the Bhattacharyya coefficients of two
    videos' shares of colours, 1 for the same.
    """

    seconds: float
    shots: int
    cuts_per_minute: float
    shot_seconds: float
    dark: float
    bright: float
    black: float
    motion: float
    colours: tuple[float, ...]

    @property
    def moods(self) -> tuple[str, ...]:
        """The video in words, those that apply: dark, bright; fast, slow; lively, still."""
        told = {
            "dark": self.dark > MOSTLY,
            "bright": self.bright > MOSTLY,
            "fast": self.shot_seconds < FAST_SHOT and self.shots > 1,
            "slow": self.shot_seconds > SLOW_SHOT,
            "lively": self.motion > LIVELY,
            "still": self.motion < STILL,
        }
        return tuple(word for word, applies in told.items() if applies)

    def facts(self) -> dict[str, Any]:
        """Give all of it, as JSON can say it."""
        return {**asdict(self), "moods": list(self.moods)}

    def attributes(self) -> dict[str, Any]:
        """Give what the catalogue keeps of a title: words, numbers, and colours as a vector."""
        return {
            "picture_moods": list(self.moods),
            "picture_colours": list(self.colours),
            "picture_cuts_per_minute": self.cuts_per_minute,
            "picture_dark_share": self.dark,
            "picture_bright_share": self.bright,
            "picture_motion": self.motion,
        }


def describe(
    path: str | Path, seen: Look | None = None, progress: Progress = silent
) -> Description:
    """Describe how a video looks. ``seen`` is what :func:`look` gave, where it is known.

    Write it into the catalogue by ``describe_items(store, {item_id: description.attributes()})``.
    Raises as ``look`` does.
    """
    seen = seen or look(path, progress)
    lasting = np.diff(np.append(seen.times, seen.end))
    share = lasting / lasting.sum()
    within = np.ones(len(seen.times), bool)
    within[[shot.first for shot in seen.shots]] = False
    motion = float(seen.motion[within].mean()) if within.any() else 0.0
    return Description(
        seconds=round(seen.seconds, 3),
        shots=len(seen.shots),
        cuts_per_minute=round((len(seen.shots) - 1) / seen.seconds * 60, 2),
        shot_seconds=round(float(np.median([shot.seconds for shot in seen.shots])), 3),
        dark=round(float(share[seen.luma < DARK].sum()), 4),
        bright=round(float(share[seen.luma > BRIGHT].sum()), 4),
        black=round(float(share[seen.luma < BLACK].sum()), 4),
        motion=round(motion, 5),
        colours=tuple(round(float(value), 5) for value in np.sqrt(seen.colours)),
    )
