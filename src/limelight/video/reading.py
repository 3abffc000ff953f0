"""Frames out of a file: upright, in order, from any time on, past damaged places."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.sidedata.sidedata import Type
from av.stream import Disposition
from av.video.stream import VideoStream

from limelight.audio.ffmpeg import make_safe
from limelight.errors import BadInputError, LimelightWarning, NotFoundError
from limelight.video.filters import filtered
from limelight.video.frame import Footage, Frame, side_data, time_of

PQ, HLG = 16, 18
PLAYLISTS = ("hls", "dash", "concat", "imf")  # an upload must not make a service read other files
DAMAGE = (av.InvalidDataError, av.EOFError, av.error.UnknownError, av.PatchWelcomeError)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Open a file for reading; its tags may be in any encoding.

    Raises NotFoundError where it isn't there, BadInputError where FFmpeg can't make sense of it.
    """
    if not path.exists():
        raise NotFoundError(f"{path} does not exist")
    if path.is_dir():
        raise BadInputError(f"{path} is a folder; name a file")
    if not path.stat().st_size:
        raise BadInputError(f"{path} is empty")
    try:
        container = av.open(str(path), "r", metadata_errors="replace")
    except PermissionError as error:
        raise BadInputError(f"{path} may not be read") from error
    except (av.FFmpegError, OSError) as error:
        raise BadInputError(
            f"{path} is no sound or video that can be read, or it is cut off"
        ) from error
    with container:
        if container.format.name in PLAYLISTS:
            raise BadInputError(f"{path} names other files, which are not read; name those")
        for stream in container.streams.audio:
            if stream.codec_context:
                make_safe(path, container, stream)
        yield container


def film(container: InputContainer) -> VideoStream | None:
    """Give the first track of moving pictures; cover art is none."""
    moving = (s for s in container.streams.video if not is_cover(s) and s.codec_context)
    return next(moving, None)


def is_cover(stream: av.stream.Stream) -> bool:
    """Say whether a track holds a still picture that goes with the others."""
    return bool(stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


class Reel:
    """The frames of a file's moving pictures, upright, read forwards from any time on.

    Raises BadInputError where the file has no video, or none of its frames can be decoded.
    Damaged packets, frames whose times don't go forwards, and an early end are left out with a
    LimelightWarning each, once.
    """

    def __init__(self, path: Path) -> None:
        """Open the file and decode its first frame."""
        self.path = path
        self.damaged = 0
        self.misplaced = 0
        self.codec = ""
        self._warned: set[str] = set()
        self._frames = self._decoded(None)
        self._next = next(self._frames, None)
        self._begun = False
        self._position: Fraction | None = None
        if self._next is None:
            raise BadInputError(f"none of the frames of {path} can be decoded")
        self._last = time_of(self._next)
        self.footage = self._footage(self._next)

    @property
    def ended(self) -> bool:
        """Whether the last frame was given."""
        return self._next is None

    @property
    def last(self) -> Fraction:
        """The time of the latest frame that was read."""
        return self._last

    def close(self) -> None:
        """Close the file."""
        self._frames.close()

    def between(self, start: Fraction | None, end: Fraction | None) -> Iterator[Frame]:
        """Give the frames of ``start`` to before ``end``; None is the video's own.

        Where one call goes on after another, the file is read on; else it is sought in.
        """
        goes_on = not self._begun if start is None else start == self._position
        if not goes_on:
            self._frames.close()
            self._frames = self._decoded(start)
            self._next = next(self._frames, None)
        self._begun, self._position = True, end
        while self._next is not None and (end is None or time_of(self._next) < end):
            frame, self._last = self._next, time_of(self._next)
            self._next = next(self._frames, None)
            yield frame

    def _decoded(self, start: Fraction | None) -> Generator[Frame, None, None]:
        """Give upright frames from ``start`` on, in order of time."""
        with opened(self.path) as container:
            stream = film(container)
            if stream is None:
                raise BadInputError(f"{self.path} has no video track")
            stream.thread_type = "AUTO"
            frames = self._in_order(self._sought(container, stream, start))
            first = next(frames, None)
            if first is None:
                return
            turn = upright(first)
            frames = _from_first(first, frames)
            if turn:
                said = ("sidedata", {"mode": "delete", "type": "DISPLAYMATRIX"})
                frames = filtered([*turn, said], frames, _described(stream, first))
            yield from frames

    def _sought(
        self, container: InputContainer, stream: VideoStream, start: Fraction | None
    ) -> Iterator[Frame]:
        """Give frames from ``start`` on. Indices lie: seek earlier until a frame is before it."""
        if start is None:
            yield from self._raw(container, stream)
            return
        origin = Fraction(stream.start_time or 0) * _base(stream)
        for back in (0, 1, 10):
            target = start - back
            if target <= origin:
                break
            try:
                container.seek(int(target / _base(stream)), stream=stream)
            except av.FFmpegError:
                break
            frames = self._raw(container, stream)
            first = next(frames, None)
            if first is not None and time_of(first) <= start:
                yield from (f for f in _from_first(first, frames) if time_of(f) >= start)
                return
        with opened(self.path) as again:
            stream_again = film(again)
            if stream_again is not None:
                yield from (f for f in self._raw(again, stream_again) if time_of(f) >= start)

    def _raw(self, container: InputContainer, stream: VideoStream) -> Iterator[Frame]:
        """Decode on, past damage; a frame without a time gets one."""
        step = 1 / (_rate(stream) * _base(stream))
        latest: int | None = None
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except DAMAGE:
                self._warn(f"{self.path} breaks off where it is damaged; what follows is lost")
                packet = None
            if packet is None:
                return
            try:
                frames = packet.decode()
            except av.EOFError:
                return
            except DAMAGE:
                self.damaged += 1
                continue
            for frame in frames:
                if frame.pts is None:
                    frame.pts = frame.dts if frame.dts is not None else round((latest or 0) + step)
                if not frame.time_base:
                    frame.time_base = _base(stream)
                self.damaged += frame.is_corrupt
                latest = frame.pts
                yield frame

    def _in_order(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        before: Fraction | None = None
        size: tuple[int, int, str] | None = None
        for frame in frames:
            if frame.pts is not None and time_of(frame) == before:
                frame.pts += 1  # times were rounded to the same one
            time = time_of(frame)
            if before is not None and time <= before:
                self.misplaced += 1
                continue
            before = time
            size = size or (frame.width, frame.height, frame.format.name)
            if (frame.width, frame.height, frame.format.name) != size:
                self._warn(
                    f"the pictures of {self.path} change their size; all get that of the first"
                )
                yield frame.reformat(*size)
            else:
                yield frame

    def _footage(self, first: Frame) -> Footage:
        with opened(self.path) as container:
            stream = film(container)
            if stream is None:
                raise BadInputError(f"{self.path} has no video track")
            self.codec = stream.codec_context.codec.canonical_name
            return _described(stream, first)

    def warn(self) -> None:
        """Say what was left out."""
        if self.damaged:
            self._warn(f"{self.damaged:,} damaged places of {self.path} were passed over")
        if self.misplaced:
            self._warn(
                f"{self.misplaced:,} frames of {self.path} whose times run backwards were left out"
            )
        whole = self.footage.seconds
        if whole and self.ended and self._last - self.footage.start < whole * Fraction(9, 10) - 1:
            reached = float(self._last - self.footage.start)
            self._warn(
                f"{self.path} ends after {reached:.1f} of {float(whole):.1f} s: it is cut off"
            )

    def _warn(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            warnings.warn(text, LimelightWarning, stacklevel=2)


def upright(frame: Frame) -> list[tuple[str, Mapping[str, object]]]:
    """Give the filters that turn a frame the way its display matrix wants it shown.

    Raises BadInputError for a matrix that turns by anything but right angles.
    """
    matrix = side_data(frame, Type.DISPLAYMATRIX)
    if matrix is None:
        return []
    a, b, _, c, d, *_ = struct.unpack_from("<9i", matrix)
    if b == c == 0 and a and d:
        return [(name, {}) for name, turned in (("hflip", a < 0), ("vflip", d < 0)) if turned]
    if a == d == 0 and b and c:
        direction = {(1, 0): "clock", (1, 1): "cclock_flip", (0, 1): "cclock", (0, 0): "clock_flip"}
        return [("transpose", {"dir": direction[int(b > 0), int(c > 0)]})]
    if not any((a, b, c, d)):
        return []
    raise BadInputError("the video is turned by something else than a right angle; turn it first")


def _from_first(first: Frame, others: Iterator[Frame]) -> Iterator[Frame]:
    yield first
    yield from others


def _base(stream: VideoStream) -> Fraction:
    return stream.time_base or Fraction(1, 90000)


def _rate(stream: VideoStream) -> Fraction:
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate and 0 < rate <= 1000:
            return Fraction(rate)
    return Fraction(25)


def _described(stream: VideoStream, first: Frame) -> Footage:
    """Describe a track whose first frame is ``first``, turned upright or not yet."""
    aspect = Fraction(stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or 1)
    if first.width != stream.width and first.width == stream.height:
        aspect = 1 / aspect
    seconds = None
    if stream.duration:
        seconds = stream.duration * _base(stream)
    elif isinstance(stream.container, InputContainer) and stream.container.duration:
        seconds = Fraction(stream.container.duration, av.time_base)
    return Footage(
        width=first.width,
        height=first.height,
        rate=_rate(stream),
        time_base=first.time_base or _base(stream),
        start=time_of(first),
        seconds=seconds,
        aspect=aspect,
        bits=max(component.bits for component in first.format.components),
        high_dynamic_range=int(first.color_trc) in (PQ, HLG),
        mastering=side_data(first, Type.MASTERING_DISPLAY_METADATA),
        light=side_data(first, Type.CONTENT_LIGHT_LEVEL),
    )
