from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from limelight.catalog.vocabulary import EVENTS, ITEMS, USERS
from limelight.datasets import synthetic
from limelight.errors import LimelightWarning
from limelight.operate.registry import Registry
from limelight.operate.serving import open_recommender
from limelight.operate.training import train
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import EASE


class OneUserAtATime:
    """A store too large to read as a whole."""

    place = "a large store"

    def events(
        self, user_id: str | None = None, *, within: timedelta | None = None
    ) -> pl.DataFrame:
        assert user_id is not None or within is not None
        return pl.DataFrame(schema=EVENTS)

    def users(self, ids: Iterable[str] | None = None) -> pl.DataFrame:
        assert ids is not None
        return pl.DataFrame(schema=USERS)

    def items(self) -> pl.DataFrame:
        return pl.DataFrame(schema=ITEMS)


def test_a_stranger_costs_no_reading_of_everybodys_events(tmp_path: Path) -> None:
    events = synthetic(60, 20, 600, seed=1)
    registry = Registry(tmp_path)
    train(EASE(), Interactions.from_frame(events), registry)
    recommender = open_recommender(registry, OneUserAtATime(), user_id="nobody")
    with pytest.warns(LimelightWarning, match="what is popular stands in"):
        found = recommender.recommend("nobody", 3)
    counts = events["item_id"].value_counts(sort=True)["count"].head(3)
    assert found["score"].to_list() == counts.to_list()
