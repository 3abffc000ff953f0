"""Where a training's model goes is looked at before the training."""

from pathlib import Path

import pytest

from limelight.cli.training import NewModel
from limelight.errors import BadInputError, UnavailableError


def test_a_new_folder_is_taken(tmp_path: Path) -> None:
    NewModel(tmp_path / "new").check("tagger", "tagger.json", tmp_path / "new.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_such_model_is_never_replaced(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "photographs").mkdir()
    with pytest.raises(BadInputError, match="is there already; --overwrite replaces a tagger"):
        NewModel(tmp_path / "photographs", overwrite).check("tagger", "tagger.json", None)


def test_such_a_model_is_replaced_if_so_wished(tmp_path: Path) -> None:
    (tmp_path / "tagger.json").touch()
    NewModel(tmp_path, overwrite=True).check("tagger", "tagger.json", None)
    with pytest.raises(BadInputError, match="is there already"):
        NewModel(tmp_path).check("tagger", "tagger.json", None)


def test_a_report_that_cannot_be_written_is_told_first(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match="is a file"):
        NewModel(tmp_path / "new").check("tagger", "tagger.json", tmp_path / "file" / "new.html")
