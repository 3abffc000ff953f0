"""What each re-ranker costs in NDCG@10 and what it buys, on MovieLens-1M, leave-one-out.

    python benchmarks/reranking.py

The next-item model gives 100 candidates a user; every setting builds lists of ten from the same
candidates. Dates are the years in the titles.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from documents import machine, plotting, put, save, table
from sequences import FOLDER, read

from limelight.recommend import metrics
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import NextItem
from limelight.recommend.rerank import (
    Calibration,
    Candidates,
    Cap,
    Diversity,
    Freshness,
    LessPopular,
    Pin,
    Plan,
    Reranker,
)
from limelight.recommend.splits import Split, leave_one_out
from limelight.recommend.titles import Titles

K, POOL, ONE_BY_ONE = 10, 100, 500
STRENGTHS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
KNOBS: dict[str, tuple[type[Any], str]] = {
    "diversity": (Diversity, "diversity"),
    "calibration": (Calibration, "calibration"),
    "less popular": (LessPopular, "popularity lift"),
    "freshness": (Freshness, "newness"),
}


def titles_of(data: Interactions) -> Titles:
    year = pl.col("title").str.extract(r"\((\d{4})\)$").str.to_date("%Y")
    items = pl.read_csv(
        FOLDER / "movielens-1m" / "items.csv", schema_overrides={"sas_item": pl.String}
    )
    return Titles(
        data.item_ids,
        items.select(
            pl.col("sas_item").alias("item_id"),
            "title",
            pl.col("genres").str.split("|").alias("categories"),
            year.alias("released"),
        ),
    )


def candidates_of(split: Split, titles: Titles) -> Candidates:
    model = NextItem().fit(split.train)
    items, scores = model.top(split.histories, POOL, exclude=split.histories)
    counts = metrics.popularity_of(split.train.histories) * split.train.n_users
    return Candidates(items, scores, split.histories, titles, counts)


def settings() -> Iterator[tuple[str, list[Reranker]]]:
    yield "none", []
    for name, (kind, _) in KNOBS.items():
        for strength in STRENGTHS:
            yield f"{name} {strength:g}", [kind(strength)]
    yield "all four at .05", [kind(0.05) for kind, _ in KNOBS.values()]
    yield "at most 3 of one genre", [Cap("category", 3)]


def judged(lists: np.ndarray, split: Split, titles: Titles) -> dict[str, float]:
    """Judge the lists; a cap may leave one short."""
    popularity = metrics.popularity_of(split.train.histories)
    shares = titles.facts.category_shares
    found = lists == split.answers.items[:, None]
    newness = np.where(lists >= 0, np.nan_to_num(titles.facts.newness)[lists], np.nan)
    return {
        "HR@10": float(found.any(axis=1).mean()),
        "NDCG@10": float((found / np.log2(np.arange(2, K + 2))).sum(axis=1).mean()),
        "diversity": float(np.nanmean(metrics.diversity(lists, shares))),
        "calibration": float(np.nanmean(metrics.calibration(lists, split.histories, shares))),
        "popularity lift": metrics.popularity_lift(lists, split.histories, popularity),
        "coverage": metrics.coverage(lists, split.train.n_items),
        "novelty": float(np.nanmean(metrics.novelty(lists, popularity, split.train.n_users))),
        "newness": float(np.nanmean(newness)),
    }


def milliseconds(plan: Plan, candidates: Candidates) -> float:
    """Time single users' lists, one after the other, and give the median."""
    rows = np.random.default_rng(0).choice(len(candidates.items), ONE_BY_ONE, replace=False)
    taken = []
    for row in rows:
        one = slice(int(row), int(row) + 1)
        alone = Candidates(
            candidates.items[one],
            candidates.scores[one],
            candidates.histories[one],
            candidates.titles,
            candidates.popularity,
        )
        start = time.perf_counter()
        plan.build(alone, K)
        taken.append(1000 * (time.perf_counter() - start))
    return float(np.median(taken))


def plot(rows: list[dict[str, Any]]) -> str:
    plt = plotting()
    figure, panels = plt.subplots(2, 2, figsize=(9, 7), sharey=True)
    none = rows[0]
    for axes, (name, (_, bought)) in zip(panels.flat, KNOBS.items(), strict=True):
        line = [none, *(row for row in rows if row["re-ranker"].startswith(f"{name} "))]
        places = [(row[bought], row["NDCG@10"]) for row in line]
        axes.plot(*zip(*places, strict=True), "o-", color="#6d4aff", markersize=4)
        for place, strength in zip(places[2:], STRENGTHS[1:], strict=True):
            axes.annotate(f"{strength:g}", place, (4, 5), textcoords="offset points", fontsize=8)
        axes.axhline(none["NDCG@10"], color="#b8b8c4", linewidth=0.8, zorder=0)
        better = "less is better" if bought in ("calibration", "popularity lift") else "more is"
        axes.set(title=name, xlabel=f"{bought} ({better})" if better[0] == "l" else bought)
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(x=0.12)
        if better[0] == "l":
            axes.invert_xaxis()
    for axes in panels[:, 0]:
        axes.set(ylabel="NDCG@10")
    panels[0, 0].set_ylim(0, 1.15 * none["NDCG@10"])
    figure.suptitle("What a knob buys, to the right, and what it costs, downwards")
    return save(figure, "reranking")


def main() -> None:
    data = read("MovieLens-1M")
    titles, split = titles_of(data), leave_one_out(data, "test")
    candidates = candidates_of(split, titles)
    rows = []
    for name, rerankers in settings():
        plan = Plan(rerankers, titles)
        lists, _ = plan.build(candidates, K)
        rows.append(
            {
                "re-ranker": name,
                **judged(lists, split, titles),
                "one user ms": milliseconds(plan, candidates),
            }
        )
        print(rows[-1])
    everything = [*(kind(0.05) for kind, _ in KNOBS.values()), Cap("category", 8), Pin("1", 3)]
    whole = milliseconds(Plan(everything, titles), candidates)
    path = plot(rows)
    put(
        "re-ranking",
        "\n\n".join(
            [
                f"![NDCG@10 against what is bought]({path})",
                table(rows),
                f"All four knobs, a cap and a pin together take {whole:.2f} ms for one user's "
                f"{POOL} candidates.",
                f"Measured on {machine('numpy', 'scipy', 'numba')}.",
            ]
        ),
    )


if __name__ == "__main__":
    main()
