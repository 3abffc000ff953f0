"""The model that fits the data: a few that it can afford are tried, and the best is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from warnings import warn

import numpy as np
import polars as pl

from limelight.errors import BadInputError, LimelightWarning
from limelight.operate.registry import Registry
from limelight.operate.training import publish
from limelight.operate.trials import standings
from limelight.progress import Progress, labelled, silent
from limelight.recommend.evaluate import Evaluation, evaluate
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import Blend, Model
from limelight.recommend.models.configure import configure
from limelight.recommend.ratings import RatingScale
from limelight.recommend.splits import Split, leave_one_out

METRIC = "ndcg@10"
METRICS = ("hr", "ndcg", "mrr")
MOST_TESTED = 5_000
CHANCE = 0.05
UNTESTED = "item-knn"

BUDGET_SECONDS = 900.0
FLOPS = 5e10  # two cores, in matrix products
SCAN = 2e-9  # seconds for one history to pass one event of sequence-knn, on two cores
NETWORK = 1e-3  # seconds of training an event
FEWEST_FOR_A_NETWORK = 300_000


@dataclass(frozen=True)
class _Size:
    items: int
    events: int
    tested: int
    timed: bool


CANDIDATES: dict[str, Callable[[_Size], float | None]] = {
    "popularity": lambda size: 0,
    "popularity:window_days=7": lambda size: 0 if size.timed else None,
    "item-knn": lambda size: 0,
    "transitions": lambda size: 0,
    "sequence-knn": lambda size: SCAN * size.events * size.tested,
    "ease": lambda size: 7 / 3 * size.items**3 / FLOPS,
    "next-item": lambda size: 27 * size.items**3 / FLOPS,
    "self-attention": lambda size: (
        NETWORK * size.events
        if find_spec("torch") and size.events >= FEWEST_FOR_A_NETWORK
        else None
    ),
}
"""Models by the seconds that trying them takes; None where they make no sense for the data."""


@dataclass(frozen=True, eq=False)
class Choice:
    """What was tried, and what was kept of it.

    model       the best, not fitted on everything yet
    reason      why it is that one
    standings   a row a model that was tried, as ``trials.standings`` gives them; None untested
    left_out    models that the data could not afford -> why
    evaluation  that of the best, None untested
    """

    model: Model
    reason: str
    standings: pl.DataFrame | None
    left_out: dict[str, str]
    evaluation: Evaluation | None


def choose(interactions: Interactions, progress: Progress = silent) -> Choice:
    """Try what the data can afford, and a blend of all that, on the validation title.

    Everybody's last title but one is asked for (of at most MOST_TESTED people) of models that were
    fitted on what came before. The blend's weights are learned on one half of the people and
    judged on the other, and the other way round. It costs more at every request than one model, so
    it is kept only where it is ahead of the best one by more than chance. Where there is too
    little to test, ``item-knn`` is kept untested, with a LimelightWarning.
    """
    try:
        split = _at_most(leave_one_out(interactions, "validation"), MOST_TESTED)
    except BadInputError as error:
        warn(f"nothing was compared: {error}", LimelightWarning, 3)
        reason = f"{UNTESTED}, untested: {error}"
        return Choice(configure(UNTESTED), reason, None, {}, None)
    fitted, judged, left_out = _try(split, progress)
    blend, of_blend = _blend(fitted, split, progress)
    table = standings([*judged, of_blend], METRIC)
    single = max(judged, key=lambda one: one[METRIC])
    ahead = standings([single, of_blend], METRIC).row(1, named=True)
    wins = of_blend[METRIC] > single[METRIC] and ahead["p_value"] < CHANCE
    best = of_blend if wins else single
    reason = f"{best.model}: {METRIC} {best[METRIC]:.4f} on the validation title, "
    if wins:
        weighty = ", ".join(blend.parts)
        reason += f"{ahead['behind']:.4f} ahead of {single.model} alone (p {ahead['p_value']:.4f})"
        reason += f"; it blends {weighty}"
    else:
        reason += f"the best of {len(judged)}; the blend of all reached {of_blend[METRIC]:.4f}"
        reason += ", which is not ahead by more than chance"
    chosen = blend if wins else configure(single.model)
    return Choice(chosen, reason, table, left_out, best)


def train_best(
    interactions: Interactions,
    registry: Registry,
    *,
    name: str = "default",
    users: pl.DataFrame | None = None,
    scale: RatingScale | None = None,
    progress: Progress = silent,
) -> tuple[int, Choice]:
    """Choose a model, fit it on everything, publish it, and return its version and the choice.

    The card's metrics carry the reason and the standings. ``users`` and ``scale`` are those of
    ``training.publish``, which is also how it fails.
    """
    registry.folder(name)  # a name that can't be is refused before the work, not after
    choice = choose(interactions, progress)
    if isinstance(choice.model, Blend):
        choice.model.refit(interactions, progress)
    else:
        choice.model.fit(interactions, progress)
    metrics: dict[str, Any] = {} if choice.evaluation is None else choice.evaluation.to_dict()
    metrics["chosen"] = {
        "reason": choice.reason,
        "standings": [] if choice.standings is None else choice.standings.to_dicts(),
        "left_out": choice.left_out,
    }
    version = publish(
        choice.model,
        interactions,
        registry,
        name=name,
        metrics=metrics,
        users=users,
        scale=scale,
        progress=progress,
    )
    return version, choice


def _at_most(split: Split, most: int) -> Split:
    """Ask fewer people, the same each time."""
    n = len(split.histories)
    if n <= most:
        return split
    rows = np.sort(np.random.default_rng(0).choice(n, most, replace=False))
    return Split(
        split.name, split.train, split.user_ids[rows], split.histories[rows], split.answers[rows]
    )


def _try(
    split: Split, progress: Progress
) -> tuple[dict[str, Model], list[Evaluation], dict[str, str]]:
    """Fit and judge the candidates that the data can afford; say of the others why not."""
    train = split.train.histories
    size = _Size(train.n_items, len(train.items), len(split.histories), train.times is not None)
    fitted: dict[str, Model] = {}
    judged: list[Evaluation] = []
    left_out: dict[str, str] = {}
    for described, cost in CANDIDATES.items():
        seconds = cost(size)
        if seconds is None:
            continue
        if seconds > BUDGET_SECONDS:
            left_out[described] = f"it would take about {seconds / 60:,.0f} minutes"
            continue
        listener = labelled(described, progress)
        try:
            model = configure(described).fit(split.train, listener)
        except BadInputError as error:
            left_out[described] = str(error)
            continue
        fitted[described] = model
        judged.append(_judge(model, split, described, listener))
    return fitted, judged, left_out


def _judge(model: Model, split: Split, described: str, progress: Progress) -> Evaluation:
    found = evaluate(model, split, 10, metrics=METRICS, progress=progress)
    return Evaluation(described, found.split, found.per_user, found.overall)


def _blend(fitted: dict[str, Model], split: Split, progress: Progress) -> tuple[Blend, Evaluation]:
    """Blend the fitted models; judge blends of either half of the people on the other half."""
    listener = labelled("blend", progress)
    halves = [np.arange(start, len(split.histories), 2) for start in range(2)]
    frames = []
    for learned, tested in (halves, halves[::-1]):
        blend = Blend.of(fitted, split.histories[learned], split.answers[learned])
        part = Split(
            split.name,
            split.train,
            split.user_ids[tested],
            split.histories[tested],
            split.answers[tested],
        )
        frames.append(_judge(blend, part, "blend", listener).per_user)
    order = pl.DataFrame({"user_id": split.user_ids})
    both = order.join(pl.concat(frames), on="user_id", how="left", maintain_order="left")
    blend = Blend.of(fitted, split.histories, split.answers)
    return blend, Evaluation("blend", split.name, both, {})
