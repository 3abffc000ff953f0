"""Captions out of .srt and .vtt files: when, and what."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

from limelight.errors import BadInputError, NotFoundError

TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
TIMES = re.compile(rf"\s*{TIME}\s*-->\s*{TIME}")
MARKUP = re.compile(r"<[^>]*>|\{\\[^}]*\}")


@dataclass(frozen=True)
class Cue:
    """A caption that is shown from ``start`` up to ``end`` in seconds; lines part its text."""

    start: float
    end: float
    text: str


def read_cues(path: Path) -> list[Cue]:
    """Read the captions of a SubRip (.srt) or WebVTT (.vtt) file, in order of their times.

    Markup is left out. Raises NotFoundError where there is no such file and BadInputError where
    there are no captions in it.
    """
    if not path.is_file():
        raise NotFoundError(f"there are no captions {path}")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is not in UTF-8; save it so") from error
    cues = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        for place, line in enumerate(lines[:2]):
            if (found := TIMES.match(line)) is not None:
                start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
                said = html.unescape(MARKUP.sub("", "\n".join(lines[place + 1 :]))).strip()
                if said and end > start:
                    cues.append(Cue(start, end, said))
                break
    if not cues:
        raise BadInputError(f"{path} holds no captions; it should be an .srt or .vtt file")
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(fraction.ljust(3, "0")) / 1000
