import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load_file

from limelight.datasets import synthetic
from limelight.errors import BadInputError, LimelightWarning
from limelight.operate.registry import Registry
from limelight.operate.training import train
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import EASE, ColdStart


def test_a_name_that_cannot_be_is_refused_before_any_work(tmp_path: Path) -> None:
    def listen(done: float, total: float | None, message: str) -> None:
        raise AssertionError(message)

    interactions = Interactions.from_frame(synthetic(60, 20, 600, seed=1))
    with pytest.raises(BadInputError, match="can't name a model"):
        train(EASE(), interactions, Registry(tmp_path), name="A B", progress=listen)


def crowd(n: int, telling: bool = True) -> tuple[Interactions, pl.DataFrame]:
    """Give people whose age tells which half of ten titles they meet, or nothing."""
    rng = np.random.default_rng(0)
    halves = np.arange(n) % 2 if telling else rng.integers(0, 2, n)
    lists = [(rng.permutation(5)[:3] + 5 * half).tolist() for half in halves]
    attributes = [json.dumps({"age": ("young", "old")[user % 2]}) for user in range(n)]
    user_ids = pl.Series("user_id", [f"u{user}" for user in range(n)])
    users = pl.DataFrame({"user_id": user_ids, "attributes": attributes})
    item_ids = pl.Series([f"i{item}" for item in range(10)])
    return Interactions(user_ids, item_ids, Histories.from_lists(lists, 10)), users


@pytest.mark.parametrize("model", [EASE(), ColdStart()])
def test_what_attributes_say_is_published_without_a_row_a_user(
    tmp_path: Path, model: EASE | ColdStart
) -> None:
    registry = Registry(tmp_path)
    shapes = []
    for n in (200, 400):
        interactions, users = crowd(n)
        version = train(model, interactions, registry, users=users)
        assert registry.card(version=version).data["attributes"] == ["age"]
        files = sorted((tmp_path / "default" / str(version)).rglob("*.safetensors"))
        arrays = [load_file(path) for path in files]
        shapes.append([{name: array.shape for name, array in each.items()} for each in arrays])
    assert shapes[0] == shapes[1]
    newcomers = registry.load_newcomers()
    assert (newcomers is None) == isinstance(model, ColdStart)
    if newcomers is not None:
        assert newcomers.told_by_attributes([{"age": "old"}, {}]).tolist() == [True, False]


def test_attributes_that_tell_nothing_are_not_published(tmp_path: Path) -> None:
    interactions, users = crowd(200, telling=False)
    with pytest.warns(LimelightWarning, match="tell nothing of what they meet"):
        train(EASE(), interactions, Registry(tmp_path), users=users)
    assert Registry(tmp_path).load_newcomers() is None
    assert "attributes" not in Registry(tmp_path).card().data
