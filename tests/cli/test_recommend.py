"""From a file of events to ranked titles on the command line, with the numbers of the library."""

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from limelight import Filters, Interactions, Recommender
from limelight.cli import app
from limelight.datasets import synthetic
from limelight.recommend.models import EASE
from limelight.recommend.rerank import Calibration, Cap, Diversity, Freshness, LessPopular, Pin

EVENTS = synthetic(80, 40, 1200, seed=3)
ITEMS = pl.DataFrame(
    {
        "item_id": [str(i) for i in range(40)],
        "title": [f"Title {i}, “é🎬”" for i in range(40)],
        "kind": ["film", "series"] * 20,
        "categories": ["Drama|Crime" if i % 4 == 0 else "Comedy" for i in range(40)],
        "released": [f"{1980 + i}-06-01" for i in range(40)],
    }
)


@pytest.fixture(scope="module")
def library() -> Recommender:
    """What a user of the library gets from the same data."""
    interactions = Interactions.from_frame(EVENTS, item_ids=ITEMS["item_id"])
    items = ITEMS.with_columns(
        pl.col("categories").str.split("|"), pl.col("released").str.to_date()
    )
    model = EASE(regularization=50.0).fit(interactions)
    return Recommender(model, interactions.item_ids, items=items, interactions=interactions)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    EVENTS.write_csv(folder / "events.csv")
    ITEMS.write_csv(folder / "items.csv")
    return {"events": folder / "events.csv", "items": folder / "items.csv"}


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory, files: dict[str, Path]) -> Path:
    """A home with a catalogue, its events and a model, made by the commands."""
    home = tmp_path_factory.mktemp("home")
    for words in (
        ["import", "items", str(files["items"])],
        ["import", "events", str(files["events"])],
        ["train", "--model", "ease", "--set", "regularization=50"],
    ):
        result = CliRunner().invoke(app, ["--home", str(home), *words])
        assert result.exit_code == 0, result.output
    return home


@pytest.fixture
def trained(filled_home: Path, home: Path) -> None:
    shutil.copytree(filled_home, home)


def test_the_library_and_the_command_line_agree(
    answer: Callable[..., Any], trained: None, library: Recommender
) -> None:
    found = answer("recommend", "7", "-n", 5)
    expected = library.recommend("7", 5)
    assert found["user"] == "7"
    assert found["notes"] == []
    for row, same in zip(found["recommendations"], expected.to_dicts(), strict=True):
        assert (row["item_id"], row["title"]) == (same["item_id"], same["title"])
        assert row["score"] == pytest.approx(same["score"], abs=1e-6)
        assert [r["item_id"] for r in row["reasons"]] == [r["item_id"] for r in same["reasons"]]
    best = found["recommendations"][0]["item_id"]

    parts = answer("explain", "7", best)
    same_parts = library.explain(best, "7")
    assert [row["item_id"] for row in parts["contributions"]] == same_parts["item_id"].to_list()
    assert parts["sum"] == pytest.approx(found["recommendations"][0]["score"], abs=1e-5)

    alike = answer("similar", best, "-n", 3)["similar"]
    assert [row["item_id"] for row in alike] == library.similar(best, 3)["item_id"].to_list()


def test_histories_and_filters(
    answer: Callable[..., Any], trained: None, library: Recommender
) -> None:
    words = ["--history", "3,9", "--category", "drama", "--kind", "film", "--block", "8"]
    found = answer("recommend", *words, "--released-from", 1984, "--released-to", 2010)
    ids = [row["item_id"] for row in found["recommendations"]]
    assert set(ids) == {"4", "12", "16", "20", "24", "28"}
    filters = Filters(categories=["Drama"], block=["0", "8", "32", "36"])
    assert ids == library.recommend(history=["3", "9"], n=10, filters=filters)["item_id"].to_list()
    only = answer("recommend", "7", "--allow", "3", "--include-seen")["recommendations"]
    assert [row["item_id"] for row in only] == ["3"]


def test_people_read_titles_and_reasons(
    run: Callable[..., Result], answer: Callable[..., Any], trained: None
) -> None:
    lines = run("recommend", "--history", "3", "-n", 2).stdout.splitlines()
    heading = ["item id", "title", "score", "because you watched"]
    assert re.split(r"\s{2,}", lines[0].strip()) == heading
    assert len(lines) == 4
    assert all(line.endswith("Title 3, “é🎬”, 100 %") for line in lines[2:])
    assert run("similar", "3").stdout.startswith("Similar to Title 3, “é🎬”\n")
    total = answer("explain", "7", "3")["sum"]
    assert run("explain", "7", "3").stdout.startswith(f"Title 3, “é🎬”: {total:.4f} in all\n")
    nothing = run("recommend", "7", "--allow", "nonsense").stdout
    assert nothing == "no title is left to recommend\n"


def test_a_stranger_gets_what_is_popular_and_a_note(
    run: Callable[..., Result], answer: Callable[..., Any], trained: None
) -> None:
    found = answer("recommend", "no; DROP TABLE 'users'", "-n", 1)
    assert found["recommendations"][0]["reasons"][0]["kind"] == "popular"
    assert "is unknown" in found["notes"][0]
    result = run("recommend", "nobody", "-n", 1)
    assert result.stderr == "note: user 'nobody' is unknown, so what is popular stands in\n"
    assert "popular with everybody" in result.stdout
    unknown = answer("recommend", "--history", "nope,3")
    assert unknown["notes"] == ["unknown titles are ignored, 1 in all: 'nope'"]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_everybody_in_a_file(
    answer: Callable[..., Any],
    trained: None,
    library: Recommender,
    tmp_path: Path,
    suffix: str,
) -> None:
    out = tmp_path / f"all.{suffix}"
    found = answer("recommend", "--all", "-n", 3, "--out", out)
    expected = pl.concat(library.recommend_all(3))
    assert found == {"out": str(out), "rows": expected.height, "notes": []}
    table = pl.read_csv(out, schema=expected.schema) if suffix == "csv" else pl.read_parquet(out)
    key = ["user", "rank"]
    assert table.sort(key)["item"].equals(expected.sort(key)["item"])


def test_one_user_in_a_file(run: Callable[..., Result], trained: None, tmp_path: Path) -> None:
    run("recommend", "7", "-n", 2, "--out", tmp_path / "seven.csv")
    with (tmp_path / "seven.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["user"], row["rank"]) for row in rows] == [("7", "1"), ("7", "2")]


def test_files_do_without_a_store(
    answer: Callable[..., Any], files: dict[str, Path], library: Recommender, home: Path
) -> None:
    events = ("--events", files["events"])
    card = answer("train", "--model", "ease:regularization=50", *events, "--name", "plays")["card"]
    assert card["data"]["events"] == EVENTS.height
    found = answer("recommend", "7", *events, "--name", "plays")["recommendations"]
    expected = library.recommend("7", 10)["score"].to_list()
    assert [row["score"] for row in found] == pytest.approx(expected, abs=1e-6)
    assert not (home / "limelight.db").exists()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["recommend"], 2, "name one USER, or give --history or --about, or --all"),
        (["recommend", "7", "--history", "3"], 2, "name one USER"),
        (["recommend", "--all"], 2, "--all needs --out"),
        (["recommend", "--all", "--out", "all.xls"], 2, "must end in .csv or .parquet"),
        (["recommend", "7", "-n", "0"], 2, "at least 1, not 0"),
        (["recommend", "7", "--diversity", "2"], 2, "diversity must lie between 0"),
        (["recommend", "7", "--rules", "no.toml"], 3, "there is no file no.toml"),
        (["recommend", "7", "--released-from", "soon"], 2, "'soon' is no date"),
        (["recommend", "7", "--name", "other"], 3, "there is no model 'other'"),
        (["recommend", "7", "--name", "../../etc"], 2, "can't name a model"),
        (["recommend", "7", "--version", "9"], 3, "there is no version 9 of 'default'"),
        (["similar", "Title 3,"], 3, "did you mean 3 (Title 3, “é🎬”)"),
        (["explain", "7"], 2, "name a USER and an ITEM"),
        (["explain", "7", "nope"], 3, "there is no title 'nope'"),
        (["recommend", "7", "--store", "mysql://x"], 2, "can't be kept in 'mysql'"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    run: Callable[..., Result],
    answer: Callable[..., Any],
    trained: None,
    words: list[str],
    code: int,
    sentence: str,
) -> None:
    result = run(*words, code=code)
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert sentence in result.stderr
    assert sentence in answer(*words, code=code)["error"]["message"]


def test_before_anything_is_imported(run: Callable[..., Result]) -> None:
    assert "no model 'default'" in run("recommend", "7", code=3).stderr
    assert "holds no events" in run("train", code=3).stderr


def test_knobs_and_rules(
    answer: Callable[..., Any], trained: None, library: Recommender, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[pin]]\nitem = "12"\nplace = 2\n[[cap]]\nof = "kind"\nat_most = 3\n', encoding="utf-8"
    )
    knobs = [
        "--diversity",
        ".3",
        "--calibration",
        ".2",
        "--less-popular",
        ".1",
        "--freshness",
        ".1",
    ]
    found = answer("recommend", "--history", "3,9", "-n", 6, *knobs, "--rules", rules)
    ids = [row["item_id"] for row in found["recommendations"]]
    assert ids[1] == "12"
    assert sorted(int(item) % 2 for item in ids) == [0, 0, 0, 1, 1, 1]
    assert all(row["reasons"] for row in found["recommendations"] if row["score"] > 0)
    wishes = [
        *(Diversity(0.3), Calibration(0.2), LessPopular(0.1), Freshness(0.1)),
        *(Pin("12", 2), Cap("kind", 3)),
    ]
    expected = library.recommend(history=["3", "9"], n=6, rerank=wishes)
    assert ids == expected["item_id"].to_list()
    short = answer("recommend", "7", "-n", 9, "--rules", rules)
    note = "the list has fewer than 9 titles under the rules: at most 3 of one kind"
    assert short["notes"] == [note]
    out = tmp_path / "all.csv"
    assert answer("recommend", "--all", "-n", 2, "--rules", rules, "--out", out)["notes"] == []
    second = pl.read_csv(out).filter(pl.col("rank") == 2)["item"]
    assert (second == 12).mean() > 0.4


def test_a_page(
    run: Callable[..., Result], answer: Callable[..., Any], trained: None, tmp_path: Path
) -> None:
    found = answer("page", "--history", "3,9", "-n", 3, "--rows", 4)
    kinds = [row["kind"] for row in found["rows"]]
    assert kinds[0] == "top"
    assert {"because", "trending"} & set(kinds[1:])
    shown = [title["item_id"] for row in found["rows"] for title in row["titles"]]
    assert len(shown) == len(set(shown)) <= 12
    assert not {"3", "9"} & set(shown)
    same = answer("recommend", "--history", "3,9", "-n", 3)["recommendations"]
    assert found["rows"][0]["titles"] == same
    rules = tmp_path / "rules.json"
    rules.write_text('{"pin": [{"item": "12", "place": 1}]}', encoding="utf-8")
    pinned = answer("page", "7", "--rows", 1, "-n", 2, "--rules", rules)
    assert [row["kind"] for row in pinned["rows"]] == ["top"]
    text = run("page", "--history", "3,9", "-n", 3, "--rows", 4).stdout
    assert [row["headline"] in text for row in found["rows"]] == [True] * len(kinds)
    assert "name one USER, or give --history" in run("page", code=2).stderr
    assert "no duration" in run("page", "7", "--half-life", "soon", code=2).stderr
