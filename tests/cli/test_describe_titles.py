"""What is heard in files goes into the titles that they are of, and nowhere else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import Result

from limelight.audio import write
from limelight.catalog import open_store

RATE = 16_000
Run = Callable[..., Result]
Answer = Callable[..., Any]
Known = Callable[[], dict[str, Any]]


@pytest.fixture(autouse=True)
def files(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two titles, two recordings, and what only looks like one."""
    monkeypatch.chdir(tmp_path)
    t = np.arange(RATE) / RATE
    Path("songs").mkdir()
    for name, hertz in (("s1", 220), ("s2", 440)):
        tone = (0.2 * np.sin(2 * np.pi * hertz * t)).astype(np.float32)
        write(Path(f"songs/{name}.wav"), tone[None], RATE)
    Path("titles.jsonl").write_text(
        '{"item_id": "s1", "attributes": {"label": "ours"}}\n{"item_id": "s2"}\n', encoding="utf-8"
    )
    run("import", "items", "titles.jsonl")


@pytest.fixture
def known(home: Path) -> Known:
    """Say what the catalogue knows of each title."""

    def known() -> dict[str, Any]:
        with open_store(home / "limelight.db") as store:
            items = store.items().select("item_id", "attributes")
        return {item_id: json.loads(text or "{}") for item_id, text in items.iter_rows()}

    return known


def test_by_the_files_names(run: Run, known: Known) -> None:
    told = run("audio", "describe", "songs", "--no-music", "--titles")
    assert "the catalogue now tells it of 2 titles" in told.stderr
    first, second = known()["s1"], known()["s2"]
    assert first["label"] == "ours"
    assert first["sound_measures"]["seconds"] == 1.0
    assert first["sound_measures"]["pitch"] == pytest.approx(220, rel=0.02)
    assert second["sound_measures"]["pitch"] == pytest.approx(440, rel=0.02)


def test_into_a_title_that_is_named(run: Run, known: Known) -> None:
    run("audio", "describe", "songs/s2.wav", "--no-music", "--title", "s1")
    assert "sound_measures" in known()["s1"]
    assert known()["s2"] == {}
    refused = run("audio", "describe", "songs", "--no-music", "--title", "s1", code=2)
    assert "--title is for one file" in refused.stderr


def test_into_the_titles_of_a_list(run: Run, known: Known) -> None:
    Path("map.csv").write_text("file,item_id\ns1.wav,s2\ns2.wav,s1\n", encoding="utf-8")
    run("audio", "describe", "songs", "--no-music", "--map", "map.csv")
    assert known()["s2"]["sound_measures"]["pitch"] == pytest.approx(220, rel=0.02)
    Path("map.csv").write_text("file,item_id\ns1.wav,s2\n", encoding="utf-8")
    refused = run("audio", "describe", "songs", "--no-music", "--map", "map.csv", code=2)
    assert "names no title for" in refused.stderr


def test_an_unknown_title_is_told_before_anything_is_heard(run: Run, known: Known) -> None:
    Path("songs/s2.wav").rename("songs/s9.wav")
    refused = run("audio", "describe", "songs", "--no-music", "--titles", code=3)
    assert "no title 's9'" in refused.stderr
    assert "sound_measures" not in known()["s1"]


def test_a_bad_file_is_named_and_the_others_are_written(answer: Answer, known: Known) -> None:
    Path("songs/s2.wav").write_bytes(b"RIFF, but no more")
    told = answer("audio", "describe", "songs", "--no-music", "--titles", code=2)
    assert (told["done"], told["failed"]) == (1, 1)
    assert told["notes"] == ["the catalogue now tells it of 1 title"]
    assert "sound_measures" in known()["s1"]
    assert known()["s2"] == {}
