"""How good recommendations are for somebody of whom little is known: from zero events to ten.

    python benchmarks/new_users.py

MovieLens-1M; a random tenth of the users is held out, and everything learns from the rest.
Attributes are sex, age group and occupation. Each held-out user is shown with 0, 1, 2, 5 or 10
events and after three taps on screens; the others of their titles are the answers. The ten events
that are shown at most, and the titles tapped, are neither ranked nor answers at any stage, so that
all stages face the same question.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from documents import machine, plotting, put, save, table
from numpy.typing import NDArray
from sequences import FOLDER, read

from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.metrics import hits_by_score, ndcg, recall
from limelight.recommend.models import EASE, Newcomers, NextItem, Popularity
from limelight.recommend.onboarding import SCREENS, TITLES, Onboarding, Tap
from limelight.recommend.resampling import bootstrap_interval

STAGES = (0, 1, 2, 5, 10)
ORDERS = {
    "drawn at random": "any of a user's events",
    "first in time": "a user's first events, which tell what MovieLens listed first",
}
COLOURS = {
    "popularity": "#b8b8c4",
    "attributes alone": "#8a8a99",
    "ease": "#e0713c",
    "latent-classes": "#3c9ee0",
    "ease for newcomers": "#6d4aff",
    "next-item": "#b3541e",
    "next-item for newcomers": "#1b998b",
}

Values = NDArray[np.float64]


def users_of(interactions: Interactions) -> pl.DataFrame:
    """Read sex, age group and occupation of the preparation's users."""
    folder = FOLDER / "movielens-1m"
    numbers = pl.read_csv(
        folder / "sas_to_original_users.txt",
        separator=" ",
        has_header=False,
        new_columns=["user_id", "number"],
        infer_schema=False,
    )
    lines = (folder / "users.dat").read_text(encoding="utf-8").split()
    columns = ["number", "sex", "age_group", "occupation", "zip_code"]
    people = pl.DataFrame([line.split("::") for line in lines], schema=columns, orient="row")
    attributes = pl.struct("sex", "age_group", "occupation").struct.json_encode()
    known = numbers.join(people, on="number").select("user_id", attributes.alias("attributes"))
    ids = pl.DataFrame({"user_id": interactions.user_ids})
    return ids.join(known, on="user_id", how="left", maintain_order="left")


def at_random(histories: Histories) -> Histories:
    order = np.lexsort((np.random.default_rng(1).random(len(histories.items)), histories.owners))
    return Histories(
        histories.offsets, histories.items[order], histories.weights, histories.n_items
    )


Strategy = Callable[[list[Tap]], list[int]]


def tap_through(strategy: Strategy, met: Histories) -> list[list[Tap]]:
    """Answer the screens as held-out users would: any title shown that they met, else none."""
    rng = np.random.default_rng(0)
    known: dict[tuple[Tap, ...], list[int]] = {}
    answers = []
    for row in range(len(met)):
        titles = set(met.items[met.offsets[row] : met.offsets[row + 1]].tolist())
        taps: list[Tap] = []
        for _ in range(SCREENS):
            if tuple(taps) not in known:
                known[tuple(taps)] = strategy(taps)
            shown = known[tuple(taps)]
            liked = [item for item in shown if item in titles]
            taps.append(Tap(tuple(shown), int(rng.choice(liked)) if liked else None))
        answers.append(taps)
    return answers


def liked(answers: list[list[Tap]], n_items: int) -> Histories:
    lists = [[tap.liked for tap in taps if tap.liked is not None] for taps in answers]
    return Histories.from_lists(lists, n_items)


def judge(scores: Any, answers: Histories, seen: Histories) -> dict[str, Any]:
    hits = hits_by_score(np.asarray(scores, np.float32), answers, 20, seen=seen)
    values: Values = np.column_stack([ndcg(hits.at(10)), recall(hits)])
    low, high = bootstrap_interval(values)
    return {
        "NDCG@10": float(values[:, 0].mean()),
        "95 %": f"{low[0]:.3f} to {high[0]:.3f}",
        "Recall@20": float(values[:, 1].mean()),
    }


def main() -> None:
    everybody = read("MovieLens-1M")
    users = users_of(everybody)
    drawn = np.random.default_rng(0).permutation(everybody.n_users)
    out, rest = np.split(drawn, [everybody.n_users // 10])
    out, rest = np.sort(out), np.sort(rest)
    train = Interactions(everybody.user_ids[rest], everybody.item_ids, everybody.histories[rest])
    held_out, people = everybody.histories[out], users[out]
    print("learning", file=sys.stderr)
    popular, ease, next_item = (model.fit(train) for model in (Popularity(), EASE(), NextItem()))
    newcomers = Newcomers().fit_to(ease, train, users)
    beside_next_item = Newcomers().fit_to(next_item, train, users)
    classes = newcomers.classes
    nobody = Histories.from_lists([[]] * len(out), train.n_items)
    by_attributes = newcomers.score_people(people)

    def all_scores(shown: Histories) -> dict[str, Any]:
        return {
            "popularity": popular.score(shown),
            "attributes alone": by_attributes,
            "ease": ease.score(shown),
            "latent-classes": classes.score(shown),
            "ease for newcomers": newcomers.blend(ease.score(shown), shown, people),
            "next-item": next_item.score(shown),
            "next-item for newcomers": beside_next_item.blend(
                next_item.score(shown), shown, people
            ),
        }

    onboarding = Onboarding(classes)
    rng = np.random.default_rng(0)
    by_popularity = np.argsort(-popular.counts, kind="stable").tolist()
    strategies: dict[str, Strategy] = {
        "chosen by the answers so far": onboarding.screen,
        "the most popular titles": lambda taps: by_popularity[
            len(taps) * TITLES : (len(taps) + 1) * TITLES
        ],
        "well-known titles at random": lambda taps: rng.choice(
            onboarding.candidates, TITLES, replace=False
        ).tolist(),
    }
    tapped = {name: tap_through(ask, held_out) for name, ask in strategies.items()}
    histories = {name: liked(taps, train.n_items) for name, taps in tapped.items()}
    rows: list[dict[str, Any]] = []
    taps_rows: list[dict[str, Any]] = []
    for order in ORDERS:
        ordered = at_random(held_out) if order == "drawn at random" else held_out
        place = np.arange(len(ordered.items)) - ordered.offsets[ordered.owners]
        apart = ordered.where(place < max(STAGES)).matrix() + sum(
            history.matrix() for history in histories.values()
        )
        seen = Histories.from_lists(
            [row.indices.tolist() for row in apart],
            train.n_items,
        )
        barred = np.asarray(apart[ordered.owners, ordered.items]).ravel() > 0
        answers = ordered.where(~barred)
        tested = np.flatnonzero(answers.lengths)
        for stage in STAGES:
            for name, scores in all_scores(ordered.where(place < stage)).items():
                found = judge(scores[tested], answers[tested], seen[tested])
                rows.append({"events": order, "after": stage, "model": name, **found})
        if order == "drawn at random":
            taps_rows.append(
                {
                    "screens": "none",
                    "taps": 0.0,
                    **judge(
                        newcomers.blend(ease.score(nobody), nobody, people)[tested],
                        answers[tested],
                        seen[tested],
                    ),
                }
            )
            for name, history in histories.items():
                blended = newcomers.blend(ease.score(history), history, people)
                taps_rows.append(
                    {
                        "screens": name,
                        "taps": float(history.lengths.mean()),
                        **judge(blended[tested], answers[tested], seen[tested]),
                    }
                )
        print(f"judged events {order}", file=sys.stderr)
    path = plot(rows, taps_rows)
    parts = [f"![NDCG@10 by number of events]({path})"]
    for order, meaning in ORDERS.items():
        parts += [f"Events {order} ({meaning}), NDCG@10 / Recall@20:", table(_wide(rows, order))]
    parts += [
        f"Three screens of {TITLES} titles, then `ease for newcomers` with the titles tapped:",
        table(taps_rows),
        f"{len(out):,} users held out. Measured on {machine('numpy', 'scipy', 'numba')}.",
    ]
    put("new users", "\n\n".join(parts))


def _wide(rows: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    chosen = [row for row in rows if row["events"] == order]
    return [
        {
            "model": name,
            **{
                f"{row['after']} events": f"{row['NDCG@10']:.4f} / {row['Recall@20']:.4f}"
                for row in chosen
                if row["model"] == name
            },
        }
        for name in COLOURS
    ]


def plot(rows: list[dict[str, Any]], taps_rows: list[dict[str, Any]]) -> str:
    plt = plotting()
    figure, both = plt.subplots(1, 2, figsize=(11, 4.5), sharey=True)
    for axes, order in zip(both, ORDERS, strict=True):
        for name, colour in COLOURS.items():
            found = [row for row in rows if row["model"] == name and row["events"] == order]
            places = range(len(STAGES))
            axes.plot(places, [row["NDCG@10"] for row in found], "o-", color=colour, label=name)
        axes.set_xticks(range(len(STAGES)), [str(stage) for stage in STAGES])
        axes.set(xlabel=f"events known, {order}")
        axes.spines[["top", "right"]].set_visible(False)
    asked = taps_rows[1]
    both[0].axhline(asked["NDCG@10"], color="#6d4aff", linestyle=":")
    both[0].text(0, asked["NDCG@10"], "after three taps", color="#6d4aff", va="bottom")
    both[0].set(ylabel="NDCG@10 of the other titles")
    both[1].legend(frameon=False, fontsize=8)
    return save(figure, "new-users")


if __name__ == "__main__":
    main()
