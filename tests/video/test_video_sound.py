"""Sound of a video is worked on beside its pictures, or alone."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from limelight.audio import read
from limelight.video.pipeline import process
from tests.video.clips import packets_of, picture, times_of, write
from tests.video.operations import Full, Halved, Mirrored


def test_sound_stays_beside_its_picture(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 30, sound=["flac"], audio_start=0.5)
    process(source, tmp_path / "b.mkv", [Mirrored()], [Halved()])
    starts = []
    for path in (source, tmp_path / "b.mkv"):
        with av.open(str(path)) as container:
            frame = next(container.decode(container.streams.audio[0]))
            starts.append(frame.pts * frame.time_base)
    assert starts[0] == starts[1] == Fraction(1, 2)


def test_sound_alone_leaves_the_video_to_the_bit(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mp4", 30, sound=["aac", "aac"], options={"bf": "2"})
    target = tmp_path / "b.mp4"
    done = process(source, target, sound=[Halved()])
    assert (done.frames, done.codec, done.sound_tracks) == (0, None, 2)
    assert packets_of(target, "video") == packets_of(source, "video")
    assert times_of(target) == times_of(source)
    for number in range(2):
        before, after = samples_of(source, number), samples_of(target, number)
        n = min(before.shape[1], after.shape[1])
        assert abs(after.shape[1] - before.shape[1]) <= 1024
        gain = np.vdot(after[0, :n], before[0, :n]) / np.vdot(before[0, :n], before[0, :n])
        assert gain == pytest.approx(0.5, abs=0.01)


def samples_of(path: Path, number: int) -> np.ndarray:
    with av.open(str(path)) as container:
        stream = container.streams.audio[number]
        return np.concatenate([f.to_ndarray() for f in container.decode(stream)], axis=1)


def test_times_of_reordered_pictures_are_copied_where_the_file_does_not_date_them(
    tmp_path: Path,
) -> None:
    source = write(tmp_path / "a.mkv", frames=20, sound=["flac"], options={"bf": "3"})
    process(source, tmp_path / "b.mkv", sound=[Halved()])
    process(source, tmp_path / "b.mp4", sound=[Halved()])
    assert times_of(tmp_path / "b.mkv") == times_of(tmp_path / "b.mp4") == times_of(source)
    assert packets_of(tmp_path / "b.mkv", "video") == packets_of(source, "video")


@pytest.mark.parametrize("codec", ["flac", "aac", "libopus"])
def test_eight_channels_are_worked_on(tmp_path: Path, codec: str) -> None:
    source = tmp_path / "a.mkv"
    times = np.arange(48_000) / 48_000
    tones = np.stack([0.2 * np.sin(2 * np.pi * 200 * (i + 1) * times) for i in range(8)])
    with av.open(str(source), "w") as container:
        film = container.add_stream("libx264", rate=25, width=64, height=48, pix_fmt="yuv420p")
        track = container.add_stream(codec, rate=48_000, layout="7.1")
        container.mux(film.encode(av.VideoFrame.from_ndarray(picture(0))))
        container.mux(film.encode(None))
        mixed = np.ascontiguousarray(tones.T, np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(mixed, "flt", "7.1")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    process(source, tmp_path / "b.mkv", sound=[Halved()])
    before, rate = read(source)
    after, _ = read(tmp_path / "b.mkv")
    assert (rate, len(after)) == (48_000, 8)
    middle = slice(12_000, 36_000)
    powers = (np.mean(np.square(sound[:, middle]), axis=1) for sound in (after, before))
    assert np.divide(*powers) == pytest.approx([0.25] * 8, rel=0.3)


def test_channels_in_an_order_of_their_own_do_not_break_the_process(tmp_path: Path) -> None:
    make = """
import av, numpy as np, sys
with av.open(sys.argv[1], "w") as container:
    film = container.add_stream("libx264", rate=25, width=64, height=48, pix_fmt="yuv420p")
    track = container.add_stream("pcm_s16be", rate=48000, layout="7.1")
    container.mux(film.encode(av.VideoFrame(64, 48, "yuv420p")))
    container.mux(film.encode(None))
    frame = av.AudioFrame.from_ndarray(np.ones((1, 80_000), np.int16), "s16", "7.1")
    frame.sample_rate, frame.pts = 48000, 0
    container.mux(track.encode(frame))
    container.mux(track.encode(None))
"""
    work = """
import sys
from pathlib import Path
from limelight.audio import read
from limelight.audio.rumble import Rumble
from limelight.video.pipeline import process
process(Path(sys.argv[1]), Path(sys.argv[2]), sound=[Rumble()])
print(read(Path(sys.argv[2]))[0].shape)
"""
    source = tmp_path / "own.mov"
    for program in (make, work):
        done = subprocess.run(
            [sys.executable, "-c", program, source, tmp_path / "new.mkv"],
            check=True,
            timeout=60,
            capture_output=True,
            text=True,
        )
    assert done.stdout.strip() == "(8, 10000)"


def test_sound_that_must_be_heard_first(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 30, sound=["flac"])
    process(source, tmp_path / "b.mkv", sound=[Halved(), Full()])
    with av.open(str(tmp_path / "b.mkv")) as container:
        frames = [f.to_ndarray() for f in container.decode(container.streams.audio[0])]
    assert np.abs(np.concatenate(frames, axis=1)).max() / 32767 == pytest.approx(1, abs=0.01)


def test_sound_of_a_rate_that_its_encoder_does_not_take(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mov", 30, sound=["pcm_s16le"], rate=44_100)
    process(source, tmp_path / "b.webm", [Mirrored()], [Halved()], codec="vp9")
    with av.open(str(tmp_path / "b.webm")) as container:
        assert container.streams.audio[0].codec_context.name == "opus"
        frames = list(container.decode(container.streams.audio[0]))
    assert frames[0].pts * frames[0].time_base == 0
    assert sum(f.samples for f in frames) / 48_000 == pytest.approx(1.2, abs=0.03)
    assert np.abs(frames[20].to_ndarray()).max() == pytest.approx(0.2, abs=0.02)
