"""From interactions to a published model whose card says where it came from."""

from __future__ import annotations

from typing import Any
from warnings import warn

from limelight.errors import BadInputError, LimelightWarning
from limelight.operate.card import describe_data
from limelight.operate.registry import Registry
from limelight.progress import Progress, silent
from limelight.recommend.evaluate import evaluate
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import MODELS, Model, Popularity
from limelight.recommend.splits import leave_one_out

METRICS = ("hr", "ndcg", "mrr", "coverage", "novelty", "popularity_lift")


def train(
    model: Model,
    interactions: Interactions,
    registry: Registry,
    *,
    name: str = "default",
    progress: Progress = silent,
) -> int:
    """Validate a configuration, fit it on everything, publish it, and return its version.

    The validation is leave-one-out: each user's last title but one is asked for, of a sibling
    that was fitted on what came before. Where there are too few events for that the card has no
    metrics, and a LimelightWarning says so. Raises as ``Registry.publish`` does.
    """
    registry.folder(name)  # a name that can't be is refused before the work, not after
    metrics = _validate(model, interactions, progress)
    model.fit(interactions, progress)
    return registry.publish(
        model,
        interactions.item_ids,
        name=name,
        fallback=Popularity().fit(interactions),
        data=describe_data(interactions),
        metrics=metrics,
    )


def _validate(model: Model, interactions: Interactions, progress: Progress) -> dict[str, Any]:
    try:
        split = leave_one_out(interactions, "validation")
    except BadInputError as error:
        warn(f"the model was not validated: {error}", LimelightWarning, 3)
        return {}
    sibling = MODELS[model.name](**model.config()).fit(split.train, progress)
    return evaluate(sibling, split, 10, metrics=METRICS, progress=progress).to_dict()
