import os
from pathlib import Path

import pytest

from limelight.errors import BadInputError, UnavailableError
from limelight.media.inputs import SOUND, find
from limelight.media.outputs import Existing, plan, suffix_of


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ["a.wav", "b.wav", "in/a.wav", "in/deep/c.wav"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def targets(*sources, out, **settings):
    jobs = plan(find(sources, SOUND), out, **settings)
    return [job.target.as_posix() for job in jobs]


def test_one_file_goes_to_a_file_or_into_a_folder(folder):
    assert targets("a.wav", out="new.mp3") == ["new.mp3"]
    assert targets("a.wav", out="new") == ["new/a.wav"]
    assert targets("a.wav", out="new.1/") == ["new.1/a.wav"]
    assert targets("a.wav", out="in/deep") == ["in/deep/a.wav"]
    assert list(folder.glob("new*")) == []


def test_several_go_into_a_folder_and_keep_their_places():
    assert targets("a.wav", "b.wav", out="new", suffix=".flac") == ["new/a.flac", "new/b.flac"]
    assert targets("in", out="new") == ["new/a.wav", "new/deep/c.wav"]


@pytest.mark.parametrize(
    ("sources", "out", "message"),
    [
        (["a.wav", "b.wav"], "new.wav", "several outputs need a folder"),
        (["b.wav", "in/deep"], "a.wav", "several outputs need a folder"),
        (["a.wav"], "./a.wav", "is an input"),
        (["a.wav", "b.wav"], ".", "is an input"),
        (["in"], "in", "is an input"),
        (["a.wav", "in/a.wav"], "new", "both become"),
        (["b.wav"], "in/a.wav", "exists already; --overwrite replaces"),
        (["a.wav"], "in", "exists already"),
        (["a.wav"], "", "name is empty"),
    ],
)
def test_what_would_lose_something_is_refused(sources, out, message):
    with pytest.raises(BadInputError, match=message):
        targets(*sources, out=out)


def test_originals_are_safe_even_with_overwrite_and_behind_links(folder):
    for link, make in [("soft.wav", Path.symlink_to), ("hard.wav", Path.hardlink_to)]:
        try:
            make(folder / link, folder / "a.wav")
        except OSError:
            pytest.skip("links can't be made here")
        with pytest.raises(BadInputError, match="is an input"):
            targets("a.wav", out=link, existing=Existing.REPLACE)


def test_what_is_there_is_replaced_or_left():
    jobs = plan(find(["a.wav"], SOUND), "in", existing=Existing.SKIP)
    assert [job.done for job in jobs] == [True]
    jobs = plan(find(["a.wav", "b.wav"], SOUND), "in", existing=Existing.REPLACE)
    assert [job.done for job in jobs] == [False, False]


def test_where_nothing_can_be_written_is_said_at_once(folder, monkeypatch):
    with pytest.raises(UnavailableError, match=r"b\.wav is a file"):
        targets("a.wav", out="b.wav/new/")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(UnavailableError, match="can't be written to"):
        targets("a.wav", out="new/x.wav")


def test_formats_as_users_write_them():
    assert suffix_of(None) is None
    assert suffix_of("MP3") == suffix_of(".mp3") == ".mp3"
    with pytest.raises(BadInputError, match="is no format"):
        suffix_of("mp3/4")
    with pytest.raises(BadInputError, match="disagree"):
        targets("a.wav", out="new.wav", suffix=".mp3")
