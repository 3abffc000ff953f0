"""Several models held against each other."""

import polars as pl
import pytest

from limelight.datasets import synthetic
from limelight.errors import NotFoundError
from limelight.operate.trials import PROTOCOLS, split_by, standings, try_models
from limelight.recommend.evaluate import compare
from limelight.recommend.interactions import Interactions
from limelight.recommend.models.configure import configure


@pytest.fixture(scope="module")
def interactions() -> Interactions:
    return Interactions.from_frame(synthetic(200, 60, 3000, seed=1))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_is_known_by_name(interactions: Interactions, protocol: str) -> None:
    assert split_by(protocol, interactions).name.startswith(protocol.replace("-", " ")[:3])


def test_an_unknown_protocol_names_the_known(interactions: Interactions) -> None:
    with pytest.raises(NotFoundError, match="no protocol 'random'; there are leave-one-out"):
        split_by("random", interactions)


def test_standings_put_the_best_first_and_hold_the_rest_against_it(
    interactions: Interactions,
) -> None:
    split = split_by("leave-one-out", interactions)
    worse, better = try_models([configure("popularity"), configure("ease")], split, 5)
    table = standings([worse, better], "ndcg@5")
    assert table["model"].to_list() == ["ease", "popularity"]
    assert table["ndcg@5"].to_list() == [better["ndcg@5"], worse["ndcg@5"]]
    assert table["ndcg@5"][0] > table["ndcg@5"][1]
    assert (table["low"] < table["ndcg@5"]).all()
    assert (table["ndcg@5"] < table["high"]).all()
    assert table["behind"].to_list() == [None, pytest.approx(better["ndcg@5"] - worse["ndcg@5"])]
    paired = compare(worse, better).row(by_predicate=pl.col("metric") == "ndcg@5", named=True)
    assert table["p_value"].to_list() == [None, paired["p_value"]]


def test_one_model_stands_alone(interactions: Interactions) -> None:
    (only,) = try_models([configure("popularity")], split_by("new-users", interactions), 5)
    table = standings([only], "ndcg@5")
    assert table.height == 1
    assert "behind" not in table.columns
