"""Quality floors on real data, deterministic: what was reached once is not lost unnoticed."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from limelight.recommend.evaluate import evaluate
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import EASE, NextItem, Popularity, Transitions
from limelight.recommend.splits import leave_one_out

SEQUENCES = Path(__file__).parents[2] / "../shared/data/movielens-1m/sasrec.txt.gz"


@pytest.fixture(scope="module")
def split():
    if not SEQUENCES.exists():
        pytest.skip("MovieLens-1M is not beside the project (../shared/data/movielens-1m)")
    with gzip.open(SEQUENCES) as lines:
        events = pl.read_csv(
            lines.read(), separator=" ", has_header=False, new_columns=["user_id", "item_id"]
        )
    return leave_one_out(Interactions.from_frame(events))


@pytest.mark.parametrize(
    ("model", "floor"),
    [
        (Popularity(), 0.0179),
        (EASE(), 0.0530),
        (Transitions(), 0.1180),
        # One half-life instead of two: two thirds of the unknowns, a third of the time.
        (NextItem(half_lives=(4,)), 0.1765),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_next_item_accuracy_on_movielens_1m(model, floor, split):
    reached = evaluate(model.fit(split.train), split, metrics=["ndcg"])["ndcg@10"]
    assert reached >= floor
