"""limelight trending, from files of events and from the store."""

from pathlib import Path

import pytest

EVENTS = """user_id,item_id,kind,time
ann,old,play,2026-03-01T00:00:00Z
ben,old,play,2026-03-01T00:00:00Z
cat,old,play,2026-03-01T00:00:00Z
ann,new,play,2026-03-01T20:00:00Z
ben,new,like,2026-03-01T20:00:00Z
ben,bad,dislike,2026-03-01T20:00:00Z
ben,undated,play,
"""
ITEMS = "item_id,title,categories\nold,Metropolis,Drama\nnew,Alien,Horror\n"


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS, encoding="utf-8")
    return path


def test_counts_halve_with_their_age(answer, events):
    found = answer("trending", "--events", events, "--half-life", "10h")
    assert found["half_life_seconds"] == 36_000
    assert [(row["item_id"], row["count"]) for row in found["trending"]] == [
        ("new", pytest.approx(3)),
        ("old", pytest.approx(0.75)),
    ]


def test_as_it_stood_at_a_moment(answer, events):
    found = answer("trending", "--events", events, "--at", "2026-03-01T10:00", "--half-life", "10h")
    assert [(row["item_id"], row["count"]) for row in found["trending"]] == [
        ("old", pytest.approx(1.5))
    ]


def test_rising_ranks_by_pace(answer, events):
    found = answer("trending", "--events", events, "--rising", "--half-life", "10h")["trending"]
    assert [row["item_id"] for row in found] == ["new", "old"]
    usual = 3 * 0.5 ** (20 / 80) / 8
    assert found[1]["pace"] == pytest.approx((0.75 + 5) / (usual + 5))


def test_from_the_store_with_titles_and_categories(run, answer, events, tmp_path):
    (tmp_path / "items.csv").write_text(ITEMS, encoding="utf-8")
    run("import", "items", tmp_path / "items.csv")
    run("import", "events", events)
    found = answer("trending", "--category", "drama")
    assert [row["title"] for row in found["trending"]] == ["Metropolis"]
    assert "Alien" in run("trending", "-n", 1).stdout


@pytest.mark.parametrize("option", [["--half-life", "soon"], ["--at", "soon"], ["-n", 0]])
def test_what_cannot_be_read_is_said(answer, events, option):
    error = answer("trending", "--events", events, *option, code=2)["error"]
    assert error["kind"] == "BadInputError"


def test_without_times_nothing_is_trending(answer, tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("user_id,item_id\nann,f1\n", encoding="utf-8")
    assert (
        "no events with a time" in answer("trending", "--events", path, code=3)["error"]["message"]
    )
