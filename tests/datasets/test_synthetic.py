import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.catalog.vocabulary import EVENTS
from limelight.datasets import synthetic
from limelight.errors import BadInputError


@pytest.fixture(scope="module")
def events() -> pl.DataFrame:
    return synthetic(2_000, 1_000, 100_000, seed=7)


@settings(max_examples=60, deadline=None)
@given(
    n_users=st.integers(1, 30),
    n_items=st.integers(2, 40),
    share=st.floats(0, 1),
    seed=st.integers(0),
)
def test_any_size_is_exact_and_free_of_repeats(n_users, n_items, share, seed):
    n_events = n_users + int(share * n_users * (n_items // 2 - 1))
    events = synthetic(n_users, n_items, n_events, seed)
    assert events.schema == EVENTS
    assert events.height == n_events
    assert events["user_id"].n_unique() == n_users
    assert events.select("user_id", "item_id").is_unique().all()
    assert events["item_id"].cast(pl.Int64).is_between(0, n_items - 1).all()
    in_order = pl.col("time").diff().drop_nulls() > pl.duration()
    assert events.group_by("user_id").agg(in_order.all())["time"].all()


def test_the_seed_decides(events):
    assert events.equals(synthetic(2_000, 1_000, 100_000, seed=7))
    assert not events.equals(synthetic(2_000, 1_000, 100_000, seed=8))


def test_a_few_titles_have_much_of_the_attention(events):
    counts = np.sort(events["item_id"].value_counts()["count"].to_numpy())[::-1]
    assert 0.3 < counts[:100].sum() / counts.sum() < 0.7


def test_order_says_more_than_popularity(events):
    # The likeliest successor of each title, learned on half of the users, foretells the other
    # half's next title far more often than the most popular title does.
    pairs = events.select(
        pl.col("user_id").cast(pl.Int64),
        pl.col("item_id"),
        pl.col("item_id").shift(-1).over("user_id").alias("next"),
    ).drop_nulls()
    learned, judged = (pairs.filter(pl.col("user_id") % 2 == half) for half in (0, 1))
    successors = learned.group_by("item_id").agg(
        pl.col("next").mode().sort().first().alias("guess")
    )
    hits = judged.join(successors, on="item_id").select((pl.col("guess") == pl.col("next")).mean())
    popular = learned["next"].mode().sort()[0]
    assert hits.item() > 5 * (judged["next"] == popular).mean()
    assert hits.item() > 0.15


@pytest.mark.parametrize("sizes", [(0, 10, 0), (10, 0, 10), (10, 10, 9), (10, 10, 51)])
def test_impossible_sizes_are_refused(sizes):
    with pytest.raises(BadInputError, match="don't fit"):
        synthetic(*sizes)
