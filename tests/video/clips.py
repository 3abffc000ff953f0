"""Tiny videos, made where they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE = 25
TICKS = 12800


def picture(i: int, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """A gradient with a square that moves, and says by its place which frame it is in."""
    y, x = np.mgrid[:height, :width]
    rgb = np.stack([x * 2 + 40, y * 3 + 30, np.full_like(x, 90)], axis=-1)
    rgb[height // 3 : height // 2, (i * 2) % width : (i * 2) % width + 6] = (200, 60, 40)
    return np.clip(rgb, 0, 255).astype(np.uint8)


def write(
    path: Path,
    frames: int = 12,
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    ticks: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
    colours: tuple[int, int, int, int] = (1, 1, 1, 1),
    aspect: Fraction = Fraction(1),
    turned: Any = None,
    sound: Sequence[str] = (),
    rate: int = 48_000,
    subtitles: bool = False,
    attachment: bool = False,
    chapters: bool = False,
    tags: dict[str, str] | None = None,
    stream_tags: dict[str, str] | None = None,
    audio_start: float = 0.0,
) -> Path:
    """Write a video; ``colours`` are matrix, range, primaries and transfer by FFmpeg's numbers.

    ``ticks`` are the frames' times in 1/12800 s; ``sound`` names an encoder for each track.
    """
    width, height = size
    ticks = ticks or [i * TICKS // RATE for i in range(frames)]
    with av.open(str(path), "w") as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=RATE, options=options or {})
        stream.metadata.update(stream_tags or {})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, pixel_format
        context.time_base = stream.time_base = Fraction(1, TICKS)
        context.colorspace, context.color_range = colours[:2]
        context.color_primaries, context.color_trc = colours[2:]
        context.sample_aspect_ratio = aspect
        if turned is not None:
            stream.set_display_matrix(turned)
        tracks = [_sound_track(container, name, rate, i) for i, name in enumerate(sound)]
        if subtitles:
            words = container.add_mux_stream("subrip", time_base=Fraction(1, 1000))
            words.metadata["language"] = "eng"
        if attachment:
            container.add_attachment("font.ttf", "application/x-truetype-font", b"not a font" * 9)
        if chapters:
            base = Fraction(1, 1000)
            container.set_chapters(
                [
                    {
                        "id": i,
                        "start": i * 200,
                        "end": i * 200 + 200,
                        "time_base": base,
                        "metadata": {"title": f"Part {i}"},
                    }
                    for i in range(2)
                ]
            )
        container.start_encoding()
        for i, tick in enumerate(ticks):
            frame = av.VideoFrame.from_ndarray(picture(i, width, height), format="rgb24")
            frame = frame.reformat(
                format=pixel_format, dst_colorspace=1, dst_color_range=colours[1]
            )
            frame.pts, frame.time_base = tick, Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        for i, track in enumerate(tracks):
            _tone(container, track, rate, ticks[-1] / TICKS + 1 / RATE, 220 * (i + 1), audio_start)
        if subtitles:
            packet = av.Packet(b"Hello, <i>world</i>")
            packet.pts = packet.dts = 120
            packet.duration, packet.time_base, packet.stream = 200, Fraction(1, 1000), words
            container.mux(packet)
    return path


def _sound_track(container: Any, name: str, rate: int, i: int) -> Any:
    track = container.add_stream(name, rate=rate)
    track.codec_context.layout = "stereo"
    track.metadata["language"] = ("eng", "fra", "deu")[i]
    return track


def _tone(container: Any, track: Any, rate: int, seconds: float, hertz: int, start: float) -> None:
    n = int(rate * seconds)
    wave = 0.4 * np.sin(2 * np.pi * hertz * np.arange(n) / rate)
    samples = np.stack([wave, wave]).astype(np.float32)
    for begin in range(0, n, 1024):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:, begin : begin + 1024]), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = begin + int(start * rate)
        container.mux(track.encode(frame))
    container.mux(track.encode(None))


def frames_of(path: Path) -> list[av.VideoFrame]:
    """Decode all frames."""
    with av.open(str(path)) as container:
        return list(container.decode(container.streams.video[0]))


def times_of(path: Path) -> list[Fraction]:
    """Give the times of all frames."""
    return [frame.pts * Fraction(frame.time_base) for frame in frames_of(path)]


def packets_of(path: Path, kind: str, number: int = 0) -> list[bytes]:
    """Give the packets of a track."""
    with av.open(str(path)) as container:
        streams = [stream for stream in container.streams if stream.type == kind]
        return [bytes(p) for p in container.demux(streams[number]) if p.size]


def hidden(folder: Path) -> list[Path]:
    """Find drafts and finished segments, which have no place in a folder when all is done."""
    return [path for path in folder.iterdir() if path.name.startswith(".")]
