"""Several models on one protocol: fitted, judged and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.errors import NotFoundError
from limelight.progress import Progress, silent
from limelight.recommend.evaluate import Evaluation, compare, evaluate
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import Model
from limelight.recommend.splits import Split, in_time, leave_one_out, new_titles, new_users

PROTOCOLS: dict[str, Callable[[Interactions], Split]] = {
    "leave-one-out": leave_one_out,
    "new-users": new_users,
    "in-time": in_time,
    "new-titles": new_titles,
}


def split_by(protocol: str, interactions: Interactions) -> Split:
    """Split by a protocol's name. Raises NotFoundError for an unknown one."""
    if protocol not in PROTOCOLS:
        raise NotFoundError(f"there is no protocol {protocol!r}; there are {', '.join(PROTOCOLS)}")
    return PROTOCOLS[protocol](interactions)


def try_models(
    models: Sequence[Model],
    split: Split,
    k: int = 10,
    *,
    metrics: Sequence[str] | None = None,
    categories: NDArray[np.floating] | None = None,
    progress: Progress = silent,
) -> list[Evaluation]:
    """Fit each model on the split's training part and judge it; in the models' order.

    ``metrics`` and ``categories`` are those of ``evaluate``.
    """
    return [
        evaluate(
            model.fit(split.train, progress),
            split,
            k,
            metrics=metrics,
            categories=categories,
            progress=progress,
        )
        for model in models
    ]


def standings(evaluations: Sequence[Evaluation], metric: str) -> pl.DataFrame:
    """Order evaluations of one split by ``metric``, and hold each against the best.

    Returns a row a model: model, a column a metric, ``low`` and ``high`` (the 95 % interval of
    ``metric``), ``behind`` (its mean lack to the best model) and the paired test's ``p_value``,
    null for the best.
    """
    ranked = sorted(evaluations, key=lambda evaluation: -evaluation[metric])
    rows = []
    for evaluation in ranked:
        values = dict(evaluation.summary.select("metric", "value").iter_rows())
        interval = evaluation.summary.row(by_predicate=pl.col("metric") == metric, named=True)
        row = {
            "model": evaluation.model,
            **values,
            "low": interval["low"],
            "high": interval["high"],
        }
        if evaluation is not ranked[0]:
            paired = compare(evaluation, ranked[0])
            against = paired.row(by_predicate=pl.col("metric") == metric, named=True)
            row |= {"behind": against["difference"], "p_value": against["p_value"]}
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)
