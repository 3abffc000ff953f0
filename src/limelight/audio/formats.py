"""What sound can be written as, by the suffix of a file's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limelight.errors import BadInputError

FLOAT = 32


@dataclass(frozen=True)
class Format:
    """A container and its codecs.

    ``codecs`` are FFmpeg's encoder and sample format by bits a sample (16, 24, 32 for floating
    point); ``rates`` (none: any) and ``layouts`` (none: any, and any number of channels) are what
    they take; ``bit_rate`` is bits a second and channel where something is lost.
    """

    container: str
    codecs: Mapping[int, tuple[str, str]]
    rates: tuple[int, ...] = ()
    layouts: frozenset[str] = frozenset()
    bit_rate: int | None = None
    options: Mapping[str, str] | None = None

    def bits(self, wanted: int) -> int:
        """Give the fewest bits that hold ``wanted`` ones, else the most that there are."""
        return min((bits for bits in self.codecs if bits >= wanted), default=max(self.codecs))

    def rate(self, wanted: int) -> int:
        """Give the lowest rate that holds all of ``wanted``, else the highest that there is."""
        higher = [rate for rate in self.rates if rate >= wanted]
        return min(higher) if higher else max(self.rates, default=wanted)


NATURAL = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")
"""The layout of so many channels where nobody says which; FLAC, Vorbis and Opus mean the same."""

_MPEG_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_SURROUND = frozenset({*NATURAL, "2.1", "4.0", "5.0(side)", "5.1(side)"})

_WAV = Format(
    "wav",
    {16: ("pcm_s16le", "s16"), 24: ("pcm_s24le", "s32"), FLOAT: ("pcm_f32le", "flt")},
    options={"rf64": "auto"},  # WAV itself ends at 4 GB
)
_AIFF = Format(
    "aiff",
    {16: ("pcm_s16be", "s16"), 24: ("pcm_s24be", "s32"), FLOAT: ("pcm_f32be", "flt")},
    layouts=frozenset({"mono", "stereo"}),  # others have an order that PyAV can't read
    options={"write_id3v2": "1"},
)
_FLAC = Format(
    "flac",
    {16: ("flac", "s16"), 24: ("flac", "s32")},
    layouts=_SURROUND | {"7.1(wide)"},
)
_MP3 = Format(
    "mp3",
    {FLOAT: ("libmp3lame", "flt")},
    rates=_MPEG_RATES,
    layouts=frozenset({"mono", "stereo"}),
    bit_rate=128_000,
)
_AAC = Format(
    "mp4",
    {FLOAT: ("aac", "flt")},
    rates=(*_MPEG_RATES, 64_000, 88_200, 96_000),
    layouts=frozenset(
        {"mono", "stereo", "3.0", "4.0", "5.0", "5.1", "5.0(side)", "5.1(side)", "7.1"}
    ),
    bit_rate=112_000,
    options={"brand": "M4A ", "movflags": "+faststart"},
)
_OPUS = Format(
    "ogg",
    {FLOAT: ("libopus", "flt")},
    rates=(8_000, 12_000, 16_000, 24_000, 48_000),
    layouts=frozenset({"mono", "stereo", "3.0", "quad", "5.1", "7.1"}),
    bit_rate=80_000,
)

FORMATS: dict[str, Format] = {
    ".wav": _WAV,
    ".wave": _WAV,
    ".aif": _AIFF,
    ".aiff": _AIFF,
    ".flac": _FLAC,
    ".mp3": _MP3,
    ".m4a": _AAC,
    ".m4b": _AAC,
    ".opus": _OPUS,
    ".ogg": _OPUS,
    ".oga": _OPUS,
}


def format_of(path: Path) -> Format:
    """Say what ``path`` is written as. Raises BadInputError for another suffix."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise BadInputError(
            f"sound can't be written as {path.name or path}; name a file that ends in "
            f"{', '.join(FORMATS)}"
        )
    return found


def natural_layout(channels: int) -> str:
    """Name the layout of ``channels`` channels of which nothing more is known."""
    return NATURAL[channels - 1] if channels <= len(NATURAL) else f"{channels} channels"
