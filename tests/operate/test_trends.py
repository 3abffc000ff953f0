"""What is trending for a page, from the events that still count."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from limelight.datasets import synthetic
from limelight.operate.serving import EventFiles
from limelight.operate.trends import WINDOW, recent_counts
from limelight.recommend.interactions import Interactions
from limelight.recommend.titles import Titles
from limelight.recommend.trending import Trending


def test_what_is_left_out_weighs_nothing(tmp_path: Path) -> None:
    events = synthetic(50, 20, 500, seed=2)
    events.write_csv(tmp_path / "events.csv")
    source = EventFiles([str(tmp_path / "events.csv")])
    span = events["time"].max() - events["time"].min()
    half_life = span / WINDOW / 2
    asked = Titles(["nobody met this", *events["item_id"].unique().sort()])
    found = recent_counts(source, asked, half_life)
    assert found is not None
    everything = Interactions.from_frame(events)
    exact = dict(
        zip(
            everything.item_ids,
            Trending.of(everything.histories, half_life).counts(),
            strict=True,
        )
    )
    expected = [exact.get(item, 0.0) for item in asked.table["item_id"]]
    assert found.tolist() == pytest.approx(expected, abs=1e-4)
    assert 0 < len(source.events(within=WINDOW * half_life)) < events.height
    assert found[0] == 0


def test_without_times_nothing_is_trending(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("user_id,item_id\nann,f1\n", encoding="utf-8")
    source = EventFiles([str(tmp_path / "events.csv")])
    assert recent_counts(source, Titles(["f1"]), timedelta(days=1)) is None


def test_titles_in_the_order_asked_for(tmp_path: Path) -> None:
    rows = [("a", "x", 0), ("a", "y", 86_400), ("b", "y", 86_400)]
    table = pl.DataFrame(rows, schema=["user_id", "item_id", "time"], orient="row")
    table.write_csv(tmp_path / "events.csv")
    source = EventFiles([str(tmp_path / "events.csv")])
    found = recent_counts(source, Titles(["y", "x"]), timedelta(days=1))
    assert found is not None
    assert found.tolist() == pytest.approx([2, 0.5])
