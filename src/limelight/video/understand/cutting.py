"""Stretches of a video one after another, as a video of its own, the sound in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext

from limelight.audio.decoding import Decoder
from limelight.audio.operation import Sound
from limelight.errors import BadInputError
from limelight.media.provenance import recorded
from limelight.media.whole import replacing
from limelight.progress import Progress, silent
from limelight.video.encoding import Track, family_of, has_global_header, track_for
from limelight.video.frame import time_of
from limelight.video.pictures import encodable
from limelight.video.pipeline import CONTAINERS
from limelight.video.reading import Reel, opened
from limelight.video.sound import SoundTrack, sound_frame, sound_track

FADE_SECONDS = 0.005

Span = tuple[float, float]


def cut(
    source: Path, target: Path, spans: Sequence[Span], by: Any, progress: Progress = silent
) -> None:
    """Write the ``spans`` of ``source``, (start, end) in seconds, ascending, one after another.

    The video and its first sound track are encoded as what they were; a span begins with the first
    frame that is not before its start. The sound of every span is exactly as long as its pictures,
    and fades within 5 ms where spans meet. The file says that the operation ``by`` made it.
    ``target`` appears whole or not at all. Raises BadInputError for a target that is no video.
    """
    source, target = Path(source), Path(target)
    container = CONTAINERS.get(target.suffix.lower())
    if container is None:
        raise BadInputError(f"{target} names no video file; end it with {', '.join(CONTAINERS)}")
    if target.exists() and target.samefile(source):
        raise BadInputError(f"{target} is the input; originals are never written over")
    with replacing(target) as draft, ExitStack() as stack:
        reel = stack.enter_context(closing(Reel(source)))
        reader = stack.enter_context(opened(source))
        writer = stack.enter_context(av.open(str(draft), "w", format=container))
        writer.metadata.update(recorded(dict(reader.metadata), [by], source))
        _Cutting(reel, reader, writer, container).write(spans, progress)


class _Cutting:
    """A file on its way from one container to another."""

    def __init__(self, reel: Reel, reader: Any, writer: OutputContainer, container: str) -> None:
        self._reel, self._writer = reel, writer
        heard = [stream for stream in reader.streams.audio if stream.codec_context]
        self._family = family_of(None, reel.codec, container, alpha=False)
        self._container = container
        self._track: Track | None = None
        self._picture: Any = None
        self._sound: SoundTrack | None = None
        if heard:
            self._sound = sound_track(heard[0], container, has_global_header(container))
            self._heard = _Heard(reader, heard[0], self._sound)
        self._tone: Any = None

    def write(self, spans: Sequence[Span], progress: Progress) -> None:
        reached = Fraction(0)
        for done, (start, end) in enumerate(spans):
            progress(done, len(spans), "writing")
            reached += self._pictures(start, end, reached)
        progress(len(spans), len(spans), "writing")
        for stream in (self._picture, self._tone):
            if stream is not None:
                self._writer.mux(stream.encode(None))

    def _pictures(self, start: float, end: float, reached: Fraction) -> Fraction:
        """Write one span from ``reached`` on; give its length."""
        footage = self._reel.footage
        slack = 1 / (4 * footage.rate)  # floats are no exact times
        first: Fraction | None = None
        for frame in self._reel.between(Fraction(start) - slack, Fraction(end) - slack):
            if self._track is None:
                self._track = track_for(frame, footage, self._family, None, self._container)
                self._begin(self._track)
            time = time_of(frame)
            first = time if first is None else first
            ready = encodable(
                frame, self._track.pixel_format, self._track.width, self._track.height
            )
            base = Fraction(self._track.time_base)
            ready.pts = round((reached + time - first) / base)
            ready.time_base = base
            ready.pict_type = 0
            self._writer.mux(self._picture.encode(ready))
        if first is None:
            return Fraction(0)
        length = Fraction(end) - first
        if self._sound is not None:
            self._sounds(first, reached, length)
        return length

    def _begin(self, track: Track) -> None:
        """Add the tracks, of which the muxer must know before the first packet."""
        self._picture = self._writer.add_stream(track.encoder, rate=Fraction(track.rate))
        if not isinstance(self._picture.codec_context, VideoCodecContext):
            raise ValueError(f"{track.encoder} encodes no video")
        track.settle(self._picture.codec_context)
        self._picture.time_base = Fraction(track.time_base)
        if self._sound is not None:
            self._tone = self._writer.add_stream(self._sound.encoder, rate=self._sound.rate)
            if not isinstance(self._tone.codec_context, AudioCodecContext):
                raise ValueError(f"{self._sound.encoder} encodes no sound")
            self._sound.settle(self._tone.codec_context)

    def _sounds(self, start: Fraction, reached: Fraction, length: Fraction) -> None:
        track = self._sound
        if track is None:
            return
        position = round(reached * track.rate)
        count = round((reached + length) * track.rate) - position
        samples = self._heard.take(round(start * track.rate), count)
        frame = sound_frame(_faded(samples, track.rate), track, position)
        self._writer.mux(self._tone.encode(frame))


class _Heard:
    """The sound of a file, of which stretches are taken in order."""

    def __init__(self, reader: Any, stream: Any, track: SoundTrack) -> None:
        begins = Fraction(stream.start_time or 0) * (stream.time_base or 1)
        self._position = round(begins * track.rate)  # of the first sample held
        self._blocks: Iterator[Sound] = Decoder(reader, stream, track.rate, track.layout).blocks()
        self._held: Sound | None = None

    def take(self, start: int, count: int) -> Sound:
        """Give ``count`` samples from ``start`` on; where there is no sound, silence."""
        found: list[Sound] = []
        n_found = 0
        while n_found < count:
            if self._held is None:
                self._held = next(self._blocks, None)
                if self._held is None:
                    break
            skipped = start + n_found - self._position
            if skipped >= self._held.shape[1]:
                self._position += self._held.shape[1]
                self._held = None
                continue
            if skipped < 0:  # before the sound begins
                quiet = min(-skipped, count - n_found)
                found.append(np.zeros((self._held.shape[0], quiet), np.float32))
                n_found += quiet
                continue
            part = self._held[:, skipped : skipped + count - n_found]
            found.append(part)
            n_found += part.shape[1]
        channels = found[0].shape[0] if found else 1
        found.append(np.zeros((channels, count - n_found), np.float32))
        return np.concatenate(found, axis=1)


def _faded(samples: Sound, rate: int) -> Sound:
    fade = min(int(FADE_SECONDS * rate), samples.shape[1] // 2)
    ramp = (np.arange(fade, dtype=np.float32) + 0.5) / max(fade, 1)
    faded = samples.copy()
    faded[:, :fade] *= ramp
    faded[:, samples.shape[1] - fade :] *= ramp[::-1]
    return faded
