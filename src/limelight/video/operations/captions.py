"""Captions drawn into the picture."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from limelight.errors import BadInputError
from limelight.image.picture import Picture
from limelight.video.cues import read_cues
from limelight.video.fonts import font_for
from limelight.video.frame import Footage, Frame, time_of
from limelight.video.operation import Operation
from limelight.video.ordered import ordered
from limelight.video.pictures import frame_of, picture_of

LEAST_SIZE = 8
EDGE = 0.05
"""Of the picture's height, left free below; and of its width, at the sides."""
OUTLINE = 0.08


@dataclass(frozen=True)
class Captions(Operation):
    """Draw the captions of an .srt or .vtt file into the pictures, white with a black outline.

    Frames without a caption stay what they are to the bit. ``limelight.video.subtitles`` adds a
    track of captions instead.
    """

    name: ClassVar[str] = "captions"

    file: Path | None = None
    """The captions: an .srt or .vtt file."""
    size: float = 0.05
    """The height of letters, of the picture's."""

    def __post_init__(self) -> None:
        """Refuse sizes that can't be read or don't fit."""
        if not 0.01 <= self.size <= 0.3:
            raise BadInputError(f"captions are 0.01 to 0.3 of the height, not {self.size:g}")

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Draw on every frame what is said when it is shown; times count from the first frame."""
        if self.file is None:
            raise BadInputError("captions need a file: captions:file=film.srt")
        cues = read_cues(self.file)
        begins = [cue.start for cue in cues]

        def captioned(frame: Frame) -> Frame:
            time = float(time_of(frame) - footage.start)
            said = [cue.text for cue in cues[: bisect_right(begins, time)] if time < cue.end]
            if not said:
                return frame
            before = picture_of(frame)
            ink, share = drawn("\n".join(said), before.shape[1], before.shape[0], self.size)
            return frame_of(_inked(before, ink, share), frame, before)

        return ordered(captioned, frames)


@lru_cache(maxsize=4)
def drawn(text: str, width: int, height: int, size: float) -> tuple[NDArray[np.uint8], Picture]:
    """Draw lines at the bottom: the ink's brightness and its share of each pixel, (height, width).

    Lines that are too long are broken between words, or letters where there are no spaces.
    """
    letters = max(round(height * size), LEAST_SIZE)
    font = font_for(text, letters)
    lines = [
        part for line in text.split("\n") for part in _broken(line, font, width * (1 - 2 * EDGE))
    ]
    outline = max(round(letters * OUTLINE), 1)
    ink, share = (Image.new("L", (width, height)) for _ in range(2))
    options: dict[str, Any] = {
        "xy": (width / 2, height * (1 - EDGE)),
        "text": "\n".join(lines),
        "font": font,
        "anchor": "md",
        "align": "center",
        "spacing": letters // 4,
        "stroke_width": outline,  # of both, since lines are laid out with it
    }
    ImageDraw.Draw(ink).multiline_text(**options, fill=255, stroke_fill=0)
    ImageDraw.Draw(share).multiline_text(**options, fill=255, stroke_fill=255)
    return np.asarray(ink), np.asarray(share)


def _broken(line: str, font: ImageFont.FreeTypeFont, most: float) -> list[str]:
    found = [""]
    parts = line.split(" ") if " " in line else list(line)
    gap = " " if " " in line else ""
    for part in parts:
        longer = f"{found[-1]}{gap}{part}" if found[-1] else part
        if found[-1] and font.getlength(longer) > most:
            found.append(part)
        else:
            found[-1] = longer
    return found


def _inked(picture: Picture, ink: NDArray[np.uint8], share: NDArray[np.uint8]) -> Picture:
    rows = np.flatnonzero(share.any(axis=1))
    if not rows.size:
        return picture
    lines = slice(rows[0], rows[-1] + 1)
    top = np.iinfo(picture.dtype).max
    part = share[lines, :, None].astype(np.float32) / 255
    colour = ink[lines, :, None].astype(np.float32) * (top / 255)
    made = picture.copy()
    mixed = picture[lines, :, :3] * (1 - part) + colour * part
    made[lines, :, :3] = np.rint(mixed)
    if picture.shape[2] == 4:
        made[lines, :, 3:] = np.maximum(picture[lines, :, 3:], np.rint(part * top))
    return made
