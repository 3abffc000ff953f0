"""Next-item data, read from the data folder: two public preparations, and one with times."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import polars as pl

from limelight.recommend.interactions import Interactions

FOLDER = Path(
    os.environ.get("LIMELIGHT_DATA", Path(__file__).parents[2] / "shared" / "data")
).resolve()
FILES = {
    "MovieLens-1M": FOLDER / "movielens-1m" / "sasrec.txt.gz",
    "Amazon Beauty": FOLDER / "amazon-beauty" / "sequences.txt.gz",
}
TIMED = "MovieLens-1M, users 1 to 2,999"
"""Those of MovieLens-1M whose ratings are at hand with their times."""


def read(name: str) -> Interactions:
    """Read lines "user item" or "user item item ..." in time order; users of three or more."""
    if name == TIMED:
        return _timed()
    users: list[str] = []
    items: list[str] = []
    with gzip.open(FILES[name], "rt", encoding="utf-8") as lines:
        for line in lines:
            user, *met = line.split()
            users += [user] * len(met)
            items += met
    events = pl.DataFrame({"user_id": users, "item_id": items})
    return Interactions.from_frame(events.filter(pl.len().over("user_id") >= 3))


def _timed() -> Interactions:
    path = FOLDER / "movielens-1m" / "ratings_users1-2999.dat.gz"
    fields = pl.col("line").str.split_exact("::", 3).struct
    lines = pl.read_csv(path, has_header=False, separator="\t", new_columns=["line"])
    events = lines.select(
        fields.field("field_0").alias("user_id"),
        fields.field("field_1").alias("item_id"),
        (fields.field("field_3").cast(pl.Int64) * 1_000_000).alias("time"),
    )
    return Interactions.from_frame(events)
