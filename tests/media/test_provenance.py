from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.configure import configured
from limelight.media.provenance import history, recorded


@dataclass(frozen=True)
class Louder:
    name: ClassVar[str] = "louder"
    target: float = -16.0
    curve: Path | None = None
    settled: np.ndarray | None = None


@dataclass(frozen=True)
class Plain:
    name: ClassVar[str] = "plain"


def test_what_was_done_is_read_back():
    tags = recorded(
        {"title": "Talk"}, [Louder(-23.0, Path("a.txt"), np.ones(2)), Plain()], Path("in/t.wav")
    )
    assert tags["title"] == "Talk"
    (record,) = history(tags)
    assert record.source == "t.wav"
    assert record.did == ({"louder": {"target": -23.0, "curve": "a.txt"}}, {"plain": {}})
    assert record.steps() == ["louder:target=-23.0,curve=a.txt", "plain"]


@dataclass(frozen=True)
class Laid:
    name: ClassVar[str] = "laid"
    behind: Path | None = None
    blend: float | None = None
    sharp: bool = False


def test_the_steps_make_the_operations_again():
    done = [Laid(), Laid(Path("sea.png"), 0.5, True), Laid(sharp=True), Plain()]
    (record,) = history(recorded({}, done, Path("t.mp4")))
    assert record.steps()[0] == "laid:sharp=False"
    kinds = {kind.name: kind for kind in (Laid, Plain)}
    assert [configured(kinds, "operation", step) for step in record.steps()] == done


@dataclass(frozen=True)
class Like:
    name: ClassVar[str] = "like"
    target: str


def test_folders_of_files_are_not_told(tmp_path):
    there = tmp_path / "voice.wav"
    there.touch()
    absent = Louder(curve=tmp_path / "a.txt")
    steps = [absent, Like(str(there)), Like("a/b"), Like("x" * 9999), Like("\0")]
    tags = recorded({}, steps, Path("t.wav"))
    assert tmp_path.name not in tags["comment"]
    told = [setting for step in history(tags)[0].did for setting in step.values()]
    assert told[0]["curve"] == "a.txt"
    assert [one["target"] for one in told[1:]] == ["voice.wav", "a/b", "x" * 9999, "\0"]


def test_the_users_comment_and_earlier_records_stay():
    once = recorded({"COMMENT": "Mine, two\nlines"}, [Plain()], Path("a.flac"))
    twice = recorded(once, [Louder()], Path("b.flac"))
    assert set(twice) == {"COMMENT"}
    assert twice["COMMENT"].startswith("Mine, two\nlines\nlimelight: {")
    assert [record.source for record in history(twice)] == ["a.flac", "b.flac"]


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_any_comment_and_any_name_come_through(text):
    tags = recorded(
        {"comment": "limelight: " + text},
        [Plain()],
        Path("x" + text.replace("/", "").replace("\\", "")),
    )
    assert tags["comment"].startswith("limelight: " + text)
    assert history(tags)[-1].source == Path("x" + text.replace("/", "").replace("\\", "")).name
