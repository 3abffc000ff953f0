"""People known by attributes, from files and from the store, and ratings as dislikes."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from limelight.cli import app

N = 120
OLD = {f"f{item}" for item in range(5, 10)}


def crowd() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The young meet films 0 to 4, the old 5 to 9, by a rating of 5; and all rate f10 with 1."""
    rows = [
        (f"u{user}", f"f{(user + step) % 5 + 5 * (user % 2)}", 5, 1_700_000_000 + 60 * step)
        for user in range(N)
        for step in range(3)
    ] + [(f"u{user}", "f10", 1, 1_700_000_300) for user in range(N)]
    columns = ["user_id", "item_id", "rating", "timestamp"]
    events = pl.DataFrame(rows, schema=columns, orient="row")
    ages = [("18-24", "25-34")[user % 2] for user in range(N)]
    users = pl.DataFrame({"user_id": [f"u{user}" for user in range(N)], "age": ages})
    late = pl.DataFrame({"user_id": ["late"], "age": ["25-34"]})
    return events, pl.concat([users, late])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    for name, table in zip(("events", "users"), crowd(), strict=True):
        table.write_csv(folder / f"{name}.csv")
    return {name: folder / f"{name}.csv" for name in ("events", "users")}


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory, files: dict[str, Path]) -> Path:
    folder = tmp_path_factory.mktemp("home")
    for words in (
        ["import", "users", str(files["users"])],
        ["import", "events", str(files["events"])],
        ["train", "--model", "ease"],
        ["train", "--model", "ease", "--explicit-feedback", "--name", "explicit"],
    ):
        result = CliRunner().invoke(app, ["--home", str(folder), *words])
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def trained(filled_home: Path, home: Path) -> None:
    shutil.copytree(filled_home, home)


def ids(found: dict) -> list[str]:
    return [row["item_id"] for row in found["recommendations"]]


def test_a_stranger_of_some_age_gets_what_that_age_meets(answer, run, trained):
    found = answer("recommend", "--about", "age=25-34", "-n", 6)
    assert set(ids(found)) == OLD | {"f10"}
    assert found["notes"] == ["there is no history, so what people with age=25-34 meet stands in"]
    assert "met more by people with age=25-34" in run("recommend", "--about", "age=25-34").stdout
    page = answer("page", "--about", "age=25-34", "-n", 4)["rows"][0]
    assert page["headline"] == "Popular with people like you"
    assert {title["item_id"] for title in page["titles"]} <= OLD | {"f10"}
    tapped = answer("onboard", "--answers", "0,0,0", "--about", "age=25-34", "-n", 6)
    assert set(ids(tapped)) == OLD | {"f10"}


def test_users_of_the_store_are_known_by_it(answer, trained):
    found = answer("recommend", "late", "-n", 6)
    assert set(ids(found)) == OLD | {"f10"}
    assert found["notes"][0].startswith("user 'late' met nothing yet, so what people with age=25")
    assert set(ids(answer("recommend", "u1", "-n", 2))) <= OLD
    card = answer("models", "show")
    assert card["data"]["attributes"] == ["age"]


def test_files_of_users_do_as_well(answer, files, home):
    given = ["--events", files["events"], "--users", files["users"]]
    card = answer("train", "--model", "ease", *given)["card"]
    assert card["data"]["attributes"] == ["age"]
    assert set(ids(answer("recommend", "late", *given, "-n", 6))) == OLD | {"f10"}
    assert not (home / "limelight.db").exists()


def test_low_ratings_speak_against_a_title(answer, trained):
    assert ids(answer("recommend", "nobody", "-n", 1)) == ["f10"]
    card = answer("models", "show", "explicit")
    assert card["data"]["rating_scale"]["mean"] == pytest.approx(4)
    found = answer("recommend", "u1", "--name", "explicit", "-n", 9)
    assert "f10" not in ids(found)
    assert ids(answer("recommend", "nobody", "--name", "explicit", "-n", 11))[-1] == "f10"
    parts = answer("explain", "u1", "f5", "--name", "explicit")["contributions"]
    assert {row["item_id"]: row["contribution"] for row in parts}["f10"] == 0
    watched = {
        reason["title"]
        for row in found["recommendations"]
        for reason in row["reasons"]
        if reason["kind"] == "watched"
    }
    assert "f10" not in watched


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["recommend", "--about", "age"], "'age' says nothing of a person; write it as age=25-34"),
        (["recommend", "--about", "=25"], "'=25' says nothing of a person"),
        (["recommend", "--all", "--out", "a.csv", "--about", "age=1"], "not for --all"),
        (["page", "u1", "--history", "f1"], "name one USER, or give --history or --about"),
        (["recommend", "u1", "--users", "users.csv"], "--users goes with --events"),
    ],
)
def test_what_is_wrong_is_one_sentence(answer, trained, words, sentence):
    assert sentence in answer(*words, code=2)["error"]["message"]


def test_what_is_not_known_is_a_note(answer, trained):
    notes = answer("recommend", "u1", "--about", "hair=red", "--about", "age=25-43")["notes"]
    assert notes == [
        "nothing is known of the attribute 'hair', only of age",
        "nothing is known of age=25-43, only of 18-24, 25-34",
    ]
    repeated = answer("recommend", "--about", "age=18-24", "--about", "age=25-34")["notes"]
    assert repeated[0].endswith("what people with age=18-24, age=25-34 meet stands in")


def test_plays_are_no_ratings(answer, tmp_path):
    (tmp_path / "plays.csv").write_text("user_id,item_id\nann,f1\n", encoding="utf-8")
    words = ["train", "--explicit-feedback", "--events", tmp_path / "plays.csv"]
    message = answer(*words, code=2)["error"]["message"]
    assert "no event of kind 'rating' has a value" in message
