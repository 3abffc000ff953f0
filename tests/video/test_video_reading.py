from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from limelight.errors import BadInputError, LimelightWarning, NotFoundError
from limelight.video.frame import time_of
from limelight.video.pictures import picture_of
from limelight.video.reading import Reel
from tests.video.clips import picture, times_of, write

UNIT = 1 << 16
TURNS = {  # what FFmpeg calls the matrix, and what shows the picture as it was meant
    "clock": ((0, UNIT, 0, -UNIT, 0, 0, 0, 0, 1 << 30), lambda p: np.rot90(p, -1)),
    "counterclock": ((0, -UNIT, 0, UNIT, 0, 0, 0, 0, 1 << 30), np.rot90),
    "half": ((-UNIT, 0, 0, 0, -UNIT, 0, 0, 0, 1 << 30), lambda p: np.rot90(p, 2)),
    "mirrored": ((-UNIT, 0, 0, 0, UNIT, 0, 0, 0, 1 << 30), lambda p: p[:, ::-1]),
    "transposed": ((0, UNIT, 0, UNIT, 0, 0, 0, 0, 1 << 30), lambda p: np.swapaxes(p, 0, 1)),
}


@pytest.mark.parametrize("name", TURNS)
def test_frames_come_upright(tmp_path: Path, name: str) -> None:
    matrix, meant = TURNS[name]
    path = write(tmp_path / "a.mp4", 2, turned=matrix, options={"crf": "8"}, aspect=Fraction(4, 3))
    reel = Reel(path)
    first = next(reel.between(None, None))
    expected = meant(picture(0))
    assert (reel.footage.width, reel.footage.height) == expected.shape[1::-1]
    assert reel.footage.aspect == (Fraction(3, 4) if expected.shape[0] > 48 else Fraction(4, 3))
    assert np.abs(picture_of(first).astype(int) - expected).mean() < 6
    assert first.rotation == 0


def test_a_slant_is_refused(tmp_path: Path) -> None:
    slanted = (UNIT // 2, UNIT // 2, 0, -UNIT // 2, UNIT // 2, 0, 0, 0, 1 << 30)
    with pytest.raises(BadInputError, match="right angle"):
        Reel(write(tmp_path / "a.mp4", 2, turned=slanted))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi"])
def test_reading_from_a_time_on_gives_what_reading_on_does(tmp_path: Path, name: str) -> None:
    options = {"g": "10", "bf": "2"} if name != "a.avi" else {"g": "10", "bf": "0"}
    path = write(tmp_path / name, 60, options=options)
    whole = list(Reel(path).between(None, None))
    start, end = time_of(whole[33]), time_of(whole[41])
    reel = Reel(path)
    sought = list(reel.between(start, end))
    assert [time_of(frame) for frame in sought] == [time_of(f) for f in whole[33:41]]
    for frame, other in zip(sought, whole[33:41], strict=True):
        np.testing.assert_array_equal(picture_of(frame), picture_of(other))
    read_on = list(reel.between(end, None))
    assert [time_of(frame) for frame in read_on] == [time_of(f) for f in whole[41:]]
    assert reel.ended


def test_footage_says_what_the_file_says(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.mkv", 5, pixel_format="yuv420p10le", codec="libx265",
        options={"x265-params": "log-level=none"}, colours=(9, 1, 9, 16), aspect=Fraction(8, 9),
    )  # fmt: skip
    footage = Reel(path).footage
    assert (footage.width, footage.height, footage.bits, footage.rate) == (64, 48, 10, 25)
    assert footage.aspect == Fraction(8, 9)
    assert footage.high_dynamic_range
    assert footage.seconds == pytest.approx(Fraction(1, 5), abs=0.001)


def test_damage_in_the_middle_is_passed_over_and_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", 60, options={"g": "5", "bf": "0", "crf": "5"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 1500] = np.random.default_rng(1).bytes(1500)
    path.write_bytes(data)
    reel = Reel(path)
    with pytest.warns(LimelightWarning):
        times = [time_of(frame) for frame in reel.between(None, None)]
        reel.warn()
    assert len(times) > 30
    assert times == sorted(set(times))
    assert times[0] == 0
    assert times[-1] > 2


def test_a_file_that_is_cut_off_gives_what_is_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", 100, options={"g": "5", "crf": "5"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    reel = Reel(path)
    with pytest.warns(LimelightWarning, match="cut off"):
        count = len(list(reel.between(None, None)))
        reel.warn()
    assert 20 < count < 80


def test_what_is_no_video_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        Reel(tmp_path / "none.mp4")
    with pytest.raises(BadInputError, match="folder"):
        Reel(tmp_path)
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(BadInputError, match="empty"):
        Reel(tmp_path / "empty.mp4")
    (tmp_path / "text.mp4").write_text("no video at all\n" * 99, encoding="utf-8")
    with pytest.raises(BadInputError, match="no sound or video"):
        Reel(tmp_path / "text.mp4")
    whole = write(tmp_path / "whole.mp4", 5).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInputError, match="cut off"):
        Reel(tmp_path / "cut.mp4")


def test_a_playlist_reads_no_other_file(tmp_path: Path) -> None:
    write(tmp_path / "secret.mp4", 3)
    playlist = tmp_path / "a.mp4"
    playlist.write_text("ffconcat version 1.0\nfile secret.mp4\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="names other files"):
        Reel(playlist)


def test_times_of_odd_sorts(tmp_path: Path) -> None:
    ticks = [1280, 1800, 1801, 4000, 9000, 9100, 20000]
    path = write(tmp_path / "a.mp4", ticks=ticks)
    frames = list(Reel(path).between(None, None))
    assert [time_of(frame) for frame in frames] == times_of(path)
    assert [time_of(f) - time_of(frames[0]) for f in frames] == [
        Fraction(tick - ticks[0], 12800) for tick in ticks
    ]


def test_frames_whose_times_were_rounded_to_one_stay_both(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", ticks=[0, 512, 513, 1024])
    times = [time_of(frame) for frame in Reel(path).between(None, None)]
    assert len(times) == 4
    assert times == sorted(set(times))
