"""Next-item accuracy, leave-one-out, of every model beside its peers, with time and memory.

    python benchmarks/next_item.py [--data NAME] [--only NAME ...]

Each contender runs in a process of its own, so that its peak memory is its own. Where a contender
has several settings the validation item chooses; the test item is looked at once. ``make bench``
installs the peers (the ``bench`` extra) and runs it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from contenders import ENTRIES, Contender, Entry
from documents import machine, plotting, put, save, table
from sequences import FILES, FOLDER, read

from limelight.recommend import metrics
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.splits import Split, leave_one_out

K = 10
JUDGE = FOLDER.parent / "tools" / "judge_next_item.py"


def quality(contender: Contender, split: Split) -> tuple[dict[str, float], np.ndarray, float]:
    start = time.perf_counter()
    lists = contender.lists(split.histories, K)
    seconds = time.perf_counter() - start
    found = lists == split.answers.items[:, None]
    gains = found / np.log2(np.arange(2, K + 2))
    return {"hr": float(found.any(1).mean()), "ndcg": float(gains.sum(1).mean())}, lists, seconds


def one_user_milliseconds(contender: Contender, histories: Histories) -> tuple[float, float]:
    """Give the median and the 99th percentile of 200 calls, or of as many as 20 s allow."""
    rows = np.random.default_rng(0).choice(len(histories), 200)
    times: list[float] = []
    for row in rows:
        if sum(times) > 20_000:
            break
        one = histories[row : row + 1]
        start = time.perf_counter()
        contender.lists(one, K)
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times)), float(np.quantile(times, 0.99))


def judged(data: Interactions, split: Split, lists: np.ndarray, name: str) -> str:
    """Score the same lists by the independent judge."""
    rows, places = np.nonzero(lists >= 0)
    table = pl.DataFrame(
        {
            "user": split.user_ids.gather(rows),
            "item": data.item_ids.gather(lists[rows, places]),
            "rank": places + 1,
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rankings.csv"
        table.write_csv(path)
        command = [sys.executable, str(JUDGE), str(FILES[name]), str(path)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def warm_up(entry: Entry) -> None:
    """Compile and load what a first call compiles and loads, so that it is not timed."""
    random = np.random.default_rng(0)
    users, items = random.integers(0, 50, 2000), random.integers(0, 200, 2000)
    toy = Interactions.from_frame(pl.DataFrame({"user_id": users, "item_id": items}))
    _, contender = next(entry.contenders())
    contender.fit(toy)
    contender.lists(toy.histories, K)


def measure(entry_name: str, data_name: str) -> dict[str, Any]:
    warm_up(ENTRIES[entry_name])
    data = read(data_name)
    validation, test = leave_one_out(data, "validation"), leave_one_out(data, "test")
    best: tuple[float, dict[str, Any], Contender, float] | None = None
    for setting, contender in ENTRIES[entry_name].contenders():
        start = time.perf_counter()
        contender.fit(validation.train)
        seconds = time.perf_counter() - start
        reached = quality(contender, validation)[0]["ndcg"]
        print(f"  {entry_name} {setting} validation NDCG@10 {reached:.4f}", file=sys.stderr)
        if best is None or reached > best[0]:
            best = (reached, setting, contender, seconds)
    assert best is not None
    reached, setting, contender, seconds = best
    on_test, lists, all_seconds = quality(contender, test)
    median, p99 = one_user_milliseconds(contender, test.histories)
    return {
        "model": entry_name,
        "setting": setting,
        "validation": reached,
        **on_test,
        "coverage": metrics.coverage(lists, data.n_items),
        "judge": judged(data, test, lists, data_name),
        "fit_seconds": seconds,
        "users_per_second": len(test.histories) / all_seconds,
        "median_ms": median,
        "p99_ms": p99,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def rows_of(measured: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "model": ("**{}**" if ENTRIES[one["model"]].ours else "{}").format(one["model"]),
            "HR@10": one["hr"],
            "NDCG@10": one["ndcg"],
            "coverage": one["coverage"],
            "fit s": one["fit_seconds"],
            "users/s": round(one["users_per_second"]),
            "one user ms, median": one["median_ms"],
            "p99": one["p99_ms"],
            "peak GiB": one["peak_gib"],
            "setting": ", ".join(f"{key} {value}" for key, value in one["setting"].items()),
        }
        for one in sorted(measured, key=lambda one: -one["ndcg"])
    ]


def verdict(measured: list[dict[str, Any]]) -> str:
    """Compare our best with the peers' best, in quality and in speed."""
    ours = max((m for m in measured if ENTRIES[m["model"]].ours), key=lambda m: m["ndcg"])
    peers = [m for m in measured if not ENTRIES[m["model"]].ours]
    if not peers:
        return ""
    peer = max(peers, key=lambda m: m["ndcg"])
    return (
        f"{ours['model']} reaches {ours['ndcg'] / peer['ndcg']:.2f} times the NDCG@10 of the "
        f"peers' best ({peer['model']}); one user takes {ours['median_ms']:.2f} ms against "
        f"{peer['median_ms']:.2f} ms, everybody {ours['users_per_second']:,.0f} users/s against "
        f"{peer['users_per_second']:,.0f}."
    )


def plot(measured: list[dict[str, Any]], name: str) -> str:
    plt = plotting()
    shown = sorted(measured, key=lambda one: one["ndcg"])
    figure, axes = plt.subplots(figsize=(7, 0.4 * len(shown) + 1))
    colours = ["#6d4aff" if ENTRIES[one["model"]].ours else "#b8b8c4" for one in shown]
    axes.barh([one["model"] for one in shown], [one["ndcg"] for one in shown], color=colours)
    for place, one in enumerate(shown):
        axes.text(one["ndcg"], place, f" {one['ndcg']:.4f}", va="center", fontsize=9)
    axes.set(xlabel="NDCG@10", title=f"{name}, leave-one-out (violet: Limelight)")
    axes.spines[["top", "right"]].set_visible(False)
    return save(figure, f"next-item-{name.lower().replace(' ', '-')}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", choices=FILES, action="append")
    arguments.add_argument("--only", choices=ENTRIES, nargs="+", default=list(ENTRIES))
    arguments.add_argument("--one", choices=ENTRIES, help=argparse.SUPPRESS)
    arguments.add_argument("--results", type=Path, help="keep and reuse single results here")
    given = arguments.parse_args()
    names = given.data or list(FILES)
    if given.one:
        print(json.dumps(measure(given.one, names[0])))
        return
    results = given.results or Path(tempfile.mkdtemp())
    results.mkdir(parents=True, exist_ok=True)
    for name in names:
        measured = []
        for entry in given.only:
            kept = results / f"{name}-{entry}.json".replace(" ", "-")
            if not kept.exists():
                print(f"{name}: {entry}", file=sys.stderr)
                command = [sys.executable, __file__, "--data", name, "--one", entry]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                kept.write_text(done.stdout.splitlines()[-1])
            measured.append(json.loads(kept.read_text()))
            print(f"  {measured[-1]['judge']}", file=sys.stderr)
        path = plot(measured, name)
        judged_lines = "\n".join(f"{one['model']:18} {one['judge']}" for one in measured)
        text = "\n\n".join(
            [
                f"![NDCG@10 by model]({path})",
                table(rows_of(measured)),
                verdict(measured),
                f"Measured on {machine('numpy', 'scipy', 'numba', 'implicit', 'RecTools')}.",
                f"The same lists by the independent judge:\n\n```\n{judged_lines}\n```",
            ]
        )
        put(f"next item, {name}", text)


if __name__ == "__main__":
    main()
