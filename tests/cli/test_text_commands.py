"""The commands on texts, as a user gives them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Run = Callable[..., Result]
Answer = Callable[..., Any]

FILMS = [
    ("f1", "The Godfather", "The head of a crime family hands his empire to his youngest son."),
    ("f2", "Goodfellas", "A young man rises in a crime family and loses everything."),
    ("f3", "Alien", "Spaceship crew hunted by some creature."),
    ("f4", "流浪地球", "太阳即将毁灭，人类带着地球逃离太阳系。"),
    ("f5", "The Godfather", "The head of a crime family hands his empire to his youngest son!"),
]
STORY = "The shark attacked the beach. The shark hunter sails out to kill the shark. "


@pytest.fixture(autouse=True)
def files(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"item_id": i, "title": title, "text": text} for i, title, text in FILMS]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    Path("films.jsonl").write_text(lines, encoding="utf-8")
    Path("texts").mkdir()
    Path("texts/a.txt").write_text(STORY * 3, encoding="utf-8")
    Path("texts/b.txt").write_text(STORY * 3 + "The end.", encoding="utf-8")
    Path("texts/c.txt").write_text("侦探在雨夜追捕凶手。" * 3, encoding="gb18030")


@pytest.fixture
def films(run: Run) -> None:
    run("import", "items", "films.jsonl")


def test_search_before_and_after_vectors(films: None, run: Run, answer: Answer) -> None:
    found = answer("text", "search", "teh godfahter", "-n", 2)
    assert {title["item_id"] for title in found["titles"]} == {"f1", "f5"}
    assert found["looked_for"]["godfahter"] == ["godfather"]
    assert any("embed --titles" in note for note in found["notes"])
    told = answer("text", "embed", "--titles", "--by", "tfidf:dimensions=3")
    assert (told["titles"], told["embedder"]) == (5, "tfidf")
    again = answer("text", "search", "流浪地求", "-n", 1)
    assert again["titles"][0]["item_id"] == "f4"
    assert not any("meaning" in note for note in again["notes"])
    shown = run("text", "search", "spaceship")
    assert "Alien" in shown.stdout
    assert "no title has anything of that" in run("text", "search", "xyzzy qwrtp").stdout


def test_a_query_without_end_is_cut_and_that_is_told(films: None, answer: Answer) -> None:
    words = [f"crim{letter}" for letter in "abcdfghijk"]
    found = answer("text", "search", " ".join(words * 200))
    assert len(found["looked_for"]) == 10
    told = found["notes"][-2:]
    assert told == [
        "5 more words are not there; others were looked for",
        "only the first 2,000 characters were looked for",
    ]


def test_titles_like_a_title(films: None, answer: Answer, run: Run) -> None:
    for _ in range(2):
        found = answer("text", "like", "f1", "-n", 2)
        assert found["titles"][0]["item_id"] == "f5"
        run("text", "embed", "--titles", "--by", "tfidf")
    found = answer("text", "like", "f1", "-n", 2)
    assert [title["item_id"] for title in found["titles"]] == ["f5", "f2"]
    assert "no title 'f9'" in run("text", "like", "f9", code=3).stderr
    assert "at least one" in run("text", "like", "f1", "-n", 0, code=2).stderr


def test_without_weights_words_count(films: None, run: Run, answer: Answer) -> None:
    told = answer("text", "embed", "--titles")
    assert told["embedder"] == "tfidf"
    assert any("limelight weights fetch use-multilingual" in note for note in told["notes"])
    refused = run("text", "embed", "--titles", "--by", "sentences", code=6)
    assert "limelight weights fetch" in refused.stderr


def test_vectors_of_files(answer: Answer, run: Run) -> None:
    words = "glove:dimensions=5,fewest=2"
    told = answer("text", "embed", "texts", "--by", words, "--save", "kept", "-o", "one.jsonl")
    assert (told["texts"], told["dimensions"]) == (3, 5)
    run("text", "embed", "texts", "--by", "kept", "-o", "two.jsonl")
    assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()
    rows = [json.loads(line) for line in Path("one.jsonl").read_text("utf-8").splitlines()]
    assert [row["name"] for row in rows] == ["a.txt", "b.txt", "c.txt"]
    assert len(rows[0]["vector"]) == 5
    refused = run("text", "embed", "texts", "--by", "kept", "-o", "two.jsonl", code=2)
    assert "--overwrite replaces it" in refused.stderr
    assert "name files" in run("text", "embed", code=2).stderr
    assert "are for files" in run("text", "embed", "--titles", "-o", "x", code=2).stderr
    assert "there is no embedder" in run("text", "embed", "texts", "--by", "bert", code=3).stderr


def test_language(answer: Answer, run: Run) -> None:
    found = answer("text", "language", "texts")["files"]
    assert [one["language"] for one in found] == ["en", "en", "zh"]
    Path("empty.txt").write_text(" \n", encoding="utf-8")
    assert "is empty" in run("text", "language", "empty.txt", code=2).stderr


def test_keyphrases(answer: Answer, run: Run) -> None:
    (found,) = answer("text", "keyphrases", "texts/a.txt", "-n", 2)["files"]
    assert "shark" in found["keyphrases"][0]["text"].lower()
    assert "凶手" in run("text", "keyphrases", "texts/c.txt").stdout
    assert "at least one" in run("text", "keyphrases", "texts", "-n", 0, code=2).stderr


def test_duplicates(films: None, answer: Answer, run: Run) -> None:
    (group,) = answer("text", "duplicates", "texts")["groups"]
    assert [one["name"] for one in group] == ["a.txt", "b.txt"]
    (group,) = answer("text", "duplicates", "--titles")["groups"]
    assert [one["name"] for one in group] == ["f1", "f5"]
    Path("texts/bad.txt").write_bytes(b"")
    left_out = run("text", "duplicates", "texts")
    assert "left out: bad.txt is empty" in left_out.stderr
    assert "from 0.5 to 1" in run("text", "duplicates", "texts", "--alike", 2, code=2).stderr
    assert "give --titles" in run("text", "duplicates", code=2).stderr
