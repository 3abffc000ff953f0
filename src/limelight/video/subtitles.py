"""Captions as a track of their own, which players show or don't."""

from __future__ import annotations

import html
import struct
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from av.container import OutputContainer
from av.packet import Packet
from av.subtitles.codeccontext import SubtitleCodecContext

from limelight.errors import BadInputError, LimelightWarning
from limelight.media.provenance import recorded
from limelight.media.whole import replacing
from limelight.progress import Progress, silent
from limelight.video.cues import Cue, read_cues
from limelight.video.joining import joined
from limelight.video.languages import QUICKTIME, three_letters
from limelight.video.pipeline import CONTAINERS
from limelight.video.reading import film, opened

CODECS = {"mp4": "mov_text", "mov": "mov_text", "matroska": "subrip", "webm": "webvtt"}
TICKS = 1000  # a second
FACES = {"b": 1, "i": 2, "u": 4}
FONT, LETTERS, WHITE = 1, 16, b"\xff" * 4  # as HEADER says
HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0
"""
"""From which FFmpeg makes the table of fonts that an MP4 needs: white, at the bottom."""


@dataclass(frozen=True)
class Subtitle:
    """The captions of an .srt or .vtt file as a track, in a language such as "en" or "eng".

    Their times count from the first frame. Bold, italic and underlined are kept; colours and places
    are not.
    """

    name: ClassVar[str] = "subtitle"
    file: Path
    language: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no language."""
        three_letters(self.language)

    def write(self, source: Path, target: Path, progress: Progress = silent) -> int:
        """Write ``source`` with the track, all else copied to the bit; say how many captions.

        ``target`` is an .mp4, .mov, .mkv or .webm file and appears whole or not at all. Captions
        that begin after the video's end are kept with a LimelightWarning. Raises NotFoundError and
        BadInputError for what is wrong with the files.
        """
        container = CONTAINERS.get(target.suffix.lower(), "")
        if container not in CODECS:
            ends = ", ".join(end for end, kind in CONTAINERS.items() if kind in CODECS)
            raise BadInputError(f"{target} can't hold captions as a track; end it with {ends}")
        cues = read_cues(self.file)
        with opened(source) as reader:
            video = film(reader)
            if video is None:
                raise BadInputError(f"{source} has no video track")
            tags = dict(reader.metadata)
            start = (video.start_time or 0) * (video.time_base or Fraction(1))
            seconds = reader.duration / 1e6 if reader.duration else None
        if target.exists() and target.samefile(source):
            raise BadInputError(f"{target} is the input; originals are never written over")
        late = 0 if seconds is None else sum(cue.start >= seconds for cue in cues)
        if late:
            warnings.warn(
                f"{late:,} of {len(cues):,} captions in {self.file} begin after the end of {source}"
                f" ({seconds:.1f} s)",
                LimelightWarning,
                stacklevel=2,
            )
        progress(0, None, "putting together")
        language = three_letters(self.language)
        if container == "mov":
            language = QUICKTIME.get(language, language)
        track = _Track(cues, CODECS[container], language, start)
        with replacing(target) as draft:
            joined(source, draft, container, {}, recorded(tags, [self], source), track)
        return len(cues)


@dataclass(frozen=True)
class _Track:
    cues: Sequence[Cue]
    codec: str
    language: str
    start: Fraction

    def added(self, writer: OutputContainer) -> Iterator[tuple[Fraction, Packet[Any]]]:
        """Add the track to a file, and give its packets by their times."""
        stream = writer.add_stream(self.codec)
        context = stream.codec_context
        if not isinstance(context, SubtitleCodecContext):
            raise ValueError(f"{self.codec} encodes no captions")
        context.subtitle_header = HEADER
        context.time_base = stream.time_base = Fraction(1, TICKS)
        stream.metadata["language"] = self.language
        return self._packets(stream)

    def _packets(self, stream: Any) -> Iterator[tuple[Fraction, Packet[Any]]]:
        # A text sample of MP4 ends where the next one begins.
        cues = _in_turn(self.cues) if self.codec == "mov_text" else self.cues
        for cue in cues:
            begin, end = (round((self.start + Fraction(t)) * TICKS) for t in (cue.start, cue.end))
            packet: Packet[Any] = Packet(ENCODED[self.codec](cue))
            packet.pts = packet.dts = begin
            packet.duration, packet.time_base = end - begin, Fraction(1, TICKS)
            packet.stream = stream
            yield Fraction(begin, TICKS), packet


def _in_turn(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Where captions overlap, give what is shown at once as one, the earliest first."""
    waiting = list(reversed(cues))
    shown: list[Cue] = []
    for begin, end in pairwise(sorted({time for cue in cues for time in (cue.start, cue.end)})):
        shown = [cue for cue in shown if cue.end > begin]
        while waiting and waiting[-1].start <= begin:
            shown.append(waiting.pop())
        if shown:
            parts = [part for cue in shown for part in (("\n", frozenset[str]()), *cue.styled)]
            yield Cue(begin, end, tuple(parts[1:]))


def _subrip(cue: Cue) -> bytes:
    """Give SubRip's text, in which only whole tags are markup."""
    return _tagged((text, styles) for text, styles in cue.styled)


def _webvtt(cue: Cue) -> bytes:
    """Give the text of a cue of WebVTT (W3C 2019), in which &, < and > are spelt out."""
    return _tagged((html.escape(text, quote=False), styles) for text, styles in cue.styled)


def _tagged(parts: Iterator[tuple[str, frozenset[str]]]) -> bytes:
    marked = [
        "".join(f"<{s}>" for s in sorted(styles))
        + text
        + "".join(f"</{s}>" for s in sorted(styles, reverse=True))
        for text, styles in parts
    ]
    return "".join(marked).encode(errors="replace")


def _mov_text(cue: Cue) -> bytes:
    """Give a text sample of MP4 (3GPP TS 26.245, 5.17): its length, it, and where it is styled."""
    text = cue.text.encode(errors="replace")
    records, place = [], 0
    for part, styles in cue.styled:
        if styles:
            face = sum(FACES[style] for style in styles)
            where = struct.pack(">HHHBB", place, place + len(part), FONT, face, LETTERS)
            records.append(where + WHITE)
        place += len(part)
    sample = struct.pack(">H", len(text)) + text
    if not records:
        return sample
    table = struct.pack(">H", len(records)) + b"".join(records)
    return sample + struct.pack(">I", 8 + len(table)) + b"styl" + table


ENCODED = {"subrip": _subrip, "webvtt": _webvtt, "mov_text": _mov_text}
