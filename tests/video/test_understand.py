"""What is in a video: shots to the frame, pictures and stretches that show it best."""

import math
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from filming import RATE, SOUND_RATE, scene, write_video
from numpy.typing import NDArray

from limelight.errors import BadInputError, NotFoundError
from limelight.video.understand import (
    Highlight,
    Look,
    Shot,
    contact_sheet,
    describe,
    look,
    shots,
    thumbnails,
)
from limelight.video.understand.looking import _shots
from limelight.video.understand.sheet import clock
from limelight.video.understand.transitions import transitions

LENGTHS = (30, 17, 41, 22)
BORDERS = np.cumsum((0, *LENGTHS))
BLACK = 3
"""The shot that is black; the third is loud, and begins with a click."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenes = [scene(length, seed=seed) for seed, length in enumerate(LENGTHS)]
    scenes[BLACK] = scenes[BLACK] // 40
    rng = np.random.default_rng(0)
    sound = 0.001 * rng.standard_normal(SOUND_RATE * sum(LENGTHS) // RATE).astype(np.float32)
    loud = slice(*(BORDERS[2:4] * SOUND_RATE // RATE))
    sound[loud] *= 100
    sound[loud.start : loud.start + 480] = 0.9
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return write_video(path, np.concatenate(scenes), sound)


@pytest.fixture(scope="module")
def seen(film: Path) -> Look:
    return look(film)


def test_shots_are_found_to_the_frame_and_leave_no_gap(seen: Look):
    assert [(shot.first, shot.last) for shot in seen.shots] == [
        (first, after - 1) for first, after in pairwise(BORDERS)
    ]
    assert [shot.start for shot in seen.shots] == pytest.approx(BORDERS[:-1] / RATE)
    assert [shot.end for shot in seen.shots] == pytest.approx(BORDERS[1:] / RATE)
    assert all(shot.end == later.start for shot, later in pairwise(seen.shots))


def test_a_dissolve_is_parted_in_its_middle_and_ends_are_no_cuts():
    last = np.zeros(20, np.float32)
    last[4] = 0.9  # a cut after frame 3, which the network saw one too late
    motion = np.full(20, 0.02, np.float32)
    motion[4] = 0.5
    last[9:14] = 0.8  # a dissolve
    last[19] = 0.9  # the video's own end
    found = list(_shots(last, motion, np.arange(20) / 10, 2.0))
    assert [(shot.first, shot.last) for shot in found] == [(0, 3), (4, 11), (12, 19)]
    assert found[-1] == Shot(12, 19, 1.2, 2.0)


@pytest.mark.parametrize("count", [0, 1, 49, 51])
def test_every_frame_gets_its_probabilities_whatever_the_windows(
    count: int, monkeypatch: pytest.MonkeyPatch
):
    windows: list[NDArray[np.uint8]] = []

    def probabilities(window: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
        windows.append(np.stack(window))
        return np.stack(window)[25:75, 0, 0, :2].astype(np.float32)

    monkeypatch.setattr("limelight.video.understand.transitions._probabilities", probabilities)
    frames = [np.full((27, 48, 3), number, np.uint8) for number in range(count)]
    found = list(transitions(iter(frames)))
    assert sum(map(len, found)) == count
    assert all(len(window) == 100 for window in windows)
    assert [int(row[0]) for part in found for row in part] == list(range(count))


def test_thumbnails_are_of_different_shots_and_none_is_black(film: Path, seen: Look):
    chosen = thumbnails(film, 3, seen)
    starts = BORDERS / RATE
    assert {int(np.searchsorted(starts, one.time, "right")) - 1 for one in chosen} == {0, 1, 2}
    assert all(one.picture.shape == (90, 160, 3) for one in chosen)
    assert all(one.picture.mean() > 20 for one in chosen)
    with pytest.raises(BadInputError, match="at least one"):
        thumbnails(film, 0, seen)


def test_a_contact_sheet_shows_the_whole_video_with_times(film: Path):
    sheet = contact_sheet(film, columns=2, rows=2, width=400)
    assert sheet.shape[1] == 400
    cell = (400 - 3 * 8) // 2
    high = round(cell * 90 / 160)
    corners = [(8, 8), (8, 16 + cell)]
    first, second = (sheet[y : y + high, x : x + cell] for y, x in corners)
    source = np.concatenate([scene(30, seed=0), scene(17, seed=1)])
    for shown, frame in ((first, 13), (second, 41)):
        assert np.abs(shown.mean((0, 1)) - source[frame].mean((0, 1))).max() < 6
    assert [clock(s) for s in (0, 7.44, 59.96, 3600)] == ["0:00.0", "0:07.4", "1:00.0", "1:00:00.0"]
    with pytest.raises(BadInputError, match="don't fit"):
        contact_sheet(film, columns=50, rows=1, width=400)


def test_a_highlight_is_the_loud_shot_with_its_sound_in_time(film: Path, tmp_path: Path):
    target = tmp_path / "best.mp4"
    stretches = Highlight(2.0).write(film, target)
    assert sum(one.seconds for one in stretches) <= 2.0 + 1e-9
    borders = {round(border / RATE, 4) for border in BORDERS}
    assert round(stretches[0].start, 4) in borders
    assert any(one.first <= 50 <= one.last for one in stretches)  # the loud one
    with av.open(str(target)) as container:
        frames = [frame.time for frame in container.decode(video=0)]
        assert "highlight" in container.metadata["comment"]
    with av.open(str(target)) as container:
        sound = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
    length = sum(one.last - one.first + 1 for one in stretches)
    assert len(frames) == length
    assert np.allclose(np.diff(frames), 1 / RATE, atol=1e-4)
    before = 0.0
    for one in stretches:
        if one.first <= BORDERS[2] <= one.last:
            before += BORDERS[2] / RATE - one.start
            break
        before += one.seconds
    click = int(np.argmax(np.abs(sound) > 0.5)) / SOUND_RATE
    assert click == pytest.approx(before, abs=0.012)  # fades in within 5 ms
    assert len(sound) / SOUND_RATE == pytest.approx(length / RATE, abs=0.03)


def test_a_highlight_is_shorter_than_its_video_and_longer_than_nothing(film: Path, seen: Look):
    with pytest.raises(BadInputError, match=r"4\.4 s long"):
        Highlight(10.0).stretches(film, seen)
    with pytest.raises(BadInputError, match="too short"):
        Highlight(math.nan)


def test_a_video_too_short_for_a_highlight_is_not_looked_at_first(
    film: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delattr("limelight.video.understand.highlight.look")
    with pytest.raises(BadInputError, match=r"4\.4 s long"):
        Highlight(10.0).stretches(film)


def test_a_description_counts_and_its_colours_compare(film: Path, seen: Look):
    told = describe(film, seen)
    assert told.shots == 4
    assert told.seconds == pytest.approx(4.4, abs=0.01)
    assert told.cuts_per_minute == pytest.approx(3 / 4.4 * 60, abs=0.1)
    assert told.dark == pytest.approx(22 / 110, abs=0.01)
    assert "fast" in told.moods
    assert np.linalg.norm(told.colours) == pytest.approx(1, abs=1e-3)
    assert set(told.attributes()) > {"picture_moods", "picture_colours"}


def test_one_frame_is_one_shot(tmp_path: Path):
    path = write_video(tmp_path / "one.mp4", scene(1))
    seen = look(path)
    (shot,) = seen.shots
    assert (shot.first, shot.last) == (0, 0)
    assert shot.seconds == pytest.approx(1 / RATE)
    assert len(thumbnails(path, 3, seen)) == 1
    assert describe(path, seen).cuts_per_minute == 0
    assert contact_sheet(path, 1, 1, 200).shape[1] == 200


def test_what_is_no_video_is_refused_in_a_sentence(tmp_path: Path):
    text = tmp_path / "text.mp4"
    text.write_text("no video", encoding="utf-8")
    with pytest.raises(BadInputError, match="no sound or video that can be read"):
        shots(text)
    with pytest.raises(NotFoundError):
        shots(tmp_path / "absent.mp4")


REAL = Path(__file__).parents[2] / "../shared/data/video"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real videos are not on this machine")
def test_the_shots_of_a_real_video_are_those_that_one_sees():
    # Looked at frame by frame: two of its five cuts join pictures of much the same colours.
    found = shots(REAL / "bikes.mp4")
    assert [shot.first for shot in found] == [0, 30, 76, 137, 187, 242]
