"""The other commands, end to end, and what stops them half-way."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import Result

from limelight.catalog import open_store
from limelight.datasets import synthetic
from limelight.operate.report import ReportData

EVENTS = synthetic(60, 30, 900, seed=4)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    EVENTS.write_csv(path)
    return path


def test_the_same_file_twice_changes_nothing(answer: Callable[..., Any], events: Path) -> None:
    first = answer("import", "events", events)["imported"]["events"]
    assert (first["read"], first["added"], first["rejected"]) == (900, 900, 0)
    second = answer("import", "events", events)["imported"]["events"]
    assert (second["added"], second["unchanged"]) == (0, 900)


def test_mapped_columns_from_standard_input(answer: Callable[..., Any], home: Path) -> None:
    lines = "who,what\nann,a\nann,b\n"
    words = ("--map", "user_id=who", "--map", "item_id = what", "--kind", "play")
    found = answer("import", "events", "-", *words, input=lines)
    assert found["imported"]["events"]["added"] == 2
    with open_store(home / "limelight.db") as store:
        assert store.events()["kind"].to_list() == ["play", "play"]


def test_bad_rows_are_named_and_kept(
    run: Callable[..., Result], answer: Callable[..., Any], home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("user_id,item_id,time\nann,a,1\n,b,2\nann,c,soon\n", encoding="utf-8")
    found = answer("import", "events", path)
    assert found["imported"]["events"]["rejected"] == 2
    assert any("2 of 3 rows are bad" in note for note in found["notes"])
    rejects = home / "rejects-events.csv"
    assert any(str(rejects) in note for note in found["notes"])
    assert pl.read_csv(rejects)["line"].to_list() == [3, 4]
    own = tmp_path / "own.jsonl"
    result = run("import", "events", path, "--strict", "--rejects", own, code=2)
    assert "is refused, and nothing of it was imported" in result.stderr
    assert len(own.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["import", "events", "nowhere.csv"], 2, "nowhere.csv"),
        (
            ["import", "events", "-", "--map", "user_id"],
            2,
            "maps nothing; write it as field=column",
        ),
        (["import", "events", "-", "--map", "colour=x"], 2, "no field 'colour'"),
        (["import", "export", "nowhere"], 2, "nowhere is no export"),
        (["export", "/dev/null/x"], 6, "can't be written"),
        (["datasets", "fetch", "movielens-1b"], 3, "no data set 'movielens-1b'"),
        (["models", "show"], 3, "no model 'default'"),
        (["models", "roll-back"], 3, "no model 'default'"),
        (["train", "--model", "magic"], 3, "no model 'magic'; there are popularity"),
        (["train", "--set", "x=1"], 2, "no setting 'x'"),
        (["evaluate", "--model", "magic"], 3, "no model 'magic'"),
        (["evaluate"], 3, "holds no events"),
        (["--home", "/dev/null/x", "train"], 6, "can't be made"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    run: Callable[..., Result], words: list[str], code: int, sentence: str
) -> None:
    result = run(*words, code=code, input="who,what\na,b\n")
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert sentence in result.stderr


def test_a_store_that_is_some_other_file(
    run: Callable[..., Result], home: Path, events: Path
) -> None:
    home.mkdir()
    (home / "limelight.db").write_text("no database " * 100, encoding="utf-8")
    assert "not a store of Limelight" in run("import", "events", events, code=5).stderr


def test_out_and_back_without_loss(
    answer: Callable[..., Any], events: Path, tmp_path: Path, home: Path
) -> None:
    answer("import", "events", events)
    written = answer("export", tmp_path / "backup")
    assert written["counts"] == {"users": 60, "items": 30, "events": 900}
    other = tmp_path / "other"
    back = answer("import", "export", tmp_path / "backup", "--home", other)
    assert back["imported"]["events"]["added"] == 900
    with open_store(home / "limelight.db") as old, open_store(other / "limelight.db") as new:
        assert old.events().sort(pl.all()).equals(new.events().sort(pl.all()))


def test_a_model_published_shown_and_rolled_back(
    run: Callable[..., Result], answer: Callable[..., Any], events: Path
) -> None:
    assert answer("models", "list")["models"] == []
    for model in ("popularity", "ease"):
        answer("train", "--model", model, "--events", events)
    listed = answer("models", "list")["models"]
    assert [(m["version"], m["model"], m["current"]) for m in listed] == [
        (1, "popularity", False),
        (2, "ease", True),
    ]
    card = answer("models", "show")
    assert card["model"] == "ease"
    assert card["data"]["events"] == 900
    assert 0 <= card["metrics"]["metrics"]["ndcg@10"]["value"] <= 1
    assert card["versions"]["limelight"]
    assert answer("models", "roll-back")["version"] == 1
    assert "popularity" in run("models", "show").stdout
    assert answer("models", "roll-back", "--version", 2)["version"] == 2
    run("models", "roll-back", "--version", 7, code=3)


def test_a_changed_model_is_refused(run: Callable[..., Result], events: Path, home: Path) -> None:
    run("train", "--model", "popularity", "--events", events)
    path = home / "models" / "default" / "1" / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    result = run("recommend", "1", "--events", events, code=5)
    assert "was changed" in result.stderr


def test_too_few_events_to_validate_is_a_note(answer: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("user_id,item_id\nann,a\nbob,a\n", encoding="utf-8")
    found = answer("train", "--model", "popularity", "--events", path)
    assert found["card"]["metrics"] == {}
    assert any("was not validated" in note for note in found["notes"])


@pytest.mark.parametrize("protocol", ["leave-one-out", "new-users", "in-time", "new-titles"])
def test_every_protocol_compares_models(
    answer: Callable[..., Any], events: Path, protocol: str
) -> None:
    words = ("--model", "popularity", "--model", "ease:regularization=20", "--protocol", protocol)
    found = answer("evaluate", *words, "--events", events, "-n", 5)
    best, other = found["standings"]
    assert best["ndcg@5"] >= other["ndcg@5"]
    assert best["low"] <= best["ndcg@5"] <= best["high"]
    assert other["behind"] == pytest.approx(best["ndcg@5"] - other["ndcg@5"], abs=1e-9)
    assert 0 < other["p_value"] <= 1
    assert found["users"] > 0


def test_a_comparison_fits_a_narrow_terminal(
    run: Callable[..., Result], answer: Callable[..., Any], events: Path
) -> None:
    names = ["ease", "ease:regularization=20", "popularity"]
    words = [word for name in names for word in ("--model", name)]
    page = run("evaluate", *words, "--events", events).stdout
    assert max(map(len, page.splitlines())) <= 80
    assert all(page.count(f"  {name}  ") == 2 for name in names)
    standings = answer("evaluate", *words, "--events", events)["standings"]
    assert sorted(row["model"] for row in standings) == names


def test_a_data_set_into_the_store(
    answer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Known:
        def events(self) -> pl.DataFrame:
            return EVENTS

        def items(self) -> pl.DataFrame:
            return pl.DataFrame({"item_id": ["0"], "title": ["Zero"]})

        def users(self) -> pl.DataFrame:
            return pl.DataFrame({"user_id": ["0"]})

    monkeypatch.setattr("limelight.datasets.fetch", lambda name, cache, progress: Known())
    found = answer("datasets", "import", "movielens-100k")["imported"]
    assert [found[table]["added"] for table in ("items", "users", "events")] == [1, 1, 900]


def test_the_list_of_data_sets_tells_their_terms(answer: Callable[..., Any]) -> None:
    listed = answer("datasets", "list")["datasets"]
    assert all(row["licence"] and row["source"].startswith("https://") for row in listed)


def test_the_demo_tells_what_the_report_shows(
    run: Callable[..., Result],
    answer: Callable[..., Any],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = ReportData(
        title="What two people watch",
        summary="Popularity is right.",
        dataset={},
        counts={},
        protocol="",
        quality=pl.DataFrame(
            {
                "model": ["EASE", "Popularity", "EASE"],
                "metric": ["ndcg@10", "ndcg@10", "hr@10"],
                "value": [0.1, 0.2, 0.9],
                "low": [0.0, 0.1, 0.8],
                "high": [0.2, 0.3, 1.0],
            }
        ),
        against_best=pl.DataFrame(),
        person="User 1 is one of them.",
        watched=pl.DataFrame({"title": ["Alien"], "detail": ["rated 5"]}),
        recommended=pl.DataFrame(
            {
                "title": ["Aliens"],
                "score": [0.5],
                "reasons": [[{"kind": "watched", "title": "Alien", "share": 1.0}]],
            }
        ),
        similar={"Aliens": pl.DataFrame({"title": ["Alien 3"], "score": [0.25]})},
        made={},
        commands=[],
    )
    monkeypatch.setattr("limelight.operate.demo.make_demo", lambda *_, **__: found)
    monkeypatch.setattr("limelight.operate.report.write_report", lambda path, data: path)
    page = run("demo").stdout
    assert page.index("Popularity is right.") < page.index("Popularity   0.2000")
    assert page.index("Popularity   0.2000") < page.index("EASE         0.1000")
    assert re.search(r"because you watched\n.*\n +Aliens +0.5000 +Alien, 100 %\n", page)
    assert "Similar to Aliens" in page
    assert page.endswith(f"The report is in {home / 'report.html'}\n")
    document = answer("demo")
    assert document["report"] == str(home / "report.html")
    assert document["recommended"][0]["reasons"][0]["share"] == 1.0
    assert document["similar"] == {"Aliens": [{"title": "Alien 3", "score": 0.25}]}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a console, not here")
@pytest.mark.parametrize(
    ("sent", "code", "said"), [(signal.SIGINT, 130, b"interrupted"), (signal.SIGTERM, 143, b"")]
)
def test_being_stopped_leaves_nothing_broken(
    start: Callable[..., subprocess.Popen[bytes]],
    answer: Callable[..., Any],
    events: Path,
    home: Path,
    sent: signal.Signals,
    code: int,
    said: bytes,
) -> None:
    answer("import", "events", events)
    process = start("import", "events", "-", "--json")
    assert process.stdin is not None
    process.stdin.write(b"user_id,item_id\n")
    for _ in range(600):
        process.stdin.write(b"new,thing\n" * 200_000)
        process.stdin.flush()
        if is_being_written(home / "limelight.db"):
            break
        time.sleep(0.05)
    else:
        pytest.fail("it never began")
    process.send_signal(sent)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, b"")
    assert said in err
    assert b"Traceback" not in err
    with open_store(home / "limelight.db") as store:
        assert store.counts()["events"] == 900
        assert store.events("new").is_empty()
    assert answer("import", "events", events)["imported"]["events"]["unchanged"] == 900


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a console, not here")
@pytest.mark.parametrize("imported", ["typer", "cv2"])
def test_being_stopped_while_it_starts_is_a_sentence(tmp_path: Path, imported: str) -> None:
    pytest.importorskip("cv2")
    swallowing = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(1)
except BaseException:
    pass
"""
    (tmp_path / f"{imported}.py").write_text(swallowing, encoding="utf-8")
    stopped = subprocess.run(
        [sys.executable, "-m", "limelight", "video", "shots", "film.mp4"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (stopped.returncode, stopped.stdout) == (130, "")
    assert stopped.stderr == "interrupted; nothing was left half done\n"


def is_being_written(path: Path) -> bool:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


def test_the_module_is_the_command(start: Callable[..., subprocess.Popen[bytes]]) -> None:
    command = shutil.which("limelight", path=str(Path(sys.executable).parent))
    assert command is not None
    by_name = subprocess.run(
        [command, "models", "list", "--json"], capture_output=True, check=True, env=os.environ
    )
    by_module, err = start("models", "list", "--json").communicate()
    assert by_name.stdout == by_module
    assert json.loads(by_module) == {"models": [], "notes": []}
    assert err == b""
