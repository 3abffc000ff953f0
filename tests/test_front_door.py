"""The library's public names, and a first recommendation by them alone."""

import subprocess
import sys
from pathlib import Path

import pytest

import limelight


@pytest.mark.parametrize("name", limelight.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(limelight, name).__doc__
    assert name in dir(limelight)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'magic'"):
        _ = limelight.magic  # type: ignore[attr-defined]


def test_importing_costs_nothing() -> None:
    code = "import sys, limelight; assert not {'numpy', 'polars', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_from_a_file_to_a_recommendation(tmp_path: Path) -> None:
    plays = tmp_path / "plays.csv"
    rows = [f"{user},{item}" for user in "abcdef" for item in "xyz" if user + item != "fz"]
    plays.write_text("user,item\n" + "\n".join(rows), encoding="utf-8")
    events = limelight.read_events(plays)
    interactions = limelight.Interactions.from_frame(events)
    model = limelight.models.EASE(regularization=1.0).fit(interactions)
    recommender = limelight.Recommender(model, interactions.item_ids, interactions=interactions)
    (title,) = recommender.recommend("f", n=1).to_dicts()
    assert title["item_id"] == "z"
    assert {reason["item_id"] for reason in title["reasons"]} == {"x", "y"}
