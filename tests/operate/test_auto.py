"""Without a model's name, what fits the data is tried and the best is kept."""

from pathlib import Path

import pytest

from limelight.datasets import synthetic
from limelight.errors import LimelightWarning
from limelight.operate import auto
from limelight.operate.registry import Registry
from limelight.recommend.interactions import Interactions


@pytest.fixture(scope="module")
def interactions() -> Interactions:
    return Interactions.from_frame(synthetic(200, 60, 3000, seed=1))


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Afford only what costs nothing and EASE."""
    some = {name: auto.CANDIDATES[name] for name in ("popularity", "item-knn", "ease")}
    monkeypatch.setattr(auto, "CANDIDATES", some | {"next-item": lambda size: 6e4})


def test_the_best_is_kept_and_the_reason_given(
    interactions: Interactions, cheap: None, tmp_path: Path
) -> None:
    version, choice = auto.train_best(interactions, Registry(tmp_path))
    assert choice.standings is not None
    assert set(choice.standings["model"]) == {"popularity", "item-knn", "ease", "blend"}
    assert choice.left_out == {"next-item": "it would take about 1,000 minutes"}
    card = Registry(tmp_path).card("default", version)
    assert card.model == choice.model.name
    assert card.metrics["chosen"]["reason"] == choice.reason
    assert choice.reason.startswith(f"{choice.evaluation.model}: ndcg@10 ")
    named = choice.standings.filter(model=choice.evaluation.model)["ndcg@10"].item()
    single = choice.standings.filter(choice.standings["model"] != "blend")["ndcg@10"].max()
    assert named >= single
    model, _, _ = Registry(tmp_path).load("default", version)
    assert model.n_items == interactions.n_items


def test_a_blend_no_better_than_chance_is_not_kept(
    interactions: Interactions, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto, "CHANCE", 0.0)
    choice = auto.choose(interactions)
    assert choice.model.name != "blend"
    assert "not ahead by more than chance" in choice.reason


def test_too_little_to_compare_says_so() -> None:
    tiny = Interactions.from_frame(synthetic(200, 60, 3000, seed=1).head(2))
    with pytest.warns(LimelightWarning, match="nothing was compared"):
        choice = auto.choose(tiny)
    assert choice.model.name == "item-knn"
    assert choice.standings is None
