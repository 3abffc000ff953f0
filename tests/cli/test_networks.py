"""limelight train with a network, from events to lists with reasons."""

from pathlib import Path

import pytest

SMALL = ["--model", "self-attention", "--set", "width=8", "--set", "epochs=2"]


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    rows = [f"u{user},t{(user + step) % 9}" for user in range(40) for step in range(6)]
    path.write_text("\n".join(["user_id,item_id", *rows]), encoding="utf-8")
    return path


def test_a_network_is_trained_published_and_asked(answer, events, home):
    card = answer("train", *SMALL, "--events", events)["card"]
    assert card["model"] == "self-attention"
    assert card["config"]["width"] == 8
    listed = answer("recommend", "--history", "t1,t2", "-n", "3", "--events", events)
    items = [row["item_id"] for row in listed["recommendations"]]
    assert len(items) == 3
    assert not {"t1", "t2"} & set(items)
    assert not list((home / "checkpoints").glob("*"))


def test_a_device_that_is_not_there_is_refused(run, events):
    result = run("train", *SMALL, "--events", events, "--device", "cuda:77", code=2)
    assert "cuda:77" in result.stderr
