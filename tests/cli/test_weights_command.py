import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from limelight.origins import Address
from limelight.weights import Weights, registry

CONTENT = b"numbers" * 1000


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    source = tmp_path / "tiny.th"
    origin = Address(source.as_uri(), hashlib.sha256(CONTENT).hexdigest())
    entry = Weights("tiny", "tests", "MIT", "https://example.org", 7000, origin)
    monkeypatch.setattr(registry, "REGISTRY", (entry,))
    source.write_bytes(CONTENT)
    return source


def test_weights_listed_fetched_and_shown_with_their_licence(
    run: Callable[..., Result], answer: Callable[..., Any], tiny: Path, home: Path
) -> None:
    (before,) = answer("weights", "list")["weights"]
    assert (before["here"], before["licence"], before["bytes"]) == (False, "MIT", 7000)
    told = answer("weights", "fetch", "tiny")
    assert Path(told["path"]) == home / "weights" / "tiny.th"
    assert told["checksum"].startswith("sha256 ")
    assert "Licence: MIT (https://example.org)" in run("weights", "fetch", "tiny").stdout
    assert answer("weights", "list")["weights"][0]["here"] is True


def test_weights_brought_by_hand_into_a_named_home(
    run: Callable[..., Result], tiny: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    run("weights", "add", "tiny", tiny, "--home", other)
    assert (other / "weights" / "tiny.th").read_bytes() == CONTENT


def test_refusals_are_one_sentence_and_an_exit_code(
    run: Callable[..., Result], tiny: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.th"
    wrong.write_bytes(b"?")
    assert "not the one expected" in run("weights", "add", "tiny", wrong, code=5).stderr
    assert "there is no file" in run("weights", "add", "tiny", tmp_path / "no", code=2).stderr
    assert "there are tiny" in run("weights", "fetch", "giant", code=3).stderr
    tiny.unlink()
    assert "can't be read" in run("weights", "fetch", "tiny", code=6).stderr
