"""The two public preparations of next-item data, read from the data folder."""

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


def read(name: str) -> Interactions:
    """Read lines "user item" or "user item item ..." in time order; users of three or more."""
    users: list[str] = []
    items: list[str] = []
    with gzip.open(FILES[name], "rt", encoding="utf-8") as lines:
        for line in lines:
            user, *met = line.split()
            users += [user] * len(met)
            items += met
    events = pl.DataFrame({"user_id": users, "item_id": items})
    return Interactions.from_frame(events.filter(pl.len().over("user_id") >= 3))
