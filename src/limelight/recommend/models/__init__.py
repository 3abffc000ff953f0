"""The recommender models by name, each a function of histories."""

from __future__ import annotations

import json
from pathlib import Path

from limelight.errors import CorruptError
from limelight.recommend.models.als import ALS
from limelight.recommend.models.base import CONFIG_FILE, Model
from limelight.recommend.models.ease import EASE
from limelight.recommend.models.item_knn import ItemKNN
from limelight.recommend.models.mlp import MLP
from limelight.recommend.models.next_item import NextItem
from limelight.recommend.models.popularity import Popularity
from limelight.recommend.models.transitions import Transitions

__all__ = [
    "ALS",
    "EASE",
    "MLP",
    "MODELS",
    "ItemKNN",
    "Model",
    "NextItem",
    "Popularity",
    "Transitions",
    "load_model",
]

MODELS: dict[str, type[Model]] = {
    model.name: model for model in (Popularity, ItemKNN, EASE, Transitions, NextItem, ALS, MLP)
}


def load_model(folder: Path) -> Model:
    """Read what ``Model.save`` wrote. Raises CorruptError with the reason where it can't be."""
    try:
        name = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))["model"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptError(f"{folder} holds no model: {error}") from error
    if name not in MODELS:
        raise CorruptError(
            f"{folder} holds a model {name!r} that this version lacks; it knows {', '.join(MODELS)}"
        )
    return MODELS[name].load(folder)
