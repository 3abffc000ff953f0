import os

import pytest

from limelight.errors import BadInputError
from limelight.media.inputs import SOUND, find


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [
        "b.wav",
        "a.WAV",
        "notes.txt",
        ".hidden.wav",
        "in/c.flac",
        "in/.git/d.wav",
        "out/b.wav",
    ]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def found(*sources, **settings):
    items = find(sources, SOUND, **settings)
    return [item.path.as_posix() for item in items], [item.place.as_posix() for item in items]


def test_folders_are_searched_in_order_and_keep_their_places(folder):
    paths, places = found(folder, leave_out=folder / "out")
    assert places == ["a.WAV", "b.wav", "in/c.flac"]
    assert paths == [f"{folder.as_posix()}/{place}" for place in places]


def test_named_files_are_taken_whatever_their_suffix_and_each_once(folder):
    assert found("notes.txt", "b.wav", "./b.wav", folder / "b.wav")[0] == ["notes.txt", "b.wav"]


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("*.wav", ["b.wav"]),
        ("**/*.[wf][al]*", ["b.wav", "in/c.flac", "out/b.wav"]),
        ("i*", ["in/c.flac"]),
    ],
)
def test_globs_are_expanded_without_a_shell(folder, glob, expected):
    assert found(glob)[1] == expected


def test_a_name_with_wild_characters_is_a_name_first(folder):
    (folder / "what[1].wav").write_bytes(b"x")
    assert found("what[1].wav")[0] == ["what[1].wav"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gone.wav", "no file gone.wav"),
        ("*.mp3", r"no file matches \*.mp3"),
        ("", "name is empty"),
        ("empty", "no file in the folder empty"),
        ("x" * 300, "can't be read|no file"),
    ],
)
def test_what_finds_nothing_is_said(folder, source, message):
    (folder / "empty").mkdir()
    with pytest.raises(BadInputError, match=message):
        found(source)
    with pytest.raises(BadInputError, match="no files are named"):
        found()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_no_file(folder):
    os.mkfifo(folder / "pipe.wav")
    with pytest.raises(BadInputError, match="no file"):
        found("pipe.wav")
    assert "pipe.wav" not in found(folder)[1]


def test_a_circle_of_links_ends(folder):
    try:
        (folder / "in" / "up").symlink_to(folder, target_is_directory=True)
    except OSError:
        pytest.skip("links can't be made here")
    assert found(folder / "in")[1] == ["c.flac"]
