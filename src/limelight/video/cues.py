"""Captions out of .srt and .vtt files: when, and what."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from limelight.errors import BadInputError, NotFoundError

TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
TIMES = re.compile(rf"\s*{TIME}\s*-->\s*{TIME}(?:\s|$)")
MARKUP = re.compile(r"<[/\w][^<>]*>|\{\\[^}]*\}")
STYLES = re.compile(r"(</?[biu]>)", re.IGNORECASE)
NO_CAPTIONS = ("NOTE", "STYLE", "REGION")
MOST_BYTES = 20_000_000
LONGEST = 10_000
"""Characters of one caption: no one can read more."""


@dataclass(frozen=True)
class Cue:
    """A caption that is shown from ``start`` up to ``end`` in seconds; lines part its text.

    ``styled`` are its stretches of text in order, each with which of "b", "i" and "u" it is in.
    """

    start: float
    end: float
    styled: tuple[tuple[str, frozenset[str]], ...]

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(text for text, _ in self.styled)


def read_cues(path: Path) -> list[Cue]:
    """Read the captions of a SubRip (.srt) or WebVTT (.vtt) file, in order of their times.

    Of markup, bold, italic and underlined are kept. Raises NotFoundError where there is no such
    file and BadInputError where there are no captions in it, or times that make no sense.
    """
    if not path.is_file():
        raise NotFoundError(f"there are no captions {path}")
    if path.stat().st_size > MOST_BYTES:
        raise BadInputError(f"{path} is too large for captions; name an .srt or .vtt file")
    raw = path.read_bytes()
    if not raw.strip():
        raise BadInputError(f"{path} is empty; it should be an .srt or .vtt file")
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is not in UTF-8; save it so") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues = [cue for number, block in _blocks(lines) if (cue := _cue(path, number, block))]
    if not cues:
        raise BadInputError(f"{path} holds no captions; it should be an .srt or .vtt file")
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Part lines where one is blank; with each block goes its first line's number."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(path: Path, number: int, block: list[str]) -> Cue | None:
    """Read a block; None for one that is no caption, or says nothing."""
    place = next((place for place, line in enumerate(block[:2]) if "-->" in line), None)
    if place is None or block[0].startswith(NO_CAPTIONS):
        return None
    line = block[place].strip()
    where = f"{path}, line {number + place}"
    found = TIMES.match(line)
    if found is None:
        raise BadInputError(f"{where}: {line!r} is no time; write 00:00:01,000 --> 00:00:02,500")
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
    if end <= start:
        raise BadInputError(f"{where}: {line!r} ends no later than it begins")
    styled = _styled("\n".join(block[place + 1 :]))
    if sum(len(text) for text, _ in styled) > LONGEST:
        raise BadInputError(f"{where}: a caption of more than {LONGEST:,} letters is none")
    return Cue(start, end, styled) if styled else None


def _styled(marked: str) -> tuple[tuple[str, frozenset[str]], ...]:
    styles: frozenset[str] = frozenset()
    found = []
    for part in STYLES.split(marked.strip()):
        if STYLES.fullmatch(part):
            letter = frozenset(part.lower().strip("</>"))
            styles = styles - letter if part[1] == "/" else styles | letter
        elif text := html.unescape(MARKUP.sub("", part)).replace("\0", ""):
            found.append((text, styles))
    return tuple(found) if any(text.strip() for text, _ in found) else ()


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(fraction.ljust(3, "0")) / 1000
