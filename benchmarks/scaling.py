"""Fit time, speed and memory as the users or the titles grow tenfold, on synthetic events.

    python benchmarks/scaling.py [--results FOLDER]

Each (contender, size) runs in a process of its own. Sizes: 6,000 users, 1,000 titles and 300,000
events; ten times the users and events; ten times the titles.
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
from contenders import ENTRIES
from documents import machine, plotting, put, save, table
from next_item import K, one_user_milliseconds, warm_up

from limelight.datasets import synthetic
from limelight.recommend.interactions import Interactions

SIZES = {
    "1x": (6_000, 1_000, 300_000),
    "10x users": (60_000, 1_000, 3_000_000),
    "10x titles": (6_000, 10_000, 300_000),
}
LIMIT_SECONDS = 300
NAMES = [name for name in ENTRIES if name not in ("popularity", "mlp", "RecTools ALS")]


def measure(entry_name: str, size: str) -> dict[str, Any]:
    entry = ENTRIES[entry_name]
    warm_up(entry)
    data = Interactions.from_frame(synthetic(*SIZES[size], seed=1))
    _, contender = next(entry.contenders())
    start = time.perf_counter()
    contender.fit(data)
    fitted = time.perf_counter()
    contender.lists(data.histories, K)
    ended = time.perf_counter()
    median, p99 = one_user_milliseconds(contender, data.histories)
    return {
        "fit_seconds": fitted - start,
        "users_per_second": len(data.histories) / (ended - fitted),
        "median_ms": median,
        "p99_ms": p99,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def in_a_process(entry_name: str, size: str) -> dict[str, Any]:
    """Measure in a fresh process; one that dies or takes too long is said to have done so."""
    command = [sys.executable, __file__, "--one", entry_name, size]
    try:
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, timeout=LIMIT_SECONDS
        )
    except subprocess.TimeoutExpired:
        return {"failure": f"over {LIMIT_SECONDS} s"}
    except subprocess.CalledProcessError as error:
        return {"failure": f"ended with {error.returncode}"}
    return json.loads(done.stdout.splitlines()[-1])


def row(entry_name: str, size: str, one: dict[str, Any]) -> dict[str, Any]:
    return {
        "model": ("**{}**" if ENTRIES[entry_name].ours else "{}").format(entry_name),
        "size": size,
        "fit s": one.get("fit_seconds", one.get("failure")),
        "users/s": round(one["users_per_second"]) if "users_per_second" in one else None,
        "one user ms, median": one.get("median_ms"),
        "p99": one.get("p99_ms"),
        "peak GiB": one.get("peak_gib"),
    }


def plot(measured: dict[tuple[str, str], dict[str, Any]]) -> str:
    plt = plotting()
    figure, axes = plt.subplots(1, 2, figsize=(11, 5), sharey=True)
    names = list(dict.fromkeys(name for name, _ in measured))[::-1]
    for offset, (size, colour) in enumerate(
        zip(SIZES, ("#6d4aff", "#ff9f40", "#2fb5a5"), strict=True)
    ):
        for axis, key in zip(axes, ("fit_seconds", "median_ms"), strict=True):
            values = [measured[name, size].get(key, np.nan) for name in names]
            places = np.arange(len(names)) + 0.27 * (1 - offset)
            axis.barh(places, values, height=0.25, color=colour, label=size)
    axes[0].set(xscale="log", xlabel="seconds to fit", yticks=range(len(names)), yticklabels=names)
    axes[1].set(xscale="log", xlabel="milliseconds for one user, median")
    axes[1].legend()
    return save(figure, "scaling")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments.add_argument("--results", type=Path, help="keep and reuse single results here")
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(measure(*given.one)))
        return
    results = given.results or Path(tempfile.mkdtemp())
    results.mkdir(parents=True, exist_ok=True)
    measured = {}
    for entry_name in NAMES:
        for size in SIZES:
            kept = results / f"{entry_name}-{size}.json".replace(" ", "-")
            if not kept.exists():
                print(f"{entry_name}, {size}", file=sys.stderr)
                kept.write_text(json.dumps(in_a_process(entry_name, size)))
            measured[entry_name, size] = json.loads(kept.read_text())
    path = plot(measured)
    rows = [row(*key, one) for key, one in measured.items()]
    used = f"Measured on {machine('numpy', 'scipy', 'numba', 'implicit', 'RecTools')}."
    picture = f"![Time by model and size]({path})"
    put("scaling", "\n\n".join([picture, table(rows), used]))


if __name__ == "__main__":
    main()
