"""The finished pieces and all that nobody touched, put together in one file without re-encoding."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import Any, Protocol

import av
from av.audio.codeccontext import AudioCodecContext
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext

from limelight.errors import BadInputError, LimelightWarning
from limelight.video.encoding import SQUARE, Track
from limelight.video.pieces import Pieces
from limelight.video.reading import DAMAGE, is_cover, opened
from limelight.video.sound import SoundTrack

OPTIONS = {"avoid_negative_ts": "disabled"}  # priming of sound comes before 0; nothing is shifted
MOST_REORDERED = 16  # pictures, in H.264 and HEVC
LEFT_OUT = ((), ("data",), ("data", "attachment"), ("data", "attachment", "subtitle"))
UNSHAPED = ("vp8", "vp9", "libdav1d", "av1", "prores", "mjpeg")  # don't say it themselves
NOT_OURS = ("major_brand", "minor_version", "compatible_brands", "encoder")  # written anew
STATISTICS = ("BPS", "DURATION", "NUMBER_OF_", "_STATISTICS", "vendor_id", "encoder")


@dataclass(frozen=True)
class Made:
    """A track that was made anew: how it is encoded, and the names of its pieces in order."""

    track: Track | SoundTrack
    names: Sequence[str]
    pieces: Pieces


class Added(Protocol):
    """A track that the source doesn't have."""

    def added(self, writer: OutputContainer) -> Iterator[tuple[Fraction, Packet[Any]]]:
        """Add it to a file that is not begun, and give its packets by their times."""


def joined(
    source: Path,
    draft: Path,
    container: str,
    made: Mapping[int, Made],
    tags: Mapping[str, str],
    another: Added | None = None,
) -> None:
    """Write ``draft``: the tracks of ``made`` by their number in ``source``, all others copied.

    ``another`` comes behind them. Chapters, attachments and the tracks' own tags come along. What
    the container can't hold is left out with a LimelightWarning; BadInputError where that leaves
    nothing to write.
    """
    refused: Exception | None = None
    for kinds in LEFT_OUT:
        try:
            if not _written(source, draft, container, made, tags, another, kinds):
                continue
        except (av.FFmpegError, ValueError) as error:
            if isinstance(error, OSError):  # the disk is full, not the container too narrow
                raise
            refused = error
            continue
        for kind in kinds:
            warnings.warn(
                f"{source}: a {container} file can't hold its {kind} tracks; left out",
                LimelightWarning,
                stacklevel=2,
            )
        return
    why = str(refused).partition(":")[0]
    raise BadInputError(
        f"{source} can't be put into a {container} file ({why}); name an .mkv file"
    ) from refused


def _written(
    source: Path,
    draft: Path,
    container: str,
    made: Mapping[int, Made],
    tags: Mapping[str, str],
    another: Added | None,
    kinds: Sequence[str],
) -> bool:
    """Write all but tracks of ``kinds``; False where that would leave nothing more out."""
    with opened(source) as reader:
        if kinds and not any(stream.type == kinds[-1] for stream in reader.streams):
            return False
        with av.open(str(draft), "w", format=container, options=OPTIONS) as writer:
            tracks = _tracks(reader, writer, made, kinds)
            flows = [] if another is None else [another.added(writer)]
            writer.metadata.update(
                {key: value for key, value in tags.items() if key.lower() not in NOT_OURS}
            )
            writer.set_chapters(reader.chapters())
            writer.start_encoding()
            _mux(reader, writer, tracks, made, flows)
    return True


def _tracks(
    reader: InputContainer,
    writer: OutputContainer,
    made: Mapping[int, Made],
    kinds: Sequence[str],
) -> dict[int, Stream]:
    """Give every track of ``reader`` that comes along one of ``writer``."""
    tracks: dict[int, Stream] = {}
    for stream in reader.streams:
        if stream.type in kinds or (stream.type == "data" and "timecode" in stream.metadata):
            continue  # a muxer writes time codes anew from the picture's tags
        if is_cover(stream) and writer.format.name == "matroska":
            _attach(writer, Path(reader.name), stream)
            continue
        anew = made.get(stream.index)
        try:
            if anew is None:
                track = writer.add_stream_from_template(stream, opaque=True)
            else:
                track = _settled(writer, anew.track)
        except (ValueError, av.FFmpegError):
            if anew is not None:
                raise
            warnings.warn(
                f"{Path(reader.name).name}: a {writer.format.name} file can't hold track "
                f"{stream.index} ({stream.type}, {stream.name or 'unknown'}); left out",
                LimelightWarning,
                stacklevel=4,
            )
            continue
        track.metadata.update(
            {
                key: value
                for key, value in stream.metadata.items()
                if anew is None or not key.startswith(STATISTICS)
            }
        )
        track.disposition = stream.disposition
        if anew is None and stream.type == "video":
            _check_shape(stream, writer.format.name)
        tracks[stream.index] = track
    return tracks


def _attach(writer: OutputContainer, source: Path, cover: Stream) -> None:
    """Matroska keeps cover art as an attachment."""
    with opened(source) as reader:
        packet = next(packet for packet in reader.demux(reader.streams[cover.index]))
        kind = {"mjpeg": "jpeg"}.get(cover.name or "", cover.name)
        name = cover.metadata.get("filename", f"cover.{kind}")
        writer.add_attachment(name, f"image/{kind}", bytes(packet))


def _check_shape(stream: Stream, container: str) -> None:
    aspect = getattr(stream, "sample_aspect_ratio", None)
    if container in SQUARE and aspect not in (None, 0, 1) and stream.codec.name in UNSHAPED:
        warnings.warn(
            f"a {container} file can't say that track {stream.index}'s samples have the shape "
            f"{aspect}; name an .mp4 file to keep it",
            LimelightWarning,
            stacklevel=5,
        )


def _settled(writer: OutputContainer, track: Track | SoundTrack) -> Stream:
    """Add the track of an encoder that is opened for what it declares, and never fed."""
    if isinstance(track, Track):
        stream = writer.add_stream(track.encoder, rate=Fraction(track.rate))
        if not isinstance(stream.codec_context, VideoCodecContext):
            raise ValueError(f"{track.encoder} encodes no video")
        track.settle(stream.codec_context)
        stream.time_base = Fraction(track.time_base)
        return stream
    sound = writer.add_stream(track.encoder, rate=track.encoded_rate)
    if not isinstance(sound.codec_context, AudioCodecContext):
        raise ValueError(f"{track.encoder} encodes no sound")
    track.settle(sound.codec_context)
    sound.time_base = Fraction(track.time_base)
    return sound


def _mux(
    reader: InputContainer,
    writer: OutputContainer,
    tracks: Mapping[int, Stream],
    made: Mapping[int, Made],
    others: Sequence[Iterator[tuple[Fraction, Packet[Any]]]],
) -> None:
    """Write all packets by their times, so that no track waits long for another."""
    flows = [*others, *(_anew(anew, tracks[index]) for index, anew in made.items())]
    copied = [reader.streams[index] for index in tracks if index not in made]
    packed = [s for s in copied if s.type != "attachment"]
    if packed:
        flows.append(_copied(reader, packed, tracks))
    for _, packet in merge(*flows, key=lambda timed: timed[0]):
        writer.mux_one(packet)


def _anew(anew: Made, stream: Stream) -> Iterator[tuple[Fraction, Packet[Any]]]:
    """Give a made track's packets; they decode in order of the times that they show."""
    base = Fraction(anew.track.time_base)
    shown = [head[0] for name in anew.names for head in anew.pieces.heads(name)]
    stamps = _decoding_times(shown)
    for name in anew.names:
        for packet in anew.pieces.packets(name):
            stamp = next(stamps)
            packet.dts, packet.time_base, packet.stream = stamp, base, stream
            yield stamp * base, packet


def _decoding_times(shown: Sequence[int]) -> Iterator[int]:
    """Give each packet the earliest time that keeps order: as many places early as any is late."""
    ordered = sorted(shown)
    places = {time: place for place, time in enumerate(ordered)}
    late = max((place - places[time] for place, time in enumerate(shown)), default=0)
    step = ordered[1] - ordered[0] if late else 0
    yield from (ordered[0] - step * (late - place) for place in range(min(late, len(ordered))))
    yield from ordered[: max(len(ordered) - late, 0)]


def _copied(
    reader: InputContainer, streams: Sequence[Stream], tracks: Mapping[int, Stream]
) -> Iterator[tuple[Fraction, Packet[Any]]]:
    """Give the packets that are copied, to the bit; their times must go forwards."""
    latest: dict[int, int] = {}
    time = Fraction(0)
    for packet in _dated(_undamaged(reader.demux(*streams))):
        index = packet.stream.index
        if packet.dts is None:
            packet.dts = packet.pts
        if packet.dts is None:
            packet.dts = packet.pts = latest.get(index, -1) + 1
        packet.dts = max(packet.dts, latest.get(index, packet.dts - 1) + 1)
        if packet.pts is None or packet.pts < packet.dts:
            packet.pts = packet.dts
        latest[index] = packet.dts
        time = packet.dts * packet.time_base
        packet.stream = tracks[index]
        yield time, packet


def _dated(packets: Iterable[Packet[Any]]) -> Iterator[Packet[Any]]:
    """Leave empty packets out, and say when the first ones of a track are decoded.

    Matroska doesn't say where pictures are reordered; it is before the first that is known.
    """
    held: dict[int, list[Packet[Any]] | None] = {}
    for packet in packets:
        if not packet.size:
            continue
        waiting = held.setdefault(packet.stream.index, [])
        if waiting is None:
            yield packet
            continue
        waiting.append(packet)
        if packet.dts is not None or len(waiting) > MOST_REORDERED:
            held[packet.stream.index] = None
            _date(waiting)
            yield from waiting
    yield from (packet for waiting in held.values() for packet in waiting or ())


def _date(packets: Sequence[Packet[Any]]) -> None:
    known = packets[-1].dts
    if known is None:
        return
    step = max(packets[-1].duration or 0, 1)
    for packet in reversed(packets[:-1]):
        known = min(known - step, known - step if packet.pts is None else packet.pts)
        packet.dts = known


def _undamaged(packets: Iterable[Packet[Any]]) -> Iterator[Packet[Any]]:
    try:
        yield from packets
    except DAMAGE:
        warnings.warn(
            "the file breaks off where it is damaged; what follows is lost",
            LimelightWarning,
            stacklevel=2,
        )
