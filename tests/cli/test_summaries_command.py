"""limelight text summarise, loglines, synopses and accept, end to end."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from limelight.catalog import open_store
from limelight.cli import app
from limelight.text.summary.review import COLUMNS

STORY = (
    "A pilot finds a wreck on a bare moon. He brings an egg aboard. The egg hatches during the "
    "night and a creature hides in the ship. The crew hunts the creature with nets. One by one "
    "they are taken. The pilot learns that the company wants the creature. She burns the ship "
    "and escapes in a shuttle. The creature hides there too. She opens the door to space."
)


def run(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, list(map(str, arguments)))
    return found.exit_code, found.output


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, table: list[dict[str, str]], separator: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, delimiter=separator)
        writer.writeheader()
        writer.writerows(table)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    films = tmp_path / "films.csv"
    films.write_text(
        "item_id,title,text\n"
        f'a,Alien,"{STORY}"\n'
        'b,=Brazil,"Sam is a clerk, who dreams. He flies. Ann waits."\n'
        "c,Bare,\n"
        "d,火星,人类带着地球逃离太阳系，寻找新的家园。\n",
        encoding="utf-8",
    )
    home = tmp_path / "home"
    code, told = run("--home", home, "import", "items", films)
    assert code == 0, told
    return home


def told_of(home: Path, item_id: str) -> tuple[str, dict[str, object]]:
    with open_store(f"sqlite:///{home / 'limelight.db'}") as store:
        row = store.items([item_id]).row(0, named=True)
    return row["text"], json.loads(row["attributes"] or "{}")


def test_loglines_are_reviewed_and_accepted(home: Path, tmp_path: Path) -> None:
    table = tmp_path / "review.csv"
    code, told = run("--home", home, "text", "loglines", "--titles", "-o", table)
    assert code == 0, told
    assert "1 title has no text" in told
    found = rows(table)
    assert [row["item_id"] for row in found] == ["a", "b", "d"]
    assert [row["accept"] for row in found] == ["", "", ""]
    proposed = found[0]["proposal"]
    assert proposed in STORY
    assert found[0]["place"] == f"¶1.{STORY[: STORY.index(proposed)].count('. ') + 1}"
    assert found[0]["original"] == STORY
    assert found[1]["title"] == "'=Brazil"
    assert found[2]["unit"] == "characters"
    code, told = run("--home", home, "text", "loglines", "--titles", "-o", table)
    assert code == 2
    assert "--overwrite" in told
    assert run("--home", home, "text", "accept", table)[0] == 2

    found[0]["accept"], found[1]["accept"] = "yes", "x"
    found[1]["proposal"] = "Sam, a clerk, dreams of flying."
    write(table, found, ";")
    code, told = run("--home", home, "text", "accept", table)
    assert code == 0, told
    assert "2 texts went into the catalogue, 1 of them edited" in told
    text, attributes = told_of(home, "a")
    assert text == STORY
    assert attributes["logline"] == proposed
    assert attributes["logline_origin"]["edited"] is False
    assert told_of(home, "b")[1]["logline"] == "Sam, a clerk, dreams of flying."
    assert "logline" not in told_of(home, "d")[1]

    found[0]["proposal"] = "A crew meets a creature."
    found[1]["accept"] = ""
    write(table, found)
    assert run("--home", home, "text", "accept", table)[0] == 0
    attributes = told_of(home, "a")[1]
    assert attributes["logline"] == "A crew meets a creature."
    assert attributes["logline_history"] == [{"text": proposed}]

    code, told = run("--home", home, "text", "loglines", "--titles", "-o", tmp_path / "more.csv")
    assert code == 0
    assert [row["item_id"] for row in rows(tmp_path / "more.csv")] == ["d"]


def test_tables_that_do_not_hold_are_refused_and_nothing_is_written(
    home: Path, tmp_path: Path
) -> None:
    table = tmp_path / "review.csv"
    run("--home", home, "text", "loglines", "--titles", "-o", table)
    good = rows(table)

    def refused(change: dict[str, str], said: str, line: int = 1) -> None:
        bad = [dict(row, accept="yes") for row in good]
        bad[line] |= change
        write(table, bad)
        code, told = run("--home", home, "text", "accept", table)
        assert code in (2, 3), told
        assert said in told
        assert "logline" not in told_of(home, "a")[1]

    refused({"accept": "perhaps"}, "write yes, or leave it empty")
    refused({"proposal": " "}, "accepts an empty text")
    refused({"item_id": "nobody"}, "the catalogue has no title 'nobody'")
    refused({"item_id": "a"}, "lines 2 and 3 of review.csv both accept a logline")
    refused({"kind": "poem"}, "the kinds are logline, synopsis, summary")
    refused({"fingerprint": "0" * 12}, "the text of 'b' was changed")
    table.write_text("title,text\nAlien,x\n", encoding="utf-8")
    code, told = run("--home", home, "text", "accept", table)
    assert code == 2
    assert "has no column 'accept'" in told
    assert run("--home", home, "text", "accept", tmp_path / "none.csv")[0] == 3


def test_synopses_of_files_become_the_titles_own(home: Path, tmp_path: Path) -> None:
    plots = tmp_path / "plots"
    plots.mkdir()
    (plots / "a.txt").write_text(STORY, encoding="utf-8")
    (plots / "b.txt").write_text("", encoding="utf-8")
    page = tmp_path / "review.html"
    code, told = run("--home", home, "text", "synopses", plots, "--words", 40, "-o", page)
    assert code == 0, told
    assert "left out: b.txt is empty" in told
    html = page.read_text(encoding="utf-8")
    assert 'data-item-id="a"' in html
    assert "A pilot finds a wreck on a bare moon." in html
    assert "http" not in html.replace("http://www.w3.org", "")
    table = tmp_path / "review.csv"
    run("--home", home, "text", "synopses", plots, "--words", 40, "-o", table)
    found = rows(table)
    assert "opens the door" not in found[0]["proposal"]
    write(table, [dict(row, accept="yes") for row in found])
    assert run("--home", home, "text", "accept", table)[0] == 0
    text, attributes = told_of(home, "a")
    assert text == STORY
    assert attributes["synopsis"] == found[0]["proposal"]
    assert attributes["synopsis_origin"]["from"] == "a.txt"


def test_files_are_summarised_on_screen_and_into_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    story = tmp_path / "in" / "story.txt"
    story.write_text(f"The wreck\n\n{STORY}", encoding="utf-8")
    code, told = run("text", "summarise", story, "--sentences", 2, "--json")
    assert code == 0, told
    (one,) = json.loads(told)["files"][0]["summaries"]
    assert len(one["sentences"]) == 2
    assert one["title"] == "The wreck"
    for sentence in one["sentences"]:
        assert sentence["text"] in STORY
    code, told = run("text", "summarise", tmp_path / "in", "-o", tmp_path / "out")
    assert code == 0, told
    assert (tmp_path / "out/story.txt").read_text(encoding="utf-8").startswith("The wreck\n\n")
    code, told = run("text", "summarise", story, "--words", 30, "-o", tmp_path / "one.md")
    assert code == 0, told
    assert "[¶1." in (tmp_path / "one.md").read_text(encoding="utf-8")
    assert run("text", "summarise", story, "--words", 3, "--sentences", 2)[0] == 2
    assert run("text", "summarise", story, "--words", 3)[0] == 2
    (tmp_path / "in" / "empty.txt").write_text("", encoding="utf-8")
    code, told = run("text", "summarise", tmp_path / "in", "-o", tmp_path / "again")
    assert code == 2
    assert "empty.txt is empty" in told
    assert (tmp_path / "again/story.txt").exists()
