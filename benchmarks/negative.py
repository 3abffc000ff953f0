"""Does it help to know what people disliked? Ratings judged by their users' own measure.

    python benchmarks/negative.py

MovieLens-latest-small, and the first 2,999 users of MovieLens-1M; films of five ratings or more.
Each user's first 80 % of ratings are the history and train everything; the rest are the answers.
Lists of ten are judged by the first film liked later (a rating of 4 or more) and by all of them,
and by how many of the ten were later disliked (a standard deviation below the user's mean). Films
of the history are not ranked, whatever was thought of them.
"""

from __future__ import annotations

import gzip
import io
import sys
from typing import Any

import numpy as np
import polars as pl
from documents import machine, put, table
from numpy.typing import NDArray
from sequences import FOLDER

from limelight.recommend.interactions import Histories, Interactions, align
from limelight.recommend.metrics import dislike_rate, hits_in_lists, ndcg
from limelight.recommend.models import EASE, Model, NextItem, Popularity
from limelight.recommend.models.rocchio import Rocchio
from limelight.recommend.ratings import INDIFFERENT, RatingScale
from limelight.recommend.resampling import bootstrap_interval, randomisation_test
from limelight.recommend.topk import top_k

LIKED = 4.0
TAKEN_AWAY = {
    "ease": "rocchio, dislikes taken away",
    "next-item": "rocchio on next-item, dislikes taken away",
}
MEASURES = ("NDCG@10, next liked", "NDCG@10, all liked", "disliked in the top 10")


def latest_small() -> pl.DataFrame:
    table = pl.read_csv(FOLDER / "movielens-latest-small" / "ratings.csv")
    table.columns = ["user_id", "item_id", "value", "time"]
    return table


def first_of_million() -> pl.DataFrame:
    packed = FOLDER / "movielens-1m" / "ratings_users1-2999.dat.gz"
    text = gzip.decompress(packed.read_bytes()).replace(b"::", b"\t")
    names = ["user_id", "item_id", "value", "time"]
    return pl.read_csv(io.BytesIO(text), separator="\t", has_header=False, new_columns=names)


def prepared(events: pl.DataFrame) -> pl.DataFrame:
    """Mark each rating as history or answer."""
    place = pl.int_range(pl.len()).over("user_id")
    return (
        events.filter(pl.len().over("item_id") >= 5)
        .with_columns(pl.col("value").cast(pl.Float64), kind=pl.lit("rating"))
        .sort("user_id", "time", maintain_order=True)
        .with_columns(shown=place < 0.8 * pl.len().over("user_id"))
    )


def rows(events: pl.DataFrame, like: Interactions) -> Histories:
    """Give one history a user of ``like``, in its indices; a user without events has none."""
    asked = Interactions.from_frame(events, item_ids=like.item_ids, kind_weights=INDIFFERENT)
    found = align(asked, like.item_ids).histories
    users = events["user_id"].unique().sort().cast(pl.String)
    place = np.searchsorted(like.user_ids.cast(pl.Int64), users.cast(pl.Int64))
    lengths = np.zeros(like.n_users, np.int64)
    lengths[place] = found.lengths
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Histories(offsets, found.items, found.weights, found.n_items)


def judge(
    model: Model, known: Interactions, later: Histories, liked: Histories
) -> NDArray[np.float64]:
    """Give the measures of each user, (n_users, 3); NaN where there is nothing to measure."""
    lists = np.full((known.n_users, 10), -1, np.int32)
    for start in range(0, known.n_users, 1000):
        rows = slice(start, start + 1000)
        shown = known.histories[rows]
        lists[rows] = top_k(model.score(shown), 10, shown)[0]
    first = np.zeros(len(liked.items), np.bool_)
    first[liked.offsets[:-1][liked.lengths > 0]] = True
    some = np.where(liked.lengths > 0, 1.0, np.nan)
    return np.column_stack(
        [
            some * ndcg(hits_in_lists(lists, liked.where(first))),
            some * ndcg(hits_in_lists(lists, liked)),
            10 * dislike_rate(lists, later),
        ]
    )


def measure(title: str, ratings: pl.DataFrame) -> str:
    events = prepared(ratings)
    scale = RatingScale.of(events.filter("shown"))
    all_items = events["item_id"].unique().cast(pl.String)

    def known(history: pl.DataFrame) -> Interactions:
        return Interactions.from_frame(history, item_ids=all_items, kind_weights=INDIFFERENT)

    history = events.filter("shown").drop("time")
    as_ratings = known(history)
    # A threshold needs no measure of one's own: 2 and below against the title, 4 and up for it.
    by_stars = history.with_columns(
        kind=pl.when(pl.col("value") >= LIKED)
        .then(pl.lit("rating"))
        .when(pl.col("value") <= 2)
        .then(pl.lit("dislike"))
        .otherwise(pl.lit("indifferent"))
    )
    judged = scale.judge(history)
    without_lows = judged.with_columns(
        kind=pl.when(pl.col("kind") == "indifferent")
        .then(pl.lit("rating"))
        .otherwise(pl.col("kind"))
    )
    answers = events.filter(~pl.col("shown")).drop("time")
    later = rows(scale.judge(answers), as_ratings)
    liked = rows(answers.filter(pl.col("value") >= LIKED), as_ratings)
    contenders: dict[str, tuple[Model, Interactions]] = {
        "popularity, every rating for its title": (Popularity(), as_ratings),
        "ease, every rating for its title": (EASE(200), as_ratings),
        "ease, dislikes left out": (EASE(200), known(without_lows)),
        "ease, only what was liked": (EASE(200), known(judged)),
        "ease, only 4 stars and more": (EASE(200), known(by_stars)),
        "rocchio, dislikes taken away": (Rocchio("ease:regularization=200"), known(judged)),
        "rocchio, 2 stars and less taken away": (
            Rocchio("ease:regularization=200"),
            known(by_stars),
        ),
        "next-item, only what was liked": (NextItem(), known(judged)),
        "rocchio on next-item, dislikes taken away": (Rocchio("next-item"), known(judged)),
    }
    shown, found, verdicts = [], {}, []
    for name, (model, interactions) in contenders.items():
        print(f"{title}: {name}", file=sys.stderr)
        values = found[name] = judge(model.fit(interactions), interactions, later, liked)
        low, high = bootstrap_interval(values)
        row: dict[str, Any] = {"model": name}
        for place, measured in enumerate(MEASURES):
            mean = float(np.nanmean(values[:, place]))
            row[measured] = f"{mean:.4f} ({low[place]:.4f} to {high[place]:.4f})"
        row["weight"] = f"{float(model.weight[0]):.2f}" if isinstance(model, Rocchio) else ""
        shown.append(row)
    for base, taken_away in TAKEN_AWAY.items():
        difference = found[taken_away] - found[f"{base}, only what was liked"]
        p_values, change = randomisation_test(difference), np.nanmean(difference, axis=0)
        changes = "; ".join(
            f"{measured} {change[place]:+.4f} (p {p_values[place]:.3f})"
            for place, measured in enumerate(MEASURES)
        )
        verdicts.append(f"from {base}, {changes}")
    summary = "Taking dislikes away against leaving them out, over the same users: "
    summary += ". And ".join(verdicts) + "."
    return f"### {title}\n\n{as_ratings.n_users:,} users. {summary}\n\n{table(shown)}"


def main() -> None:
    parts = [
        measure("MovieLens-latest-small", latest_small()),
        measure("MovieLens-1M, users 1 to 2,999", first_of_million()),
        f"Brackets: 95 % bootstrap intervals. Measured on {machine('numpy', 'scipy', 'numba')}.",
    ]
    put("negative", "\n\n".join(parts))


if __name__ == "__main__":
    main()
