"""Operations go over a video's pictures in order, and what cannot be done is said so."""

from pathlib import Path

import av
import numpy as np
import pytest

from limelight.errors import BadInputError, LimelightWarning
from limelight.video.frame import time_of
from limelight.video.pictures import picture_of
from limelight.video.pipeline import process, through
from limelight.video.reading import Reel
from tests.video.clips import frames_of, hidden, picture, times_of, write
from tests.video.operations import (
    Brightest,
    Halved,
    Inverted,
    Mirrored,
    Misspelled,
    Reversed,
    Unchanged,
)


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


def test_an_operation_with_a_stream_of_its_own_is_given_the_frames(tmp_path: Path) -> None:
    reel = Reel(write(tmp_path / "a.mkv", 4))
    operations = [Unchanged(), Reversed(), Unchanged()]
    found = through(operations, reel.between(None, None), reel.footage)
    assert [round(time_of(frame) * 25) for frame in found] == [3, 2, 1, 0]


def test_an_operation_looks_at_the_whole_video_first(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 8, codec="ffv1", options={})
    process(source, tmp_path / "b.mkv", [Brightest()], codec="ffv1")
    assert max(picture_of(frame).max() for frame in frames_of(tmp_path / "b.mkv")) >= 250


def test_the_codec_stays_in_the_family(tmp_path: Path) -> None:
    quiet = {"x265-params": "log-level=none"}
    source = write(tmp_path / "a.mkv", 3, codec="libx265", options=quiet)
    assert process(source, tmp_path / "b.mkv", [Mirrored()]).codec == "hevc"
    source = write(tmp_path / "c.mkv", 3, codec="mpeg4")
    assert process(source, tmp_path / "d.mkv", [Mirrored()]).codec == "h264"
    assert process(source, tmp_path / "d.webm", [Mirrored()]).codec == "vp9"


def test_a_turned_video_is_worked_on_upright(tmp_path: Path) -> None:
    turn = (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    source = write(tmp_path / "a.mp4", 3, turned=turn, options={"crf": "5"}, sound=["aac"])
    process(source, tmp_path / "b.mp4", [Unchanged()], quality=5)
    first = frames_of(tmp_path / "b.mp4")[0]
    assert (first.rotation, first.width, first.height) == (0, 48, 64)
    assert np.abs(picture_of(first).astype(int) - np.rot90(picture(0), -1)).mean() < 6
    process(source, tmp_path / "c.mp4", sound=[Halved()])
    assert frames_of(tmp_path / "c.mp4")[0].rotation == frames_of(source)[0].rotation == -90


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
