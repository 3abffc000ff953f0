"""Titles that nobody met: what features make of them, beside random, genres and plain content.

    python benchmarks/new_titles.py

MovieLens-1M with plots, casts, directors, writers, genres, years and age ratings. A random tenth of
the titles leaves training with all its events, and everybody who had some is asked to find theirs
among the titles held out. Every model learns from training alone, its settings too.
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import polars as pl
from documents import machine, put, table
from sequences import FOLDER, read

from limelight.progress import Progress
from limelight.recommend.evaluate import Evaluation, compare, evaluate
from limelight.recommend.features import Features
from limelight.recommend.interactions import Histories
from limelight.recommend.metrics import category_shares
from limelight.recommend.models import Model
from limelight.recommend.models.new_titles import NewTitles
from limelight.recommend.splits import new_titles

METRICS = ["recall@50", "ndcg@10"]
PLAIN = "plain content similarity: TF-IDF of plot and genres"
WHOLE = "the same with title, cast, directors and writers"


def films() -> pl.DataFrame:
    """Read what is known of the titles, as a catalogue's table."""
    folder = FOLDER / "movielens-1m"
    with gzip.open(folder / "plots.dat.gz", "rt", encoding="utf-8", errors="replace") as lines:
        told = {row[0]: row for row in (line.rstrip("\n").split("::") for line in lines)}
    rows = []
    for film in pl.read_csv(folder / "items.csv", infer_schema=False).iter_rows(named=True):
        _, _, _, rated, _, _, directors, writers, cast, plot, _ = told.get(
            film["movie_id"], [""] * 11
        )
        title, _, year = film["title"].rpartition(" (")
        people = {"directors": directors, "writers": writers, "cast": cast}
        attributes = {name: _names(text) for name, text in people.items()} | {"rated": rated}
        rows.append(
            {
                "item_id": film["sas_item"],
                "title": title,
                "released": f"{year.rstrip(')')}-01-01",
                "categories": film["genres"].split("|"),
                "text": plot,
                "attributes": json.dumps(attributes),
            }
        )
    return pl.DataFrame(rows).with_columns(pl.col("released").str.to_date(strict=False))


def _names(text: str) -> list[str]:
    """Take "A. Writer (novel), B. Writer" apart; somebody may be named for two things."""
    names = (name.partition(" (")[0].strip() for name in text.split(", "))
    return sorted({name for name in names if name not in ("", "N/A")})


@dataclass
class Likened(Model):
    """Score by products with the history's titles; contents are the titles' vectors."""

    name: ClassVar[str] = "likened"
    contents: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    worth: np.ndarray = field(default_factory=lambda: np.ones(1))

    @property
    def n_items(self) -> int:
        return len(self.contents)

    def _fit(self, histories: Histories, progress: Progress) -> None: ...

    def _score(self, histories: Histories) -> np.ndarray:
        met = histories.matrix(binary=True) @ self.contents
        return ((met * self.worth) @ self.contents.T).astype(np.float32)


@dataclass
class Fixed(Likened):
    """Score a title by one number, whoever asks; random ones are drawn for each history."""

    name: ClassVar[str] = "fixed"

    def _score(self, histories: Histories) -> np.ndarray:
        if self.worth.any():
            return np.tile(self.worth.astype(np.float32), (len(histories), 1))
        shape = (len(histories), self.n_items)
        seed = int(histories.items[:1].sum()) + len(histories)
        return np.random.default_rng(seed).random(shape, dtype=np.float32)


def plain(items: pl.DataFrame, ids: pl.Series, columns: list[pl.Expr]) -> np.ndarray:
    texts = items.select("item_id", text=pl.concat_str(columns, separator=" ", ignore_nulls=True))
    return Features.from_items(texts, ids).groups["text"].toarray()


def baselines(items: pl.DataFrame, ids: pl.Series, train: Histories) -> dict[str, Model]:
    ordered = pl.DataFrame({"item_id": ids}).join(
        items, on="item_id", how="left", maintain_order="left"
    )
    popularity = np.bincount(train.items, minlength=len(ids)).astype(np.float64)
    genres = (category_shares(ordered["categories"]) > 0).astype(np.float64)
    of_genre = genres.T @ popularity / np.maximum((genres.T * (popularity > 0)).sum(axis=1), 1)
    mean = genres @ of_genre / np.maximum(genres.sum(axis=1), 1)
    words = [pl.col("text"), pl.col("categories").list.join(" ").str.replace_all("[-']", "")]
    # A name is one word, so that two who share a first name are not alike.
    people = [
        pl.col("attributes")
        .str.json_path_match(f"$.{name}")
        .str.replace_all(r"[^\p{L},]", "")
        .str.replace_all(",", " ")
        for name in ("cast", "directors", "writers")
    ]
    return {
        "random": Fixed(genres, np.zeros(1)),
        "popularity of its genres": Fixed(genres, mean),
        "popularity of its genres that the history has": Likened(genres, of_genre),
        PLAIN: Likened(plain(items, ids, words)),
        WHOLE: Likened(plain(items, ids, [*words, pl.col("title"), *people])),
    }


CONTENDERS = {
    "**new-titles**, base next-item, taste ease (the default)": NewTitles(),
    "**new-titles**, base ease": NewTitles("ease"),
    "**new-titles**, base transitions, taste ease": NewTitles("transitions"),
    "**new-titles**, base als": NewTitles("als", "als"),
    "**new-titles**, base next-item, no taste": NewTitles("next-item", "next-item"),
    "**new-titles**, base transitions, no taste": NewTitles("transitions", "transitions"),
}


def main() -> None:
    data, items = read("MovieLens-1M"), films()
    data = replace(data, features=Features.from_items(items, data.item_ids))
    split = new_titles(data)
    judged: dict[str, Evaluation] = {}
    among_all: dict[str, float] = {}
    for name, model in baselines(items, data.item_ids, split.train.histories).items():
        judged[name] = evaluate(model, split, metrics=METRICS)
    for name, model in CONTENDERS.items():
        print(name, file=sys.stderr)
        judged[name] = evaluate(model.fit(split.train), split, metrics=METRICS)
        everything = evaluate(model, replace(split, new_items=None), metrics=["recall@50"])
        among_all[name] = everything["recall@50"]
        print(*(judged[name][metric] for metric in METRICS), among_all[name], file=sys.stderr)
        document(judged, among_all, len(split.histories), int(split.new_items.sum()))


def document(
    judged: dict[str, Evaluation], among_all: dict[str, float], n_users: int, n_new: int
) -> None:
    """Write what is known so far."""
    reference = judged[PLAIN]["recall@50"]
    rows = []
    for name, found in judged.items():
        summary = {row["metric"]: row for row in found.summary.rows(named=True)}
        low, high = (summary["recall@50"][bound] for bound in ("low", "high"))
        rows.append(
            {
                "who ranks": name,
                "Recall@50": found["recall@50"],
                "95 %": f"{low:.4f} to {high:.4f}",
                "times plain content": f"{found['recall@50'] / reference:.2f}",
                "NDCG@10": found["ndcg@10"],
                "Recall@50 among all titles": among_all.get(name),
            }
        )
    best = next(iter(among_all))
    against = compare(judged[PLAIN], judged[best]).filter(pl.col("metric") == "recall@50")
    text = (
        f"{n_users:,} users, {n_new:,} new titles. The paired test of the default against plain "
        f"content similarity: p = {against['p_value'][0]:.3f}.\n\n{table(rows)}\n\n"
        f"Measured on {machine('numpy', 'scipy', 'numba')}."
    )
    put("new titles", text)


if __name__ == "__main__":
    main()
