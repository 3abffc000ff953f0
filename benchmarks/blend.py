"""The learned blend beside its parts: the next title, and in time at several moments.

    python benchmarks/blend.py [--section NAME ...] [--also PART ...] [--results FOLDER]

``--also`` adds parts to the next-title blends, such as ``self-attention``; ``--results`` keeps
fitted parts, and a network's checkpoints, for the next run. There every part is fitted on what
trains; the validation item decides the weights; the test item is looked at once a row. "Fitted
again" keeps the weights and fits the parts on the validation items, too, as ``limelight train``
does. In time, parts and weights come from what lies before the moment alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from documents import machine, put, table
from protocols import CACHE, latest_small
from sequences import TIMED, read

from limelight import fetch
from limelight.recommend.evaluate import evaluate
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import Blend, Model, load_model
from limelight.recommend.models.configure import configure
from limelight.recommend.resampling import bootstrap_interval, randomisation_test
from limelight.recommend.splits import Split, in_time, leave_one_out
from limelight.recommend.workplace import Workplace, working_at

PARTS = {
    "MovieLens-1M": (*Blend().parts, "als"),
    "Amazon Beauty": ("transitions", "item-knn", "sequence-knn", "als", "popularity"),
}
MOMENTS = (0.7, 0.8, 0.9)
WEEK = "popularity:window_days=7"
RECENT = (WEEK, "popularity:window_days=30", "popularity", "item-knn")
EASE_UP_TO = 5_000  # titles; EASE is dense and is solved nine times here


def next_title(name: str, also: list[str], results: Path) -> str:
    data = read(name)
    validation, test = leave_one_out(data, "validation"), leave_one_out(data, "test")
    fitted = {}
    rows = []
    for part in (*PARTS[name], *also):
        print(f"{name}: {part}", file=sys.stderr)
        fitted[part] = _fitted(part, validation.train, results / f"{name}-{part}".replace(" ", "-"))
        rows.append({"model": part, **_reached(fitted[part], test)})
    whole = Blend.of(fitted, validation.histories, validation.answers)
    rows.append({"model": "blend of all", **_reached(whole, test)})
    again = replace(whole)
    again.weights = whole.weights
    again.fitted = [
        _fitted(part, test.train, results / f"{name}-{part}-again".replace(" ", "-"))
        for part in whole.parts
    ]
    rows.append({"model": "**blend of all, fitted again**", **_reached(again, test)})
    for left_out in fitted:
        some = {part: model for part, model in fitted.items() if part != left_out}
        blend = Blend.of(some, validation.histories, validation.answers)
        rows.append({"model": f"blend without {left_out}", **_reached(blend, test)})
    return f"{table(rows)}\n\n{_weights(whole)}\n\n{_measured()}"


def _fitted(part: str, train: Interactions, kept: Path) -> Model:
    if kept.exists():
        return load_model(kept)
    with working_at(Workplace(checkpoints=kept.parent / "checkpoints")):
        model = configure(part).fit(train, _tell)
    kept.mkdir(parents=True)
    model.save(kept)
    return model


def _tell(done: float, total: float | None, message: str) -> None:
    if done == int(done) and total:
        print(f"  {done:.0f}/{total:.0f} {message}", file=sys.stderr)


def _reached(model: Any, split: Split) -> dict[str, float]:
    found = evaluate(model, split, 10, metrics=["hr", "ndcg"])
    print(f"  {found['ndcg@10']:.4f}", file=sys.stderr)
    return {"HR@10": found["hr@10"], "NDCG@10": found["ndcg@10"]}


def _weights(blend: Blend) -> str:
    rows = [
        {"part": part, "standardised": float(linear), "its logarithm": float(logarithm)}
        for part, (linear, logarithm) in zip(blend.parts, blend.weights, strict=True)
    ]
    return f"Learned weights; parts of no weight are left out:\n\n{table(rows)}"


def through_time(title: str, data: Interactions) -> str:
    """Pool the people tested after each moment; intervals and tests draw people, not tests."""
    parts = (*RECENT, "ease") if data.n_items <= EASE_UP_TO else RECENT
    models: dict[str, Callable[[], Any]] = {
        described: lambda described=described: configure(described) for described in parts
    }
    models["**blend**"] = lambda: Blend(parts, "last-stretch")
    users: list[np.ndarray] = []
    values: dict[str, list[np.ndarray]] = {name: [] for name in models}
    rows: dict[str, dict[str, Any]] = {name: {"model": name} for name in models}
    for moment in MOMENTS:
        split = in_time(data, moment)
        users.append(split.user_ids.to_numpy())
        for name, make in models.items():
            found = evaluate(make().fit(split.train), split, 10, metrics=["ndcg"])
            rows[name][f"at {moment} ({len(split.histories)} users)"] = found["ndcg@10"]
            values[name].append(found.per_user["ndcg@10"].to_numpy())
            print(f"{title} {moment} {name} {found['ndcg@10']:.4f}", file=sys.stderr)
    # One row a person: whoever is tested after two moments is still one draw.
    person = np.unique(np.concatenate(users), return_inverse=True)[1]
    base = np.concatenate(values[WEEK])
    for name, row in rows.items():
        pooled = np.concatenate(values[name])
        gain = np.bincount(person, pooled - base) / np.bincount(person)
        low, high = bootstrap_interval(gain[:, None])
        row["all"] = float(pooled.mean())
        row["ahead of 7 days, a person"] = f"{gain.mean():+.4f} ({low[0]:+.4f} to {high[0]:+.4f})"
        row["p"] = f"{randomisation_test(gain[:, None])[0]:.4f}"
    ordered = sorted(rows.values(), key=lambda row: -row["all"])
    people = f"{person.max() + 1} people, {len(base)} tests."
    return f"NDCG@10. {people}\n\n{table(ordered)}\n\n{_measured()}"


IN_TIME: dict[str, Callable[[], Interactions]] = {
    "in time, MovieLens-latest-small": latest_small,
    "in time, MovieLens-100k": lambda: Interactions.from_frame(
        fetch("movielens-100k", CACHE).events()
    ),
    f"in time, {TIMED}": lambda: read(TIMED),
}


def _measured() -> str:
    return f"Measured on {machine('numpy', 'scipy', 'numba')}."


def main() -> None:
    sections = [*PARTS, *IN_TIME]
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--section", choices=sections, action="append")
    arguments.add_argument("--also", metavar="PART", nargs="+", default=[])
    arguments.add_argument("--results", type=Path)
    given = arguments.parse_args()
    results = given.results or Path(tempfile.mkdtemp())
    for section in given.section or sections:
        if section in IN_TIME:
            text = through_time(section, IN_TIME[section]())
        else:
            text = next_title(section, given.also, results)
        put(f"blend, {section}", text)


if __name__ == "__main__":
    main()
