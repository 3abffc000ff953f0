from pathlib import Path

import pytest

from limelight.datasets import synthetic
from limelight.errors import BadInputError
from limelight.operate.registry import Registry
from limelight.operate.training import train
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import EASE


def test_a_name_that_cannot_be_is_refused_before_any_work(tmp_path: Path) -> None:
    def listen(done: float, total: float | None, message: str) -> None:
        raise AssertionError(message)

    interactions = Interactions.from_frame(synthetic(60, 20, 600, seed=1))
    with pytest.raises(BadInputError, match="can't name a model"):
        train(EASE(), interactions, Registry(tmp_path), name="A B", progress=listen)
