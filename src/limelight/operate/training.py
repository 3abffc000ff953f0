"""From interactions to a published model whose card says where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from warnings import warn

import polars as pl

from limelight.errors import BadInputError, LimelightWarning
from limelight.operate.card import describe_data
from limelight.operate.registry import Registry
from limelight.progress import Progress, labelled, silent
from limelight.recommend.evaluate import evaluate
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import AttributePrior, ColdStart, Model, Newcomers, Popularity
from limelight.recommend.ratings import RatingScale
from limelight.recommend.splits import leave_one_out

METRICS = ("hr", "ndcg", "mrr", "coverage", "novelty", "popularity_lift")


def train(
    model: Model,
    interactions: Interactions,
    registry: Registry,
    *,
    name: str = "default",
    users: pl.DataFrame | None = None,
    scale: RatingScale | None = None,
    progress: Progress = silent,
) -> int:
    """Validate a configuration, fit it on everything, publish it, and return its version.

    The validation is leave-one-out: each user's last title but one is asked for, of a sibling
    that was fitted on what came before. Where there are too few events for that the card has no
    metrics, and a LimelightWarning says so. ``users`` and ``scale`` are those of :func:`publish`,
    which is also how it fails.
    """
    registry.folder(name)  # a name that can't be is refused before the work, not after
    metrics = _validate(model, interactions, progress)
    if isinstance(model, ColdStart):
        model.fit_to(interactions, users, progress)
    else:
        model.fit(interactions, progress)
    return publish(
        model,
        interactions,
        registry,
        name=name,
        metrics=metrics,
        users=users,
        scale=scale,
        progress=progress,
    )


def publish(
    model: Model,
    interactions: Interactions,
    registry: Registry,
    *,
    name: str = "default",
    metrics: Mapping[str, Any],
    users: pl.DataFrame | None = None,
    scale: RatingScale | None = None,
    progress: Progress = silent,
) -> int:
    """Publish a fitted model with all that serving needs beside it, and return its version.

    That is popularity for strangers; what is learned of people's attributes, where ``users`` (of
    user_id and attributes) have any that tell of titles, which costs one more fit of the model;
    and in the card's data the attributes' names, and the ``scale`` by which ratings were judged,
    for serving to judge them by. Raises as ``Registry.publish`` does.
    """
    data = describe_data(interactions)
    newcomers = None
    if isinstance(model, ColdStart):
        known: Newcomers | None = model.newcomers
    else:
        known = newcomers = _newcomers(model, interactions, users, progress)
    if known is not None and known.prior.columns:
        data["attributes"] = sorted(set(known.prior.attributes.names))
    if scale is not None:
        data["rating_scale"] = asdict(scale)
    return registry.publish(
        model,
        interactions.item_ids,
        name=name,
        fallback=Popularity().fit(interactions),
        newcomers=newcomers,
        data=data,
        metrics=metrics,
    )


def _newcomers(
    model: Model, interactions: Interactions, users: pl.DataFrame | None, progress: Progress
) -> Newcomers | None:
    """Learn what attributes say beside a model; None where there are none or they say nothing."""
    if users is None or not users["attributes"].is_not_null().any():
        return None
    listener = labelled("attributes", progress)
    try:
        if not AttributePrior().fit_to(interactions, users, listener).lifts.any():
            warn(
                "the users' attributes tell nothing of what they meet, so they are not used",
                LimelightWarning,
                4,
            )
            return None
        return Newcomers().fit_to(model, interactions, users, listener)
    except BadInputError as error:
        warn(f"the users' attributes are not used: {error}", LimelightWarning, 4)
        return None


def _validate(model: Model, interactions: Interactions, progress: Progress) -> dict[str, Any]:
    try:
        split = leave_one_out(interactions, "validation")
    except BadInputError as error:
        warn(f"the model was not validated: {error}", LimelightWarning, 3)
        return {}
    sibling = model.sibling(split.train, progress)
    return evaluate(sibling, split, 10, metrics=METRICS, progress=progress).to_dict()
