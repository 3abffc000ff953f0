"""Sound out of whatever FFmpeg reads, as float32, in blocks or as a whole."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from limelight.audio.decoding import MICROSECONDS, UNSTAMPED, Damage, Decoder
from limelight.audio.ffmpeg import av, opened
from limelight.audio.formats import FLOAT
from limelight.audio.labels import Labels, read_labels
from limelight.audio.operation import Sound
from limelight.errors import BadInputError, LimelightWarning

BITS = {"u8": 16, "s16": 16, "s32": 24}
"""How many bits hold the samples of a decoder that loses nothing; all else is floating point."""

PLAIN = {"1 channels": "mono", "2 channels": "stereo"}
"""What files mean that do not say which channels they have; more than two stay without names."""

LOSSLESS = ("pcm_", "flac", "alac", "wavpack", "tta", "ape", "adpcm_", "dsd_")
LOSSY_BITS = 24


@dataclass
class SoundFile:
    """A file with sound in it, opened by `open_sound`.

    ``rate`` is in samples a second, ``layout`` FFmpeg's name of the channels ("stereo", "5.1"),
    ``bits`` what a copy needs to lose nothing (16, 24, or 32 for floating point). ``seconds`` is
    what the file says, None where it does not, and the truth may differ.
    """

    path: Path
    rate: int
    channels: int
    layout: str
    bits: int
    seconds: float | None
    labels: Labels
    _files: ExitStack = field(default_factory=ExitStack, repr=False)
    _told: set[str] = field(default_factory=set, repr=False)

    def blocks(self) -> Iterator[Sound]:
        """Give the sound from the beginning, in blocks (channels, n) of about half a second.

        May be called again. What is broken or missing in the middle becomes silence of the same
        length, and a LimelightWarning tells of it, as of a file that ends too early.
        """
        container, stream = opened(self.path)
        self._files.enter_context(container)
        length = _length(container, stream, self.rate)
        exact = length if container.format.name.startswith(("mov", "mp3")) else None
        decoder = Decoder(container, stream, self.rate, self.layout, exact)
        most = max(self.rate // 2, 1)
        gathered: list[Sound] = []
        count = total = 0
        with container:
            for block in decoder.blocks():
                gathered.append(block)
                count += block.shape[-1]
                if count >= most:
                    yield np.concatenate(gathered, axis=-1)
                    total += count
                    gathered, count = [], 0
            if count:
                yield np.concatenate(gathered, axis=-1)
        self._tell(decoder.damage, total + count, length)

    def _tell(self, damage: Damage, samples: int, length: int | None) -> None:
        """Warn of what is not as it should be, once."""
        seconds = samples / self.rate
        found = []
        if damage.places:
            places = "1 place" if damage.places == 1 else f"{damage.places} places"
            found.append(
                f"{damage.lost / self.rate:.2f} s of {self.path} are damaged or missing, in "
                f"{places}, the first {damage.first:.2f} s in; there is silence instead"
            )
        if damage.wild:
            found.append(f"{damage.wild:,} samples of {self.path} are no numbers; they became 0")
        if length is not None and samples < length - max(0.5 * self.rate, 0.01 * length):
            found.append(
                f"{self.path} breaks off after {seconds:.2f} s of {length / self.rate:.2f} s; "
                "what is there was read"
            )
        elif damage.cut_off:
            found.append(f"{self.path} may have been cut off at its end, after {seconds:.2f} s")
        for text in found:
            if text not in self._told:
                self._told.add(text)
                warnings.warn(text, LimelightWarning, stacklevel=3)


@contextmanager
def open_sound(path: Path) -> Iterator[SoundFile]:
    """Open a file's sound; of several tracks, the one that FFmpeg takes for the main one.

    The name's suffix does not matter, what is in the file does. Raises NotFoundError for a file
    that is not there, BadInputError for one that is empty, broken, or has no sound in it,
    UnavailableError for one that may not be read.
    """
    path = Path(path)
    container, stream = opened(path)
    with container:
        labels = read_labels(container, stream)
    container, stream = opened(path)
    with container:
        frame = _first_frame(path, container, stream)
        length = _length(container, stream, frame.sample_rate)
        known = None if container.duration is None else container.duration / MICROSECONDS
        lossless = stream.codec_context.name.startswith(LOSSLESS)
    layout = frame.layout.name
    with ExitStack() as files:
        yield SoundFile(
            path,
            frame.sample_rate,
            frame.layout.nb_channels,
            PLAIN.get(layout, layout),
            BITS.get(frame.format.name.removesuffix("p"), FLOAT) if lossless else LOSSY_BITS,
            known if length is None else length / frame.sample_rate,
            labels,
            files,
        )


def read(path: Path) -> tuple[Sound, int]:
    """Read a whole file: float32 (channels, n), and samples a second.

    Raises as `open_sound` does, and warns as `SoundFile.blocks` does.
    """
    with open_sound(path) as sound:
        return np.concatenate(list(sound.blocks()), axis=-1), sound.rate


def _first_frame(path: Path, container: Any, stream: Any) -> Any:
    """Decode until there is sound: what it is like is certain only then."""
    try:
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            for frame in frames:
                if frame.samples and frame.layout.nb_channels and frame.sample_rate:
                    return frame
    except av.error.FFmpegError as error:
        raise BadInputError(f"{path} can't be read: {error.strerror}") from error
    raise BadInputError(f"{path} has an audio track with no sound that can be decoded")


def _length(container: Any, stream: Any, rate: int) -> int | None:
    """Give the samples that a file says it has, where that is more than an estimate."""
    name = container.format.name
    if name in UNSTAMPED and not stream.start_time:
        return None  # without an encoder's note (LAME's tag), FFmpeg divides the bytes
    if name.startswith(("mpeg", "ogg")):
        return None  # read off the file's last time stamp
    if stream.duration is not None:
        samples: Fraction = stream.duration * stream.time_base * rate
        return round(samples)
    if container.duration is not None and len(container.streams) == 1:
        return round(Fraction(container.duration, MICROSECONDS) * rate)
    return None
