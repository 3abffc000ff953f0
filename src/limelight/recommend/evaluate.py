"""How good a model is: its lists against held-out answers, with intervals and a paired test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.recommend import metrics as of
from limelight.recommend.models.base import Model
from limelight.recommend.resampling import bootstrap_interval, randomisation_test
from limelight.recommend.splits import Split, check_no_leak
from limelight.recommend.topk import top_k

SCORES_AT_ONCE = 2**23
"""Scores held at a time (32 MiB): enough rows for a fast matrix product, little enough memory."""

Values = NDArray[np.float64]
Metrics = dict[str, tuple[str, int]]


@dataclass(frozen=True, eq=False)
class _Context:
    """What lists are held against, besides the answers."""

    split: Split
    n_items: int
    popularity: Values
    categories: NDArray[np.floating[Any]]


_ACCURACY: dict[str, Callable[[of.Hits], Values]] = {
    "hr": of.hit_rate,
    "ndcg": of.ndcg,
    "mrr": of.reciprocal_rank,
    "map": of.average_precision,
    "precision": of.precision,
    "recall": of.recall,
    "capped_recall": of.capped_recall,
    "f1": of.f1,
    "accuracy": of.accuracy,
}
_OF_A_LIST: dict[str, Callable[[NDArray[np.int32], _Context], Values]] = {
    "novelty": lambda ranked, c: of.novelty(ranked, c.popularity, c.split.train.n_users),
    "popularity": lambda ranked, c: of.mean_popularity(ranked, c.popularity),
    "diversity": lambda ranked, c: of.diversity(ranked, c.categories),
    "calibration": lambda ranked, c: of.calibration(ranked, c.split.histories, c.categories),
}
_OF_ALL_LISTS: dict[str, Callable[[NDArray[np.int32], _Context], float]] = {
    "coverage": lambda ranked, c: of.coverage(ranked, c.n_items),
    "gini": lambda ranked, c: of.gini(ranked, c.n_items),
    "popularity_lift": lambda ranked, c: of.popularity_lift(
        ranked, c.split.histories, c.popularity
    ),
}
_NEED_CATEGORIES = ("diversity", "calibration")
_ALL = [*_ACCURACY, *_OF_A_LIST, *_OF_ALL_LISTS]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What one model reached on one split.

    per_user  a row a tested user: ``user_id`` and a column a metric, null where it has no value
    overall   the metrics that only all lists together have: coverage, gini, popularity_lift
    """

    model: str
    split: str
    per_user: pl.DataFrame
    overall: dict[str, float]

    @cached_property
    def summary(self) -> pl.DataFrame:
        """A row a metric: ``metric``, ``value`` (mean over users), ``low`` and ``high``.

        Those two are its 95 % bootstrap interval over the users (seeded), null for overall metrics.
        """
        names = self.per_user.columns[1:]
        values = _matrix(self.per_user, names)
        low, high = bootstrap_interval(values)
        nothing = np.full(len(self.overall), np.nan)
        table = {
            "metric": [*names, *self.overall],
            "value": [*_means(values), *self.overall.values()],
            "low": np.concatenate([low, nothing]),
            "high": np.concatenate([high, nothing]),
        }
        return pl.DataFrame(table).fill_nan(None)

    def __getitem__(self, metric: str) -> float:
        """Give the value of one metric, such as ``"ndcg@10"``."""
        if metric in self.overall:
            return self.overall[metric]
        if metric not in self.per_user.columns[1:]:
            known = [*self.per_user.columns[1:], *self.overall]
            raise BadInputError(f"there is no metric {metric!r} in this evaluation, only {known}")
        return float(_means(_matrix(self.per_user, [metric]))[0])

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the single users, ready for JSON; a missing value is None."""
        return {
            "model": self.model,
            "split": self.split,
            "users": self.per_user.height,
            "metrics": {row.pop("metric"): row for row in self.summary.to_dicts()},
        }


def evaluate(
    model: Model,
    split: Split,
    k: int = 10,
    *,
    metrics: Sequence[str] | None = None,
    categories: NDArray[np.floating[Any]] | None = None,
    progress: Progress = silent,
) -> Evaluation:
    """Rank the catalogue for every history of the split, seen titles left out, and judge the lists.

    ``model`` was fitted on ``split.train``. ``metrics`` are names like ``"ndcg"`` (at ``k``) or
    ``"ndcg@100"``; all by default. ``categories``, float (n_items, n_categories) as from
    ``metrics.category_shares``, is what diversity and calibration need. Accuracy breaks ties
    against the answers; the other metrics judge the lists that would be shown, where ties go to the
    lower index. Raises BadInputError when the split leaks, a name is unknown or a score is NaN.
    """
    if k < 1:
        raise BadInputError(f"a list of k = {k} titles can't be judged; k must be 1 or more")
    categories = _checked(categories, split.train.n_items)
    chosen = _parse(_default(categories) if metrics is None else metrics, k)
    if categories.shape[1] == 0 and any(name in _NEED_CATEGORIES for name, _ in chosen.values()):
        raise BadInputError(f"{' and '.join(_NEED_CATEGORIES)} need the titles' categories")
    check_no_leak(split)
    hits, ranked = _rank(model, split, max(cut for _, cut in chosen.values()), progress)
    n_items = split.train.n_items if split.new_items is None else int(split.new_items.sum())
    popularity = of.popularity_of(split.train.histories)
    context = _Context(split, n_items, popularity, categories)
    columns: dict[str, Values] = {}
    overall: dict[str, float] = {}
    for label, (name, cut) in chosen.items():
        if name in _ACCURACY:
            columns[label] = _ACCURACY[name](hits.at(cut))
        elif name in _OF_A_LIST:
            columns[label] = _OF_A_LIST[name](ranked[:, :cut], context)
        else:
            overall[label] = _OF_ALL_LISTS[name](ranked[:, :cut], context)
    users = pl.DataFrame({"user_id": split.user_ids})
    per_user = users.hstack(pl.DataFrame(columns).fill_nan(None)) if columns else users
    return Evaluation(model.name, split.name, per_user, overall)


def compare(a: Evaluation, b: Evaluation) -> pl.DataFrame:
    """Test whether two models differ on the users they were both tested on.

    Returns a row a common metric: ``metric``, the means ``a`` and ``b``, ``difference`` (b - a),
    its 95 % bootstrap interval ``low`` to ``high`` over users, and ``p_value`` of a paired
    randomisation test. Of twenty equal metrics one falls below .05 by chance. Raises BadInputError
    where the evaluations are of different splits.
    """
    if a.split != b.split or not a.per_user["user_id"].equals(b.per_user["user_id"]):
        raise BadInputError(
            f"only evaluations on the same users can be compared, not {a.model} on {a.split} "
            f"({a.per_user.height:,} users) with {b.model} on {b.split} ({b.per_user.height:,})"
        )
    names = [name for name in a.per_user.columns[1:] if name in b.per_user.columns]
    if not names:
        raise BadInputError("the two evaluations have no metric of single users in common")
    of_a, of_b = _matrix(a.per_user, names), _matrix(b.per_user, names)
    both = ~(np.isnan(of_a) | np.isnan(of_b))
    of_a, of_b = np.where(both, of_a, np.nan), np.where(both, of_b, np.nan)
    low, high = bootstrap_interval(of_b - of_a)
    table = pl.DataFrame(
        {
            "metric": names,
            "a": _means(of_a),
            "b": _means(of_b),
            "difference": _means(of_b - of_a),
            "low": low,
            "high": high,
            "p_value": randomisation_test(of_b - of_a),
        }
    )
    return table.fill_nan(None)


def _rank(
    model: Model, split: Split, k: int, progress: Progress
) -> tuple[of.Hits, NDArray[np.int32]]:
    """Score the histories in batches, and find where the answers stand and what lists show."""
    n_users = len(split.histories)
    ranked = np.full((n_users, k), -1, np.int32)
    hits = of.Hits(np.zeros((n_users, k), np.bool_), np.zeros(n_users, np.int64))
    step = max(1, SCORES_AT_ONCE // split.train.n_items)
    for start in range(0, n_users, step):
        progress(start, n_users, "evaluating")
        rows = slice(start, start + step)
        histories = split.histories[rows]
        scores = model.score(histories)
        if split.new_items is not None:
            scores = np.where(split.new_items, scores, np.float32(-np.inf))
        batch = of.hits_by_score(scores, split.answers[rows], k, seen=histories)
        hits.found[rows], hits.n_relevant[rows] = batch.found, batch.n_relevant
        items, _ = top_k(scores, k, exclude=histories)
        ranked[rows, : items.shape[1]] = items
    progress(n_users, n_users, "evaluating")
    return hits, ranked


def _default(categories: NDArray[np.floating[Any]]) -> list[str]:
    """All metrics that can be computed."""
    return [name for name in _ALL if categories.shape[1] or name not in _NEED_CATEGORIES]


def _parse(metrics: Sequence[str], k: int) -> Metrics:
    """Turn ``"ndcg"`` and ``"ndcg@100"`` into label -> (name, cut)."""
    chosen: Metrics = {}
    for metric in metrics:
        name, _, cut = metric.partition("@")
        # Only the first title decides accuracy, whatever the length of the list.
        cut = "1" if name == "accuracy" else cut or str(k)
        if name not in _ALL or not cut.isdecimal() or int(cut) < 1:
            raise BadInputError(
                f"there is no metric {metric!r}; there are {', '.join(_ALL)}, each at k or as "
                f"'{_ALL[0]}@20'"
            )
        chosen[f"{name}@{int(cut)}"] = (name, int(cut))
    if not chosen:
        raise BadInputError("there is no metric to compute")
    return chosen


def _checked(
    categories: NDArray[np.floating[Any]] | None, n_items: int
) -> NDArray[np.floating[Any]]:
    """Check the shape and the values; without categories there are zero columns."""
    if categories is None:
        return np.zeros((n_items, 0))
    if categories.ndim != 2 or len(categories) != n_items:
        raise BadInputError(f"categories of shape {categories.shape} don't fit {n_items:,} titles")
    if not (np.isfinite(categories).all() and (categories >= 0).all()):
        raise BadInputError("categories must be shares of zero or more")
    return categories


def _matrix(per_user: pl.DataFrame, names: list[str]) -> Values:
    """Give columns as float64 (n_users, n_names), NaN where there is no value."""
    values = per_user.select(pl.col(names).cast(pl.Float64).fill_null(float("nan"))).to_numpy()
    return np.asarray(values, np.float64).reshape(per_user.height, len(names))


def _means(values: Values) -> Values:
    """Mean of each column over its existing values, NaN where there are none."""
    known = ~np.isnan(values)
    means = np.full(values.shape[1], np.nan)
    totals, counts = np.where(known, values, 0).sum(axis=0), known.sum(axis=0)
    np.divide(totals, counts, out=means, where=counts > 0)
    return means
