"""Models from words."""

import pytest

from limelight.errors import BadInputError, NotFoundError
from limelight.recommend.models import EASE, MODELS, Popularity
from limelight.recommend.models.configure import configure


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_defaults(name: str) -> None:
    assert type(configure(name)) is MODELS[name]
    assert configure(name).config() == MODELS[name]().config()


def test_settings_are_read_by_their_types() -> None:
    assert configure("ease:regularization=300").config() == EASE(regularization=300.0).config()
    assert configure("ease", ["regularization = 1e2"]).config()["regularization"] == 100.0
    assert configure("popularity", ["window_days=7"]).config() == Popularity(7.0).config()
    both = configure("mlp:epochs=3,hidden=8", ["epochs=4"]).config()
    assert (both["epochs"], both["hidden"]) == (4, 8)


@pytest.mark.parametrize(
    ("described", "setting", "sentence"),
    [
        ("ease", "regularisation=1", "ease has no setting 'regularisation'; it has regularization"),
        ("ease", "regularization=much", "takes a value such as 500.0, not 'much'"),
        ("ease", "regularization", "sets nothing; write it as name=value"),
        ("mlp", "epochs=1.5", "takes a value such as 30, not '1.5'"),
        ("mlp", "epochs=__import__('os')", "takes a value such as 30"),
        ("ease:,x=1", "", "no setting 'x'"),
    ],
)
def test_wrong_settings_are_refused(described: str, setting: str, sentence: str) -> None:
    with pytest.raises(BadInputError, match=sentence):
        configure(described, [setting])


def test_an_unknown_model_names_the_known() -> None:
    with pytest.raises(NotFoundError, match="no model 'eas'; there are popularity, item-knn"):
        configure("eas")
