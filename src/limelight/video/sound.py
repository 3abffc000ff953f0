"""Tracks of sound through sound operations, encoded as what they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import Flags
from av.packet import Packet
from av.stream import Stream

from limelight.audio.decoding import Decoder
from limelight.audio.formats import natural_layout
from limelight.audio.operation import Operation, Sound
from limelight.errors import BadInputError
from limelight.video.reading import opened

ENCODERS = {
    "aac": ("aac",),
    "mp2": ("mp2",),
    "mp3": ("libmp3lame",),
    "opus": ("libopus",),
    "vorbis": ("libvorbis", "libopus"),
    "flac": ("flac",),
    "alac": ("alac",),
    "ac3": ("ac3",),
    "eac3": ("eac3",),
}
FALLBACKS = ("aac", "libopus", "flac", "pcm_s16le")
LOSSLESS = ("flac", "alac", "pcm")
LEAST_RATE, MOST_RATE = 96_000, 256_000  # bits a second and channel


@dataclass(frozen=True)
class SoundTrack:
    """All that an encoder of sound is told, as JSON keeps it.

    ``rate`` is that of the operations, in samples a second; ``encoded_rate`` the nearest that the
    encoder takes.
    """

    encoder: str
    rate: int
    encoded_rate: int
    layout: str
    sample_format: str
    bit_rate: int
    global_header: bool

    @property
    def time_base(self) -> str:
        """The unit of the packets' times, a sample."""
        return f"1/{self.encoded_rate}"

    def stored(self) -> dict[str, Any]:
        """Give what JSON keeps."""
        return asdict(self)

    def settle(self, context: AudioCodecContext) -> None:
        """Tell an encoder how to encode."""
        context.sample_rate = self.encoded_rate
        context.layout = self.layout
        context.format = self.sample_format
        context.time_base = Fraction(self.time_base)
        if self.bit_rate:
            context.bit_rate = self.bit_rate
        if self.global_header:
            context.flags |= Flags.global_header


def sound_track(stream: Stream, container: str, global_header: bool) -> SoundTrack:
    """Settle how a track is encoded: as it was, where that can be written and held."""
    source = stream.codec_context
    if not isinstance(source, AudioCodecContext):
        raise BadInputError(f"track {stream.index} is no sound that can be decoded")
    name = source.codec.canonical_name
    wanted = (name,) if name.startswith("pcm_") else ENCODERS.get(name, ())
    found = next((n for n in (*wanted, *FALLBACKS) if _holds(container, n)), None)
    if found is None:
        raise BadInputError(f"a {container} file holds no sound that can be written here")
    formats = [f.name for f in av.Codec(found, "w").audio_formats or []]
    bit_rate = 0
    if not found.startswith(LOSSLESS):
        before = (source.bit_rate or 0) // source.channels if found in wanted else 0
        bit_rate = min(max(before, LEAST_RATE), MOST_RATE) * source.channels
    return SoundTrack(
        encoder=found,
        rate=source.sample_rate,
        encoded_rate=_rate(source.sample_rate, found),
        layout=_layout(source),
        sample_format=_nearest(source.format.name, formats),
        bit_rate=bit_rate,
        global_header=global_header,
    )


def sound_packets(
    path: Path,
    index: int,
    operations: Sequence[Operation],
    track: SoundTrack,
    tell: Callable[[float, str], None],
) -> Iterator[Packet[Any]]:
    """Give the packets of track ``index`` with ``operations`` done to it, in bounded memory.

    ``tell`` hears how many seconds are done, of what. Operations that need a survey get it first.
    """
    settled: list[Operation] = []
    for operation in operations:
        if operation.needs_survey:
            blocks = _through(path, index, settled, track, tell, f"listening for {operation.name}")
            settled.append(operation.surveyed(blocks, track.rate))
        else:
            settled.append(operation)
    yield from _encoded(path, index, _through(path, index, settled, track, tell, "sound"), track)


def _through(
    path: Path,
    index: int,
    operations: Sequence[Operation],
    track: SoundTrack,
    tell: Callable[[float, str], None],
    message: str,
) -> Iterator[Sound]:
    blocks: Iterator[Sound] = _blocks(path, index, track)
    for operation in operations:
        blocks = operation.stream(blocks, track.rate)
    done = 0
    for block in blocks:
        yield block
        done += block.shape[-1]
        tell(done / track.rate, message)


def _blocks(path: Path, index: int, track: SoundTrack) -> Iterator[Sound]:
    with opened(path) as container:
        stream = container.streams[index]
        yield from Decoder(container, stream, track.rate, track.layout).blocks()


def _encoded(
    path: Path, index: int, blocks: Iterator[Sound], track: SoundTrack
) -> Iterator[Packet[Any]]:
    context = av.CodecContext.create(track.encoder, "w")
    if not isinstance(context, AudioCodecContext):
        raise ValueError(f"{track.encoder} encodes no sound")
    track.settle(context)
    try:
        context.open()
    except (av.FFmpegError, ValueError) as error:
        raise BadInputError(
            f"{track.encoder} can't hold the sound of track {index} of {path.name} "
            f"({track.layout}, {track.rate} Hz); name an .mkv file"
        ) from error
    position = round(_beginning(path, index) * track.rate)
    for block in blocks:
        if not block.shape[-1]:
            continue
        frame = sound_frame(block, track, position)
        position += block.shape[-1]
        yield from context.encode(frame)
    yield from context.encode(None)


def sound_frame(samples: Sound, track: SoundTrack, position: int) -> av.AudioFrame:
    """Give samples (channels, n) that begin at ``position`` as what an encoder takes."""
    # Interleaved on purpose: PyAV (18.1) makes no frames of 8 planes.
    interleaved = np.ascontiguousarray(samples.T, np.float32).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout=track.layout)
    frame.sample_rate, frame.time_base = track.rate, Fraction(1, track.rate)
    frame.pts = position
    return frame


def _beginning(path: Path, index: int) -> Fraction:
    """Find the time of the first sample, which need not be that of the first picture."""
    with opened(path) as container:
        stream = container.streams[index]
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            for frame in frames:
                if isinstance(frame, av.AudioFrame) and frame.pts is not None and frame.time_base:
                    return frame.pts * frame.time_base
    return Fraction(0)


def _rate(wanted: int, encoder: str) -> int:
    rates = av.Codec(encoder, "w").audio_rates or [wanted]
    return min((rate for rate in rates if rate >= wanted), default=max(rates))


def _layout(source: AudioCodecContext) -> str:
    """Name the channels; where the file doesn't say which they are, those that there mostly are."""
    named = source.layout.name
    return natural_layout(source.channels) if "channels" in named else named


def _holds(container: str, encoder: str) -> bool:
    if encoder not in av.codecs_available:
        return False
    with av.open(BytesIO(), "w", format=container) as trial:
        try:
            trial.add_stream(encoder)
        except ValueError:
            return False
        return True


def _nearest(source: str, formats: Sequence[str]) -> str:
    """Choose the encoder's format of samples: the same, planar or not, else the deepest."""
    plain = source.removesuffix("p")
    order = [source, plain, f"{plain}p", "fltp", "flt", "s32", "s32p", "s16", "s16p"]
    return next((name for name in order if name in formats), formats[0] if formats else "s16")
