"""The main job on real data: fetch, import, train, evaluate, publish, recommend, report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.catalog import Store, import_frame, open_store
from limelight.datasets import Dataset, fetch
from limelight.errors import BadInputError, CorruptError, NotFoundError
from limelight.home import Home
from limelight.operate.card import Card, describe_data
from limelight.operate.demo_report import DemoRun, describe_run
from limelight.operate.evaluations import Evaluations, evaluation_key
from limelight.operate.registry import Registry
from limelight.operate.report import HEADLINE, ReportData
from limelight.operate.serving import categories_of, read_interactions
from limelight.operate.training import publish
from limelight.progress import Progress, labelled, silent
from limelight.recommend.evaluate import Evaluation, evaluate
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import ALS, EASE, MLP, ItemKNN, Model, NextItem, Popularity
from limelight.recommend.recommender import Recommender
from limelight.recommend.splits import leave_one_out

DATASET = "movielens-100k"
# The one that needs PyTorch goes first, so that its absence is not discovered at the end.
MODELS: dict[str, Model] = {
    "MLP": MLP(),
    "Popularity": Popularity(),
    "Popularity, last 7 days": Popularity(window_days=7),
    "Item kNN": ItemKNN(),
    "EASE": EASE(),
    "ALS": ALS(),
    "Next item": NextItem(),
}


def make_demo(
    home: Home, progress: Progress = silent, *, store_url: str | None = None
) -> ReportData:
    """Do the main job with MovieLens-100k in a home, and give everything that there is to show.

    ``store_url`` is another store than the home's own. What an earlier run judged and published
    from the same data, with the same settings and the same code, is used again. Raises
    BadInputError where the store holds somebody's own data, and MissingExtraError without PyTorch.
    """
    begun = datetime.now(UTC)
    dataset = fetch(DATASET, home.make().datasets, progress)
    with open_store(store_url or home.store_url) as store:
        _import(dataset, store, progress)
        interactions = read_interactions(store)
        categories = categories_of(interactions, store)
        items, users, events = store.items(), store.users(), store.events()
    data = describe_data(interactions)
    judged = _judge(interactions, categories, data["sha256"], home, progress)
    best = max(judged, key=lambda label: judged[label][HEADLINE])
    model, card = _publish(best, judged[best], interactions, data, home, progress)
    progress(0, None, "recommending")
    run = DemoRun(
        home=home.folder,
        store=None if store_url is None else store.place,
        begun=begun,
        dataset=dataset,
        judged=judged,
        best=best,
        card=card,
        events=events,
        users=users,
        recommender=Recommender(
            model, interactions.item_ids, items=items, interactions=interactions
        ),
    )
    return describe_run(run)


def _import(dataset: Dataset, store: Store, progress: Progress) -> None:
    """Bring the data set into the store, unless it is there."""
    counts, items = store.counts(), dataset.items()
    ours = set(store.items()["item_id"]) == set(items["item_id"])
    if any(counts.values()) and not ours:
        raise BadInputError(
            f"{store.place} holds data of your own, with which the demo would mix its own; "
            "give it another folder with --home, or another --store"
        )
    if not counts["events"]:
        import_frame(store, "items", items, progress=progress)
        import_frame(store, "users", dataset.users(), progress=progress)
        import_frame(store, "events", dataset.events(), progress=progress)


def _judge(
    interactions: Interactions,
    categories: NDArray[np.float32],
    data_sha256: str,
    home: Home,
    progress: Progress,
) -> dict[str, Evaluation]:
    """Train and judge every model, or find what an earlier run found."""
    kept = Evaluations(home.folder / "demo")
    split = leave_one_out(interactions)
    judged = {}
    for label, model in MODELS.items():
        key = evaluation_key(model, data_sha256, split.name)
        evaluation = kept.find(key)
        if evaluation is None:
            listener = labelled(label, progress)
            fitted = model.fit(split.train, listener)
            evaluation = evaluate(fitted, split, 10, categories=categories, progress=listener)
            kept.keep(key, evaluation)
        judged[label] = evaluation
    return judged


def _publish(
    label: str,
    evaluation: Evaluation,
    interactions: Interactions,
    data: Mapping[str, Any],
    home: Home,
    progress: Progress,
) -> tuple[Model, Card]:
    """Give the best model, fitted on everything, and its card: the published one if it is that."""
    registry, model = Registry(home.models), MODELS[label]
    metrics = {
        "evaluation": evaluation_key(model, data["sha256"], evaluation.split),
        **evaluation.to_dict(),
    }
    try:
        if registry.card().metrics.get("evaluation") == metrics["evaluation"]:
            published, _, card = registry.load()
            return published, card
    except (NotFoundError, CorruptError):
        pass
    model.fit(interactions, labelled(label, progress))
    publish(model, interactions, registry, metrics=metrics)
    return model, registry.card()
