import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import av
import numpy as np
import pytest

from limelight.audio import operation as audio
from limelight.audio import read
from limelight.errors import BadInputError, LimelightWarning, UnavailableError
from limelight.media.provenance import history
from limelight.video import pipeline
from limelight.video.frame import Footage, Frame, Picture, time_of
from limelight.video.operation import FilterOperation, Operation, PictureOperation
from limelight.video.pictures import picture_of
from limelight.video.pipeline import process, through
from limelight.video.reading import Reel
from tests.video.clips import frames_of, packets_of, picture, times_of, write


@dataclass(frozen=True)
class Inverted(PictureOperation):
    name: ClassVar[str] = "inverted"

    def __call__(self, picture: Picture) -> Picture:
        return np.iinfo(picture.dtype).max - picture


@dataclass(frozen=True)
class Unchanged(PictureOperation):
    name: ClassVar[str] = "unchanged"
    high_dynamic_range: ClassVar[bool] = True

    def __call__(self, picture: Picture) -> Picture:
        return picture.copy()


@dataclass(frozen=True)
class Mirrored(FilterOperation):
    name: ClassVar[str] = "mirrored"

    def filters(self, footage: Footage) -> list[tuple[str, dict[str, object]]]:
        return [("hflip", {})]


@dataclass(frozen=True)
class Misspelled(FilterOperation):
    name: ClassVar[str] = "misspelled"

    def filters(self, footage: Footage) -> list[tuple[str, dict[str, object]]]:
        return [("gblur", {"sgima": 3})]


@dataclass(frozen=True)
class Averaged(Operation):
    """Each frame with those of half a second before and after it."""

    name: ClassVar[str] = "averaged"
    margin_seconds: ClassVar[int] = 1

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        held = list(frames)
        pictures = [picture_of(frame).astype(float) for frame in held]
        for frame in held:
            time = time_of(frame)
            near = [
                shown
                for other, shown in zip(held, pictures, strict=True)
                if abs(time_of(other) - time) <= Fraction(1, 2)
            ]
            yield av_frame(np.mean(near, axis=0), frame)


def av_frame(mean: np.ndarray, like: Frame) -> Frame:
    made = av.VideoFrame.from_ndarray(mean.astype(np.uint8), format="rgb24")
    made.pts, made.time_base = like.pts, like.time_base
    return made


@dataclass(frozen=True)
class Brightest(PictureOperation):
    """Scaled so that the brightest sample of the whole video is full."""

    name: ClassVar[str] = "brightest"
    needs_survey: ClassVar[bool] = True
    most: int = 0

    def surveyed(self, frames: Iterator[Frame], footage: Footage) -> Operation:
        return Brightest(max(int(picture_of(frame).max()) for frame in frames))

    def __call__(self, picture: Picture) -> Picture:
        return np.minimum(picture * (255 / self.most), 255).astype(np.uint8)


@dataclass(frozen=True)
class Halved(audio.Operation):
    name: ClassVar[str] = "halved"

    def __call__(self, samples: audio.Sound, rate: int) -> audio.Sound:
        return samples * np.float32(0.5)


@dataclass(frozen=True)
class Full(audio.Operation):
    """As loud as goes, which the whole recording must be heard for."""

    name: ClassVar[str] = "full"
    needs_survey: ClassVar[bool] = True
    gain: float = 1.0

    def surveyed(self, blocks: Iterable[audio.Sound], rate: int) -> audio.Operation:
        return Full(1 / max(float(np.abs(block).max()) for block in blocks if block.size))

    def __call__(self, samples: audio.Sound, rate: int) -> audio.Sound:
        return samples * np.float32(self.gain)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of a second, so that short clips have several."""
    monkeypatch.setattr(pipeline, "SEGMENT_SECONDS", 1)


def hidden(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith(".")]


def test_pictures_are_worked_on_in_order(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mp4", 20, options={"crf": "5"})
    done = process(source, tmp_path / "b.mp4", [Inverted()], quality=5)
    assert (done.frames, done.codec, done.sound_tracks) == (20, "h264", 0)
    for i, frame in enumerate(frames_of(tmp_path / "b.mp4")):
        error = picture_of(frame).astype(int) - (255 - picture(i).astype(int))
        assert np.abs(error).mean() < 5
    assert times_of(tmp_path / "b.mp4") == times_of(source)
    assert not hidden(tmp_path)


def test_operations_of_all_kinds_follow_each_other(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 5, options={"crf": "5"})
    operations = [Inverted(), Mirrored(), Inverted(), Unchanged()]
    process(source, tmp_path / "b.mkv", operations, quality=5)
    for i, frame in enumerate(frames_of(tmp_path / "b.mkv")):
        error = picture_of(frame).astype(int) - picture(i)[:, ::-1].astype(int)
        assert np.abs(error).mean() < 5


@dataclass(frozen=True)
class Reversed(PictureOperation):
    """One that is more than its pictures."""

    name: ClassVar[str] = "reversed"

    def __call__(self, picture: Picture) -> Picture:
        return picture

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        return iter(list(frames)[::-1])


def test_an_operation_with_a_stream_of_its_own_is_given_the_frames(tmp_path: Path) -> None:
    reel = Reel(write(tmp_path / "a.mkv", 4))
    operations = [Unchanged(), Reversed(), Unchanged()]
    found = through(operations, reel.between(None, None), reel.footage)
    assert [round(time_of(frame) * 25) for frame in found] == [3, 2, 1, 0]


def test_an_operation_looks_at_the_whole_video_first(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 8, codec="ffv1", options={})
    process(source, tmp_path / "b.mkv", [Brightest()], codec="ffv1")
    assert max(picture_of(frame).max() for frame in frames_of(tmp_path / "b.mkv")) >= 250


VARIABLE = [0, 512, 530, 2000, 2030, 9000, 9512, 14000, 15000, 30000, 30512, 31000]


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("offset", [0, 6400])
def test_times_stay_what_they_were(tmp_path: Path, suffix: str, offset: int) -> None:
    ticks = [offset + tick for tick in VARIABLE]
    source = write(tmp_path / f"a.{suffix}", ticks=ticks, options={"bf": "2"})
    process(source, tmp_path / f"b.{suffix}", [Mirrored()])
    assert times_of(tmp_path / f"b.{suffix}") == times_of(source)
    assert times_of(source)[0] == Fraction(offset, 12800)


def test_sound_stays_beside_its_picture(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 30, sound=["flac"], audio_start=0.5)
    process(source, tmp_path / "b.mkv", [Mirrored()], [Halved()])
    starts = []
    for path in (source, tmp_path / "b.mkv"):
        with av.open(str(path)) as container:
            frame = next(container.decode(container.streams.audio[0]))
            starts.append(frame.pts * frame.time_base)
    assert starts[0] == starts[1] == Fraction(1, 2)


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [("h264", "mp4"), ("hevc", "mp4"), ("vp9", "mp4"), ("av1", "mp4"), ("prores", "mov"),
     ("ffv1", "mkv")],
)  # fmt: skip
def test_every_codec_keeps_times_colours_and_shape(tmp_path: Path, codec: str, suffix: str) -> None:
    colours = (9, 1, 9, 14)
    source = write(tmp_path / "a.mkv", 5, colours=colours, aspect=Fraction(4, 3), size=(80, 64))
    target = tmp_path / f"b.{suffix}"
    assert process(source, target, [Mirrored()], codec=codec).codec == codec
    assert times_of(target) == times_of(source)
    with av.open(str(target)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.codec.canonical_name == codec
        frame = next(container.decode(stream))
        if codec != "ffv1":  # says it in its frames, where PyAV doesn't look
            assert stream.sample_aspect_ratio == Fraction(4, 3)
        found = (frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc)
        assert tuple(map(int, found)) == colours


def test_a_shape_of_samples_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mp4", 3, aspect=Fraction(4, 3))
    with pytest.raises(BadInputError, match="shape 4/3"):
        process(source, tmp_path / "b.webm", [Mirrored()])
    source = write(tmp_path / "c.mp4", 3, codec="libvpx-vp9", aspect=Fraction(4, 3), sound=["aac"])
    with pytest.warns(LimelightWarning, match="4/3"):
        process(source, tmp_path / "d.mkv", sound=[Halved()])


def test_the_codec_stays_in_the_family(tmp_path: Path) -> None:
    quiet = {"x265-params": "log-level=none"}
    source = write(tmp_path / "a.mkv", 3, codec="libx265", options=quiet)
    assert process(source, tmp_path / "b.mkv", [Mirrored()]).codec == "hevc"
    source = write(tmp_path / "c.mkv", 3, codec="mpeg4")
    assert process(source, tmp_path / "d.mkv", [Mirrored()]).codec == "h264"
    assert process(source, tmp_path / "d.webm", [Mirrored()]).codec == "vp9"


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


def test_cover_art_stays(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 3)
    with_cover = tmp_path / "c.mkv"
    art = np.full((8, 8, 3), 99, np.uint8)
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 8, 8, "rgb24"
    encoder.time_base = Fraction(1, 25)
    png = bytes(encoder.encode(av.VideoFrame.from_ndarray(art, format="rgb24"))[0])
    with av.open(str(source)) as reader, av.open(str(with_cover), "w") as writer:
        stream = writer.add_stream_from_template(reader.streams.video[0], opaque=True)
        writer.add_attachment("cover.png", "image/png", png)
        for packet in reader.demux(reader.streams.video[0]):
            if packet.size:
                packet.stream = stream
                writer.mux(packet)
    process(with_cover, tmp_path / "b.mkv", [Mirrored()])
    assert packets_of(tmp_path / "b.mkv", "video", 1) == [png]
    process(with_cover, tmp_path / "b.mp4", [Mirrored()])
    assert packets_of(tmp_path / "b.mp4", "video", 1) == [png]


def test_time_codes_and_opaque_alpha_do_not_stop_it(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mov", 5, stream_tags={"timecode": "01:00:00:00"})
    with av.open(str(source)) as container:
        assert container.streams.data
    process(source, tmp_path / "b.mov", [Mirrored()])
    with av.open(str(tmp_path / "b.mov")) as container:
        assert container.streams.video[0].metadata["timecode"] == "01:00:00:00"
        assert len(container.streams.data) == 1
    source = write(tmp_path / "c.mkv", 3, codec="ffv1", pixel_format="bgra")
    assert process(source, tmp_path / "d.mp4", [Unchanged()], codec="h264").frames == 3


@dataclass(frozen=True)
class Faded(PictureOperation):
    name: ClassVar[str] = "faded"

    def __call__(self, picture: Picture) -> Picture:
        return np.dstack([picture, picture[..., 0]])


def test_alpha_goes_where_it_can_be_held(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 3)
    process(source, tmp_path / "b.mkv", [Faded()])
    process(source, tmp_path / "b.mov", [Faded()])
    for name, expected in (("b.mkv", "yuva420p"), ("b.mov", "yuva444p")):
        frame = frames_of(tmp_path / name)[0]
        assert frame.format.name.startswith(expected)
        assert picture_of(frame)[..., 3].max() > picture_of(frame)[..., 3].min()
    with pytest.raises(BadInputError, match="transparen"):
        process(source, tmp_path / "b.mp4", [Faded()])
    with pytest.raises(BadInputError, match="transparen"):
        process(source, tmp_path / "c.mkv", [Faded()], codec="h264")


def test_all_that_is_not_touched_comes_along(tmp_path: Path) -> None:
    source = write(
        tmp_path / "a.mkv", 30, sound=["flac", "libopus"], subtitles=True, attachment=True,
        chapters=True, tags={"title": "A film", "comment": "mine"},
    )  # fmt: skip
    target = tmp_path / "b.mkv"
    process(source, target, [Mirrored()])
    with av.open(str(source)) as before, av.open(str(target)) as after:
        assert [s.type for s in after.streams] == [s.type for s in before.streams]
        assert [s.language for s in after.streams.audio] == ["eng", "fra"]
        assert after.streams.subtitles[0].language == "eng"
        assert after.streams.attachments[0].data == before.streams.attachments[0].data
        assert after.streams.attachments[0].name == "font.ttf"
        parts = [(c["start"] * c["time_base"], c["metadata"]["title"]) for c in after.chapters()]
        assert parts == [(0, "Part 0"), (Fraction(1, 5), "Part 1")]
        tags = {key.lower(): value for key, value in after.metadata.items()}
        assert tags["title"] == "A film"
        assert tags["comment"].startswith("mine\n")
        assert history(after.metadata)[0].steps() == ["mirrored"]
        assert history(after.metadata)[0].source == "a.mkv"
    for kind, number in (("audio", 0), ("audio", 1), ("subtitle", 0)):
        assert packets_of(target, kind, number) == packets_of(source, kind, number)


def test_what_a_container_cannot_hold_is_told(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 5, subtitles=True, attachment=True)
    with pytest.warns(LimelightWarning, match="mp4 file can't hold"):
        process(source, tmp_path / "b.mp4", [Mirrored()])
    assert len(frames_of(tmp_path / "b.mp4")) == 5


def test_a_turned_video_is_worked_on_upright(tmp_path: Path) -> None:
    turn = (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    source = write(tmp_path / "a.mp4", 3, turned=turn, options={"crf": "5"}, sound=["aac"])
    process(source, tmp_path / "b.mp4", [Unchanged()], quality=5)
    first = frames_of(tmp_path / "b.mp4")[0]
    assert (first.rotation, first.width, first.height) == (0, 48, 64)
    assert np.abs(picture_of(first).astype(int) - np.rot90(picture(0), -1)).mean() < 6
    process(source, tmp_path / "c.mp4", sound=[Halved()])
    assert frames_of(tmp_path / "c.mp4")[0].rotation == frames_of(source)[0].rotation == -90


def test_hdr_is_refused_or_kept(tmp_path: Path) -> None:
    display = (
        "log-level=none:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)"
        "L(10000000,50):max-cll=1000,400"
    )
    source = write(
        tmp_path / "a.mkv", 3, codec="libx265", pixel_format="yuv420p10le", colours=(9, 1, 9, 16),
        options={"x265-params": display},
    )  # fmt: skip
    with pytest.raises(BadInputError, match="HDR, and inverted would spoil"):
        process(source, tmp_path / "b.mkv", [Inverted()])
    with pytest.raises(BadInputError, match="too few for HDR"):
        process(source, tmp_path / "b.webm", [Unchanged()], codec="vp9")
    process(source, tmp_path / "b.mkv", [Unchanged()])
    before, after = frames_of(source)[0], frames_of(tmp_path / "b.mkv")[0]
    assert after.format.name == "yuv420p10le"
    assert (after.color_trc, after.color_primaries, after.colorspace) == (16, 9, 9)
    for kind in ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"):
        assert bytes(after.side_data[kind]) == bytes(before.side_data[kind])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mkv", "b.mkv"]


def test_ten_bits_stay_ten(tmp_path: Path) -> None:
    source = write(
        tmp_path / "a.mkv", 2, codec="ffv1", pixel_format="yuv420p10le", colours=(1, 1, 1, 1)
    )
    process(source, tmp_path / "b.mkv", [Unchanged()])
    assert packets_of(tmp_path / "b.mkv", "video") == packets_of(source, "video")


@pytest.mark.usefixtures("seconds")
def test_segments_join_to_what_one_piece_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = [i * 512 + (i % 3) * 40 for i in range(80)]
    source = write(tmp_path / "a.mp4", ticks=ticks, options={"bf": "2"}, sound=["aac"])
    process(source, tmp_path / "b.mkv", [Averaged()], codec="ffv1")
    monkeypatch.setattr(pipeline, "SEGMENT_SECONDS", 60)
    process(source, tmp_path / "c.mkv", [Averaged()], codec="ffv1")
    assert times_of(tmp_path / "b.mkv") == times_of(tmp_path / "c.mkv")
    pairs = zip(frames_of(tmp_path / "b.mkv"), frames_of(tmp_path / "c.mkv"), strict=True)
    for joined, whole in pairs:
        np.testing.assert_array_equal(picture_of(joined), picture_of(whole))


class Killed(BaseException):
    pass


@pytest.mark.usefixtures("seconds")
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_after_a_kill_finished_segments_are_not_done_again(tmp_path: Path, suffix: str) -> None:
    source = write(tmp_path / "a.mp4", 100, options={"bf": "2", "g": "30"}, sound=["aac"])
    target = tmp_path / f"b.{suffix}"
    heard: list[float] = []

    def killer(done: float, total: float | None, message: str) -> None:
        if message == "video":
            heard.append(done)
            if done >= 2.5:
                raise Killed

    with pytest.raises(Killed):
        process(source, target, [Averaged()], progress=killer)
    assert not target.exists()
    assert len(heard) == pytest.approx(63, abs=2)
    kept = {path: path.read_bytes() for path in hidden(tmp_path)[0].iterdir()}
    assert len(kept) == 2

    def note(done: float, total: float | None, message: str) -> None:
        if message == "video":
            again.append(done)

    again: list[float] = []
    process(source, target, [Averaged()], progress=note)
    assert min(again) == 2
    assert len(again) == 50
    process(source, tmp_path / f"c.{suffix}", [Averaged()])
    assert packets_of(target, "video") == packets_of(tmp_path / f"c.{suffix}", "video")
    assert times_of(target) == times_of(tmp_path / f"c.{suffix}") == times_of(source)
    assert packets_of(target, "audio") == packets_of(source, "audio")
    assert not hidden(tmp_path)


KILLED = """
import os, sys
from pathlib import Path
from limelight.video import pipeline
from tests.video.test_pipeline import Averaged

pipeline.SEGMENT_SECONDS = 1

def kill(done, total, message):
    if done >= 2.5:
        os._exit(9)

pipeline.process(Path(sys.argv[1]), Path(sys.argv[2]), [Averaged()], progress=kill)
"""


@pytest.mark.usefixtures("seconds")
def test_a_process_that_is_killed_leaves_what_it_finished(tmp_path: Path) -> None:
    source, target = write(tmp_path / "a.mp4", 70), tmp_path / "b.mp4"
    command = [sys.executable, "-c", KILLED, str(source), str(target)]
    root = Path(__file__).parents[2]
    assert subprocess.run(command, cwd=root, check=False).returncode == 9
    assert not target.exists()
    heard: list[float] = []
    process(source, target, [Averaged()], progress=lambda done, *_: heard.append(done))
    assert sum(1 for done in heard if done >= 2) == 20
    assert not [done for done in heard if 0 < done < 2]
    assert times_of(target) == times_of(source)
    assert not hidden(tmp_path)


@pytest.mark.usefixtures("seconds")
def test_other_settings_begin_anew(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mp4", 60)

    def killer(done: float, total: float | None, message: str) -> None:
        if done > 1.5:
            raise Killed

    with pytest.raises(Killed):
        process(source, tmp_path / "b.mp4", [Mirrored()], progress=killer)
    heard: list[float] = []
    process(
        source, tmp_path / "b.mp4", [Mirrored()], quality=30,
        progress=lambda done, total, message: heard.append(done),
    )  # fmt: skip
    assert min(heard) == 0
    assert not hidden(tmp_path)


def test_a_cancelled_video_leaves_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mp4", 30)

    def cancel(done: float, total: float | None, message: str) -> None:
        raise KeyboardInterrupt

    target = tmp_path / "b.mp4"
    target.write_bytes(b"what was there")
    with pytest.raises(KeyboardInterrupt):
        process(source, target, [Unchanged()], progress=cancel)
    assert target.read_bytes() == b"what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    source = write(tmp_path / "a.mp4", 5)
    monkeypatch.setattr("limelight.video.pieces.Pieces.write", full)
    with pytest.raises(UnavailableError, match="No space left"):
        process(source, tmp_path / "b.mp4", [Mirrored()])
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9"])
def test_one_pixel_and_odd_sizes(tmp_path: Path, codec: str) -> None:
    for size in ((1, 1), (17, 9)):
        source = write(tmp_path / "a.mkv", 3, codec="ffv1", pixel_format="yuv420p", size=size)
        target = tmp_path / "b.mkv"
        try:
            with pytest.warns(LimelightWarning, match="even sizes"):
                process(source, target, [Unchanged()], codec=codec)
        except BadInputError as error:
            assert "choose another --codec" in str(error)
            continue
        frames = frames_of(target)
        assert len(frames) == 3
        assert (frames[0].width, frames[0].height) == (size[0] + 1, size[1] + 1)
        target.unlink()


def test_what_has_no_video_or_no_sound_is_said_so(tmp_path: Path) -> None:
    silent = write(tmp_path / "a.mp4", 3)
    with pytest.raises(BadInputError, match="no sound track"):
        process(silent, tmp_path / "b.mp4", sound=[Halved()])
    only_sound = tmp_path / "c.m4a"
    with av.open(str(only_sound), "w") as container:
        track = container.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 4096), np.float32), "fltp", "stereo")
        frame.sample_rate = 48_000
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    with pytest.raises(BadInputError, match="no video track"):
        process(only_sound, tmp_path / "d.mp4", [Mirrored()])
    with pytest.raises(BadInputError, match=r"end it with \.mp4"):
        process(silent, tmp_path / "d.jpg", [Mirrored()])
    with pytest.raises(BadInputError, match="is the input"):
        process(silent, silent, [Mirrored()])


def test_settings_that_cannot_be_are_refused(tmp_path: Path) -> None:
    source, target = write(tmp_path / "a.mp4", 3), tmp_path / "b.mp4"
    with pytest.raises(BadInputError, match="there is no codec 'divx'"):
        process(source, target, [Mirrored()], codec="divx")
    with pytest.raises(BadInputError, match="0 \\(best\\) to 51, not 99"):
        process(source, target, [Mirrored()], quality=99)
    with pytest.raises(BadInputError, match="webm file can't hold h264"):
        process(source, tmp_path / "b.webm", [Mirrored()], codec="h264")
    with pytest.raises(BadInputError, match="FFmpeg refuses the filters gblur"):
        process(source, target, [Misspelled()])
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
