"""Why a title is recommended: what each title of the history adds to its score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.recommend.askers import told
from limelight.recommend.interactions import Histories
from limelight.recommend.models.base import Model
from limelight.recommend.models.cold_start import ColdStart
from limelight.recommend.models.new_titles import Like, NewTitles
from limelight.recommend.models.popularity import Popularity
from limelight.recommend.titles import Titles

N_REASONS = 3
REASONS = pl.List(
    pl.Struct(
        {
            "kind": pl.String,
            "item_id": pl.String,
            "title": pl.String,
            "share": pl.Float32,
            "group": pl.String,
        }
    )
)
"""Why a title is recommended: kind "watched" (a title of the history, and its share of what speaks
for the recommended one), "like" (a title that a new one is like, and the group of features that
says so), "attributes" (the person's own, such as "sex=F", whose people meet it more than others do,
in ``group``) or "popular"."""
BECAUSE = "because you watched "
POPULAR = {"kind": "popular", "item_id": None, "title": None, "share": None, "group": None}
CALLED = {
    "text": "story",
    "title": "name",
    "categories": "genres",
    "released": "time",
    "parent": "series",
}
"""What a group of features is in a sentence, where its own name is not."""


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

    ``share`` is a title's part of everything that speaks for the target, between 0 and 1. A target
    that is new to the model is first likened to a title, one of the history where possible.
    """
    items, parts = contributions(model, history, targets)
    likes: list[Like | None] = [None] * len(targets)
    if isinstance(model, NewTitles):
        likes = model.likes(history, targets)
    ids, names = (titles.table[column][items] for column in ("item_id", "title"))
    reasons = []
    for part, like in zip(parts.T, likes, strict=True):
        positive = np.maximum(part, 0)
        total = positive.sum(dtype=np.float64)
        because = [] if like is None else [_alike(like, titles)]
        because += [
            {
                "kind": "watched",
                "item_id": ids[int(row)],
                "title": names[int(row)],
                "share": float(positive[row] / total),
                "group": None,
            }
            for row in np.argsort(-positive, kind="stable")[:N_REASONS]
            if positive[row] > 0
        ]
        reasons.append(because[:N_REASONS])
    return pl.Series("reasons", reasons, dtype=REASONS)


def _alike(like: Like, titles: Titles) -> dict[str, Any]:
    item_id, title = titles.table.select("item_id", "title").row(like.item)
    named = {"item_id": item_id, "title": title, "group": like.group}
    return {"kind": "like", "share": None, **named}


def reasons_for(
    model: Model, history: Histories, targets: NDArray[np.integer], titles: Titles
) -> pl.Series:
    """Say why a model that is good for one person gives them these titles, a REASONS series (n,).

    Titles of the history and attributes that speak for a title are named. Where neither does, a
    stranger's title is "popular", and so is every title of a popularity model.
    """
    stranger = not (history.weights > 0).any()
    reasons: list[list[dict[str, Any]]] = [[] for _ in targets]
    if not stranger and not isinstance(model, Popularity):
        reasons = watched_reasons(model, history, targets, titles).to_list()
    if isinstance(model, ColdStart) and told(model):
        speaking = model.newcomers.prior.speaking(model.about, targets)
        for because, values in zip(reasons, speaking, strict=True):
            nothing = {"item_id": None, "title": None, "share": None}
            named = values[:N_REASONS]
            because += [{"kind": "attributes", "group": value, **nothing} for value in named]
    if stranger or isinstance(model, Popularity):
        reasons = [because or [POPULAR] for because in reasons]
    return pl.Series("reasons", reasons, dtype=REASONS)


def _spoken(group: str) -> str:
    """Say an attribute's name as people would: "musical key" for musical_key."""
    return group.replace("_", " ")


def describe(reasons: Iterable[Mapping[str, Any]]) -> str:
    """Put reasons into words: "because you watched Alien, 41 %; Aliens, 22 %".

    Of a new title, "new, and like Alien in its story; because you watched Alien, 41 %".
    """
    reasons = list(reasons)
    said = [
        f"new, and like {r['title']} in its {CALLED.get(r['group'], _spoken(r['group']))}"
        for r in reasons
        if r["kind"] == "like"
    ]
    watched = [f"{r['title']}, {r['share'] * 100:.0f} %" for r in reasons if r["kind"] == "watched"]
    if watched:
        said.append(BECAUSE + "; ".join(watched))
    if values := [r["group"] for r in reasons if r["kind"] == "attributes"]:
        said.append(f"met more by people with {', '.join(values)}")
    if any(r["kind"] == "popular" for r in reasons):
        said.append("popular with everybody")
    return "; ".join(said)
