"""Every model on the other protocols: new users and in time, with more than accuracy.

    python benchmarks/protocols.py

MovieLens-1M has no times in its next-item preparation, so "in time" uses MovieLens-latest-small and
MovieLens-100k. New titles and the blend have benchmarks of their own. Nothing is tuned.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from documents import machine, put, table
from sequences import FOLDER, read

from limelight import fetch
from limelight.operate.trials import standings, try_models
from limelight.recommend.interactions import Interactions
from limelight.recommend.metrics import category_shares
from limelight.recommend.models import MODELS, Model, Popularity
from limelight.recommend.splits import Split, in_time, new_users

CACHE = Path(os.environ.get("LIMELIGHT_HOME", Path.home() / ".cache" / "limelight")) / "datasets"
COMPARED = ("popularity", "item-knn", "ease", "transitions", "next-item", "als", "sequence-knn")
BEYOND = ["coverage", "novelty", "diversity", "calibration", "popularity_lift", "gini"]


def models(with_times: bool) -> list[Model]:
    recent = [Popularity(window_days=7)] if with_times else []
    return [*recent, *(MODELS[name]() for name in COMPARED)]


def genres(file: str, items: pl.Series) -> np.ndarray:
    """Read the genres of each item from a CSV file whose first column is the id."""
    frame = pl.read_csv(FOLDER / file, infer_schema=False)
    named = pl.col("genres").str.split("|").alias("categories")
    return shares(frame.select(pl.col(frame.columns[0]).alias("item_id"), named), items)


def shares(named: pl.DataFrame, items: pl.Series) -> np.ndarray:
    """Give each item's shares of its categories, in the order of ``items``."""
    ordered = pl.DataFrame({"item_id": items})
    joined = ordered.join(named, on="item_id", how="left", maintain_order="left")
    return category_shares(joined["categories"])


def latest_small() -> Interactions:
    path = FOLDER / "movielens-latest-small" / "ratings.csv"
    events = pl.read_csv(path).rename({"userId": "user_id", "movieId": "item_id"})
    time = (pl.col("timestamp") * 1_000_000).alias("time")
    return Interactions.from_frame(events.select("user_id", "item_id", time))


def run(title: str, split: Split, names: list[str], categories: np.ndarray) -> str:
    wanted = [*names, *(f"{name}@10" for name in BEYOND)]
    tried = models(split.train.histories.times is not None)
    pairs = []
    for model in tried:
        print(f"{title}: {model.name}", file=sys.stderr)
        [evaluation] = try_models([model], split, 10, metrics=wanted, categories=categories)
        pairs.append((_label(model), evaluation))
    pairs.sort(key=lambda pair: -pair[1][names[-1]])
    measured = standings([evaluation for _, evaluation in pairs], names[-1]).rows(named=True)
    rows: list[dict[str, Any]] = [
        {
            "model": label,
            **{name: row[name] for name in names},
            "95 %": f"{row['low']:.4f} to {row['high']:.4f}",
            "p against the best": "" if row["p_value"] is None else f"{row['p_value']:.3f}",
            **{name: row[f"{name}@10"] for name in BEYOND},
        }
        for (label, _), row in zip(pairs, measured, strict=True)
    ]
    return f"### {title}\n\n{len(split.histories):,} users tested.\n\n{table(rows)}"


def _label(model: Model) -> str:
    return "popularity of 7 days" if getattr(model, "window_days", None) else model.name


def main() -> None:
    million = read("MovieLens-1M")
    small = latest_small()
    hundred = fetch("movielens-100k", CACHE)
    thousand = Interactions.from_frame(hundred.events())
    of_million = genres("movielens-1m/items.csv", million.item_ids)
    of_small = genres("movielens-latest-small/movies.csv", small.item_ids)
    of_thousand = shares(hundred.items().select("item_id", "categories"), thousand.item_ids)
    vae = ["capped_recall@20", "capped_recall@50", "ndcg@100"]
    parts = [
        run("New users, MovieLens-1M", new_users(million), vae, of_million),
        run("In time, MovieLens-latest-small", in_time(small), ["hr@10", "ndcg@10"], of_small),
        run("In time, MovieLens-100k", in_time(thousand), ["hr@10", "ndcg@10"], of_thousand),
        f"Measured on {machine('numpy', 'scipy', 'numba', 'torch')}.",
    ]
    put("protocols", "\n\n".join(parts))


if __name__ == "__main__":
    main()
