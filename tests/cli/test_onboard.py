"""limelight onboard, step by step, at once, and over standard input."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from limelight.cli import app
from limelight.datasets import synthetic


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    events = tmp_path_factory.mktemp("files") / "events.csv"
    synthetic(80, 40, 1200, seed=3).write_csv(events)
    for words in (["import", "events", str(events)], ["train", "--model", "popularity"]):
        result = CliRunner().invoke(app, ["--home", str(folder), *words])
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(autouse=True)
def trained(filled_home: Path, home: Path) -> None:
    shutil.copytree(filled_home, home)


def test_answers_lead_from_screen_to_screen(answer):
    first = answer("onboard", "--answers", "")
    assert first["history"] == []
    assert [title["number"] for title in first["screen"]] == [1, 2, 3, 4, 5, 6]
    second = answer("onboard", "--answers", "2")
    assert second["history"] == [first["screen"][1]["item_id"]]
    shown = {title["item_id"] for title in first["screen"]}
    assert shown.isdisjoint(title["item_id"] for title in second["screen"])
    done = answer("onboard", "--answers", "2,0,0", "-n", 3)
    assert done["history"] == second["history"]
    assert len(done["recommendations"]) == 3
    assert done["history"][0] not in {row["item_id"] for row in done["recommendations"]}


def test_somebody_who_likes_nothing_gets_what_is_popular(answer):
    done = answer("onboard", "--answers", "0,0,0")
    assert done["history"] == []
    assert done["recommendations"][0]["reasons"][0]["kind"] == "popular"


def test_answers_can_be_read_from_standard_input(run, answer):
    done = answer("onboard", input="1\n\n2\n")
    assert len(done["history"]) == 2
    assert "Which of these" in run("onboard", input="1\n\n2\n").stderr


@pytest.mark.parametrize("answers", ["9", "x", "-1", "1,1,1,1", "²"])
def test_bad_answers_are_refused(answer, answers):
    assert answer("onboard", "--answers", answers, code=2)["error"]["kind"] == "BadInputError"


def test_answers_that_end_early_are_said(answer):
    error = answer("onboard", input="1\n", code=2)["error"]
    assert "--answers" in error["message"]


def test_the_kinds_of_people_of_a_published_model_are_used(run, answer, tmp_path):
    events = tmp_path / "events.csv"
    synthetic(40, 20, 400, seed=1).write_csv(events)
    run("train", "--model", "latent-classes", "--set", "classes=4", "--events", events)
    (tmp_path / "none.csv").write_text("user_id,item_id\n", encoding="utf-8")
    asked = answer("onboard", "--answers", "1,0", "--events", tmp_path / "none.csv")
    assert len(asked["screen"]) == 6
