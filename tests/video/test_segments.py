"""Long videos are done in segments: they join without a seam, and a kill loses one at most."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from limelight.errors import UnavailableError
from limelight.video import pipeline
from limelight.video.pictures import picture_of
from limelight.video.pipeline import process
from tests.video.clips import frames_of, hidden, packets_of, times_of, write
from tests.video.operations import Averaged, Mirrored, Unchanged


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of a second, so that short clips have several."""
    monkeypatch.setattr(pipeline, "SEGMENT_SECONDS", 1)


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
from tests.video.operations import Averaged

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
