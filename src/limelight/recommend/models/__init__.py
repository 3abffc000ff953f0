"""The recommender models by name, each a function of histories."""

from __future__ import annotations

from limelight.recommend.models.als import ALS
from limelight.recommend.models.attribute_prior import AttributePrior
from limelight.recommend.models.base import Model, load_model
from limelight.recommend.models.blend import Blend
from limelight.recommend.models.cold_start import ColdStart
from limelight.recommend.models.ease import EASE
from limelight.recommend.models.item_knn import ItemKNN
from limelight.recommend.models.latent_classes import LatentClasses
from limelight.recommend.models.mlp import MLP
from limelight.recommend.models.new_titles import NewTitles
from limelight.recommend.models.newcomers import Newcomers
from limelight.recommend.models.next_item import NextItem
from limelight.recommend.models.popularity import Popularity
from limelight.recommend.models.rocchio import Rocchio
from limelight.recommend.models.sequence_knn import SequenceKNN
from limelight.recommend.models.sequence_network import Recurrent, SelfAttention
from limelight.recommend.models.transitions import Transitions

__all__ = [
    "ALS",
    "EASE",
    "MLP",
    "MODELS",
    "AttributePrior",
    "Blend",
    "ColdStart",
    "ItemKNN",
    "LatentClasses",
    "Model",
    "NewTitles",
    "Newcomers",
    "NextItem",
    "Popularity",
    "Recurrent",
    "Rocchio",
    "SelfAttention",
    "SequenceKNN",
    "Transitions",
    "load_model",
]

MODELS: dict[str, type[Model]] = {
    model.name: model
    for model in (
        Popularity,
        ItemKNN,
        EASE,
        Transitions,
        NextItem,
        ALS,
        MLP,
        LatentClasses,
        ColdStart,
        Rocchio,
        SequenceKNN,
        Blend,
        NewTitles,
        SelfAttention,
        Recurrent,
    )
}
