"""Why a title is recommended: what each title of the history adds to its score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.recommend.interactions import Histories
from limelight.recommend.models.base import Model
from limelight.recommend.titles import Titles

N_REASONS = 3
REASONS = pl.List(
    pl.Struct({"kind": pl.String, "item_id": pl.String, "title": pl.String, "share": pl.Float32})
)
BECAUSE = "because you watched "
POPULAR = {"kind": "popular", "item_id": None, "title": None, "share": None}


def contributions(
    model: Model, history: Histories, targets: NDArray[np.integer]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Sum what the events of one history add to the targets' scores, title by title.

    Returns the distinct titles of the history int32 (m,) and their parts float32 (m, n_targets).
    For an additive model each column sums to the target's score.
    """
    items, place = np.unique(history.items, return_inverse=True)
    parts = np.zeros((len(items), len(targets)), np.float32)
    np.add.at(parts, place, model.contributions(history, targets))
    return items, parts


def watched_reasons(
    model: Model, history: Histories, targets: NDArray[np.integer], titles: Titles
) -> pl.Series:
    """Name the titles of one history that speak most for each target, a REASONS series
    (n_targets,).

    ``share`` is a title's part of everything that speaks for the target, between 0 and 1.
    """
    items, parts = contributions(model, history, targets)
    ids, names = (titles.table[column][items] for column in ("item_id", "title"))
    reasons = []
    for part in parts.T:
        positive = np.maximum(part, 0)
        total = positive.sum(dtype=np.float64)
        best = np.argsort(-positive, kind="stable")[:N_REASONS]
        reasons.append(
            [
                {
                    "kind": "watched",
                    "item_id": ids[int(row)],
                    "title": names[int(row)],
                    "share": float(positive[row] / total),
                }
                for row in best
                if positive[row] > 0
            ]
        )
    return pl.Series("reasons", reasons, dtype=REASONS)


def popular_reasons(n: int) -> pl.Series:
    """Say of ``n`` titles that they are liked by everybody, a REASONS series (n,)."""
    return pl.Series("reasons", [[POPULAR]] * n, dtype=REASONS)


def describe(reasons: Iterable[Mapping[str, Any]]) -> str:
    """Put reasons into words: "because you watched Alien, 41 %; Aliens, 22 %"."""
    watched = [f"{r['title']}, {r['share'] * 100:.0f} %" for r in reasons if r["kind"] == "watched"]
    if watched:
        return BECAUSE + "; ".join(watched)
    return "popular with everybody" if any(r["kind"] == "popular" for r in reasons) else ""
