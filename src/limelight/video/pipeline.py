"""Video through operations: frames and sound worked on, all the rest copied, in any length."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, is_dataclass
from functools import reduce
from itertools import chain, count, groupby
from pathlib import Path
from typing import Any

import av

from limelight.audio.operation import Operation as SoundOperation
from limelight.errors import BadInputError
from limelight.image.picture import Picture
from limelight.media.provenance import recorded
from limelight.media.whole import replacing
from limelight.progress import Progress, silent
from limelight.video.encoding import (
    FAMILIES,
    Track,
    encoded,
    family_of,
    has_global_header,
    track_for,
)
from limelight.video.frame import Footage, Frame, time_of
from limelight.video.joining import Made, joined
from limelight.video.operation import Operation, PictureOperation
from limelight.video.pictures import is_transparent, worked
from limelight.video.pieces import Pieces
from limelight.video.reading import Reel, film, opened
from limelight.video.sound import sound_packets, sound_track

CONTAINERS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".mkv": "matroska",
    ".webm": "webm",
    ".ts": "mpegts",
    ".m2ts": "mpegts",
    ".mts": "mpegts",
    ".flv": "flv",
}
SEGMENT_SECONDS = 60


@dataclass(frozen=True)
class Processed:
    """What was written: frames that were encoded anew, by which codec, and tracks of sound.

    Where the video was copied, ``frames`` is 0 and ``codec`` None.
    """

    frames: int
    codec: str | None
    sound_tracks: int


def process(
    source: Path,
    target: Path,
    pictures: Sequence[Operation] = (),
    sound: Sequence[SoundOperation] = (),
    codec: str | None = None,
    quality: int | None = None,
    progress: Progress = silent,
) -> Processed:
    """Do ``pictures`` to a file's video and ``sound`` to each of its sound tracks, in order.

    ``codec`` is one of :data:`limelight.video.encoding.FAMILIES`, by default the source's, and
    ``quality`` its constant rate factor: lower is better. What isn't worked on is copied to the
    bit; without ``pictures``, ``codec`` and ``quality`` that is the video too. Video is done in
    segments of a minute, which stay in a hidden folder beside ``target`` where the work breaks off,
    and are not done again when it is called again alike. ``target`` appears whole or not at all.

    Raises NotFoundError and BadInputError for what is wrong with the file or the settings,
    UnavailableError where nothing can be written.
    """
    source, target = Path(source), Path(target)
    container = CONTAINERS.get(target.suffix.lower())
    if container is None:
        raise BadInputError(
            f"{target} names no file that video is written to; end it with {', '.join(CONTAINERS)}"
        )
    anew = bool(pictures) or codec is not None or quality is not None
    with opened(source) as reader:
        video = film(reader)
        tags = dict(reader.metadata)
        audio = [stream.index for stream in reader.streams.audio if stream.codec_context]
        if video is None and (anew or not sound):
            raise BadInputError(f"{source} has no video track")
        if sound and not audio:
            raise BadInputError(f"{source} has no sound track")
        film_index = None if video is None or not anew else video.index
    if target.exists() and target.samefile(source):
        raise BadInputError(f"{target} is the input; originals are never written over")
    told = [*map(_settings, pictures), "sound", *map(_settings, sound), container, codec, quality]
    pieces = Pieces.of(source, target, {"told": told, "length": SEGMENT_SECONDS, "by": _versions()})
    made: dict[int, Made] = {}
    family = None
    try:
        with replacing(target) as draft:
            if film_index is not None:
                with closing(Reel(source)) as reel:
                    task = _Film(reel, pictures, container, pieces, progress)
                    made[film_index], family = task.made(codec, quality)
            for index in audio if sound else ():
                made[index] = _sound(source, index, sound, container, pieces, progress)
            progress(0, None, "putting together")
            done = [*pictures, *sound]
            joined(source, draft, container, made, recorded(tags, done, source))
            frames = 0 if film_index is None else pieces.length(made[film_index].names)
    except BaseException:
        pieces.leave()
        raise
    pieces.remove()
    return Processed(frames, family, len(audio) if sound else 0)


def through(
    operations: Sequence[Operation], frames: Iterator[Frame], footage: Footage
) -> Iterator[Frame]:
    """Send frames through operations in order; neighbours on pictures share one conversion."""
    for single, group in groupby(operations, _on_single_pictures):
        if single:
            frames = worked(_composed(list(group)), frames)
        else:
            for operation in group:
                frames = operation.stream(frames, footage)
    return frames


def _on_single_pictures(operation: Operation) -> bool:
    return type(operation).stream is PictureOperation.stream


def _composed(operations: Sequence[Operation]) -> Callable[[Picture], Picture]:
    works = [operation for operation in operations if isinstance(operation, PictureOperation)]
    return lambda picture: reduce(lambda done, work: work(done), works, picture)


@dataclass(frozen=True)
class _Film:
    """A file's moving pictures on their way through operations into pieces."""

    reel: Reel
    operations: Sequence[Operation]
    container: str
    pieces: Pieces
    progress: Progress

    def made(self, codec: str | None, quality: int | None) -> tuple[Made, str]:
        """Encode what isn't encoded yet."""
        footage = self.reel.footage
        for operation in self.operations:
            if footage.high_dynamic_range and not operation.high_dynamic_range:
                raise BadInputError(
                    f"{self.reel.path} is HDR, and {operation.name} would spoil its brightness and "
                    "colours; convert it to SDR first"
                )
        if not self.pieces.has("end"):
            self._encode(self._surveyed(), codec, quality)
        self.reel.warn()
        end = self.pieces.track("end")
        names = [_name(k) for k in range(end["segments"]) if self.pieces.has(_name(k))]
        if not names:
            raise BadInputError(f"the operations leave nothing of {self.reel.path}")
        track = Track.read(self.pieces.track(names[0]))
        return Made(track, names, self.pieces), next(
            n for n in FAMILIES if FAMILIES[n].encoder == track.encoder
        )

    def _surveyed(self) -> list[Operation]:
        """Let every operation that needs it see the video as those before it leave it."""
        settled: list[Operation] = []
        for operation in self.operations:
            if operation.needs_survey:
                frames = through(settled, self.reel.between(None, None), self.reel.footage)
                seen = self._heard(frames, f"looking for {operation.name}")
                settled.append(operation.surveyed(seen, self.reel.footage))
            else:
                settled.append(operation)
        return settled

    def _encode(self, operations: list[Operation], codec: str | None, quality: int | None) -> None:
        track: Track | None = None
        for k in count():
            if self.pieces.has(_name(k)):
                track = Track.read(self.pieces.track(_name(k)))
                continue
            with closing(self._segment(operations, k)) as frames:
                heard = self._heard(frames, "video")
                first = next(heard, None)
                if first is not None:
                    if track is None:
                        track = self._track(first, codec, quality)
                    packets = encoded(chain([first], heard), track)
                    self.pieces.write(_name(k), track.stored(), packets)
            if self.reel.ended and self.reel.last < self.reel.footage.start + SEGMENT_SECONDS * (
                k + 1
            ):
                break
        self.pieces.write("end", {"segments": k + 1}, [])

    def _segment(self, operations: Sequence[Operation], k: int) -> Generator[Frame, None, None]:
        """Give the frames of a segment, worked on with as much of what surrounds it as needed."""
        footage = self.reel.footage
        margin = sum(operation.margin_seconds for operation in operations)
        start = footage.start + SEGMENT_SECONDS * k
        end = start + SEGMENT_SECONDS
        frames = self.reel.between(start - margin if k else None, end + margin)
        for frame in through(operations, frames, footage):
            time = time_of(frame)
            is_last = self.reel.ended and self.reel.last < end
            if (not k or time >= start) and (time < end or is_last):
                yield frame

    def _track(self, first: Frame, codec: str | None, quality: int | None) -> Track:
        footage = self.reel.footage
        family = family_of(codec, self.reel.codec, self.container, is_transparent(first))
        return track_for(first, footage, family, quality, self.container)

    def _heard(self, frames: Iterator[Frame], message: str) -> Iterator[Frame]:
        footage = self.reel.footage
        total = None if footage.seconds is None else float(footage.seconds)
        for frame in frames:
            yield frame
            self.progress(float(time_of(frame) - footage.start), total, message)


def _sound(
    source: Path,
    index: int,
    operations: Sequence[SoundOperation],
    container: str,
    pieces: Pieces,
    progress: Progress,
) -> Made:
    name = f"sound-{index}"
    with opened(source) as reader:
        stream = reader.streams[index]
        track = sound_track(stream, container, has_global_header(container))
        total = reader.duration / av.time_base if reader.duration else None
    if not pieces.has(name):

        def tell(done: float, message: str) -> None:
            progress(done, total, message)

        packets = sound_packets(source, index, operations, track, tell)
        if not pieces.write(name, track.stored(), packets):
            raise BadInputError(f"none of the sound of {source} can be decoded")
    return Made(track, [name], pieces)


def _name(k: int) -> str:
    return f"video-{k:05d}"


def _settings(operation: Operation | SoundOperation) -> str:
    """Spell an operation out, and when the files that it names were changed."""
    settings: list[Any] = list(vars(operation).values()) if is_dataclass(operation) else []
    paths = [value for value in settings if isinstance(value, Path)]
    stats = [(path.stat().st_size, path.stat().st_mtime_ns) for path in paths if path.exists()]
    return f"{operation!r} {stats}"


def _versions() -> str:
    return f"av {av.__version__}"
