import errno
from pathlib import Path

import pytest

from limelight.errors import BadInputError, UnavailableError
from limelight.media.whole import filling, replacing


def test_a_file_takes_its_place_when_it_is_whole(tmp_path):
    target = tmp_path / "made" / "on the way" / "song.flac"
    with replacing(target) as draft:
        assert draft.suffix == ".flac"
        assert draft.parent == target.parent
        draft.write_bytes(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, BadInputError])
def test_a_broken_off_file_leaves_what_was_there(tmp_path, error):
    target = tmp_path / "song.flac"
    target.write_bytes(b"old")
    with pytest.raises(error), replacing(target) as draft:
        draft.write_bytes(b"half")
        raise error
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_one_sentence(tmp_path):
    with (
        pytest.raises(UnavailableError, match=r"song\.flac can't be written: No space left"),
        replacing(tmp_path / "song.flac") as draft,
    ):
        draft.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(UnavailableError, match="can't be written"),
        replacing(tmp_path / "file" / "song.flac") as draft,
    ):
        draft.write_bytes(b"")
    with pytest.raises(BadInputError, match="is a folder"), replacing(Path(tmp_path)):
        pass


def test_a_folder_appears_with_all_its_files(tmp_path):
    folder = tmp_path / "made" / "stems"
    with filling(folder) as draft:
        (draft / "a").write_bytes(b"1")
        assert not folder.exists()
        (draft / "b").write_bytes(b"2")
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b"]
    with filling(folder) as draft:
        (draft / "b").write_bytes(b"3")
    assert [(folder / name).read_bytes() for name in "ab"] == [b"1", b"3"]
    assert list(folder.parent.iterdir()) == [folder]


def test_a_folder_that_is_broken_off_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), filling(tmp_path / "stems") as draft:
        (draft / "a").write_bytes(b"1")
        raise KeyboardInterrupt
    with (
        pytest.raises(UnavailableError, match="stems can't be written: No space"),
        filling(tmp_path / "stems"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []
