"""The demo's findings in words and tables, ready for the report."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from limelight.datasets import Dataset
from limelight.home import Home
from limelight.operate.card import Card
from limelight.operate.report import HEADLINE, ReportData
from limelight.recommend.evaluate import Evaluation, compare
from limelight.recommend.recommender import Recommender

N_WATCHED, N_RECOMMENDED, N_SIMILAR = 14, 5, 5


@dataclass(frozen=True)
class DemoRun:
    """What the demo did: the data, every model's evaluation, and the best one, ready to ask."""

    home: Path
    store: str | None
    begun: datetime
    dataset: Dataset
    judged: Mapping[str, Evaluation]
    best: str
    card: Card
    events: pl.DataFrame
    users: pl.DataFrame
    recommender: Recommender


def describe_run(run: DemoRun) -> ReportData:
    """Put a run into words and tables. The example is the user of the newest event."""
    user_id = run.events.sort("time", "user_id", descending=[True, False])["user_id"][0]
    recommended = run.recommender.recommend(user_id, N_RECOMMENDED)
    details = run.recommender.titles.table.select(
        "item_id", pl.col("categories").list.join(", ").fill_null("").alias("detail")
    )
    first = recommended["item_id"][0]
    return ReportData(
        title=f"What {run.users.height:,} people watch next",
        summary=_summary(run),
        dataset={
            "Name": run.dataset.name,
            "What": run.dataset.summary,
            "Source": run.dataset.source,
            "Fetched from": run.dataset.origin,
            "Licence": run.dataset.licence,
        },
        counts=_counts(run),
        protocol=(
            f"Leave-one-out: {run.judged[run.best].per_user.height:,} people are each asked about "
            "once. Their last two films are hidden while the models learn; then everything but the "
            "last one is shown, and each model ranks all films that the person has not seen. The "
            "last film should stand near the top."
        ),
        quality=pl.concat(
            evaluation.summary.select(pl.lit(label).alias("model"), pl.all())
            for label, evaluation in run.judged.items()
        ),
        against_best=_against_best(run),
        person=_person(run, user_id),
        watched=_watched(run, user_id),
        recommended=recommended.join(details, on="item_id", how="left", maintain_order="left"),
        similar={
            title: run.recommender.similar(item_id, N_SIMILAR)
            for item_id, title in recommended.head(3).select("item_id", "title").iter_rows()
        },
        made=_made(run),
        commands=[
            f"limelight {command}{_where(run)}"
            for command in (
                "demo",
                f"recommend {user_id} -n {N_RECOMMENDED}",
                f"explain {user_id} {first}",
                f"similar {first} -n {N_SIMILAR}",
            )
        ],
    )


def _summary(run: DemoRun) -> str:
    best, plain = (round(run.judged[label]["hr@10"] * 100) for label in (run.best, "Popularity"))
    return (
        f"Of {len(run.judged)} ways to guess the next film, {run.best} is right most often: for "
        f"{best} in 100 people, the film that they went on to is among its first ten titles. "
        f"Showing everybody the same popular films manages {plain}."
    )


def _counts(run: DemoRun) -> dict[str, str]:
    n_users, n_items = run.users.height, len(run.recommender.titles)
    time = pl.col("time")
    first, last, days = run.events.select(
        time.min().dt.strftime("%b %Y").alias("first"),
        time.max().dt.strftime("%b %Y").alias("last"),
        (time.max() - time.min()).dt.total_days().alias("days"),
    ).row(0)
    return {
        "people": f"{n_users:,}",
        "films": f"{n_items:,}",
        "ratings": f"{run.events.height:,}",
        "of all pairs known": f"{run.events.height / (n_users * n_items) * 100:.1f} %",
        f"{first} to {last}": f"{days:,} days",
    }


def _against_best(run: DemoRun) -> pl.DataFrame:
    """Test the best model against each other one, the closest rival first."""
    rivals = sorted(run.judged, key=lambda label: -run.judged[label][HEADLINE])
    tests = [
        compare(run.judged[rival], run.judged[run.best])
        .filter(pl.col("metric") == HEADLINE)
        .select(pl.lit(rival).alias("model"), "difference", "low", "high", "p_value")
        for rival in rivals
        if rival != run.best
    ]
    return pl.concat(tests)


def _person(run: DemoRun, user_id: str) -> str:
    told = run.users.filter(pl.col("user_id") == user_id)["attributes"].item()
    known = json.loads(told or "{}")
    about = ", ".join(str(known[name]) for name in ("age", "occupation") if name in known)
    n = run.events.filter(pl.col("user_id") == user_id).height
    return (
        f"User {user_id}{f' ({about})' if about else ''} was the last one here, and has rated "
        f"{n:,} films. The titles below come from {run.best}, fitted on all ratings; a share "
        "says how much of what speaks for a title comes from one film watched."
    )


def _watched(run: DemoRun, user_id: str) -> pl.DataFrame:
    titles = run.recommender.titles.table
    detail = pl.concat_str(
        pl.format("rated {}", pl.col("value").cast(pl.Int32)),
        pl.col("categories").list.join(", "),
        separator=" · ",
        ignore_nulls=True,
    )
    return (
        run.events.filter(pl.col("user_id") == user_id)
        .reverse()
        .head(N_WATCHED)
        .join(titles, on="item_id", how="left", maintain_order="left")
        .select("title", detail.alias("detail"))
    )


def _made(run: DemoRun) -> dict[str, str]:
    took = (datetime.now(UTC) - run.begun).total_seconds()
    versions = ", ".join(f"{name} {number}" for name, number in run.card.versions.items())
    return {
        "When": f"{run.begun:%Y-%m-%d %H:%M} UTC, in {took:.0f} s",
        "Versions": versions,
        "Machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "Seed": "0 for every model that draws numbers, for the intervals and for the tests",
        "Model": f"{run.best}: {json.dumps(run.card.config)}",
    }


def _where(run: DemoRun) -> str:
    """Give the options that say where the demo's state is, if that is not where it usually is."""
    home = "" if run.home == Home.find().folder else f' --home "{run.home}"'
    return home if run.store is None else f'{home} --store "{run.store}"'
