"""CIFAR-10: accuracy against seconds of training, for the plain network and for ours.

    python benchmarks/cifar10.py --results FOLDER [--only PLAN ...] [--threads N]

Every plan is trained once, with the seed 0, in a process of its own. Results, classifiers, pages
and checkpoints are kept in the folder, so that a run that was cut goes on where it was; without
``--only`` the section is written from all results that are there. The data set is fetched into
the folder's ``datasets`` unless it is there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from documents import machine, plotting, put, save, table

PLANS = ("plain", "quick", "standard")
COLOURS = {"plain": "#8a8578", "quick": "#d08700", "standard": "#6d4aff"}
SHARED = 0.05  # of all cores: more of them was busy with other work
SECTION = "pictures, CIFAR-10"
RECORD = (
    "Elsewhere, not measured here: 94 % in 2.59 s and 96 % in 27.3 s on an A100, the record "
    "(Jordan, cifar10-airbench, 2024). The plan `large` and `--device cuda` are for such a "
    "machine, and have not been measured: there was none."
)


def measure(name: str, threads: int, results: Path) -> dict[str, Any]:
    import torch

    from limelight.datasets.cifar10 import CLASSES, fetch_cifar10
    from limelight.image.classify.evaluation import evaluate
    from limelight.image.classify.labelled import Labelled
    from limelight.image.classify.plans import plan_of
    from limelight.image.classify.report import write_report
    from limelight.image.classify.training import Training

    torch.set_num_threads(threads)
    data = fetch_cifar10(results / "datasets")
    learned, test = Labelled(*data.training(), CLASSES), Labelled(*data.test(), CLASSES)
    heard: list[str] = []

    def tell(done: float, total: float | None, message: str) -> None:
        if heard[-1:] != [message]:
            heard.append(message)
            print(f"  {done:.1f} of {total} epochs, {message}", file=sys.stderr)

    training = Training(learned, plan_of(name), watched=test, checkpoints=results / "checkpoints")
    before = _busy()
    found = training.run(tell)
    all_busy, own_busy, passed = (b - a for a, b in zip(before, _busy(), strict=True))
    found.save(results / name)
    judged = evaluate(found, test)
    write_report(results / f"{name}.html", found, judged)
    return {
        "plan": name,
        "accuracy": judged.accuracy,
        "interval": judged.interval,
        "macro_f1": judged.macro_f1,
        "calibration_error": judged.calibration_error,
        "seconds": float(found.curve[-1, 3]),
        "processor_seconds": float(found.curve[-1, 4]),
        "others": (all_busy - own_busy) / passed,
        "threads": threads,
        "weights": sum(one.numel() for one in found.network.parameters()),
        "curve": found.curve.tolist(),
        "origin": data.origin,
    }


def _busy() -> tuple[float, float, float]:
    """Give seconds that all cores worked, that they did so for us, and that passed on all."""
    times = psutil.cpu_times()
    passed = sum(times) - times.guest - times.guest_nice if hasattr(times, "guest") else sum(times)
    return passed - times.idle - getattr(times, "iowait", 0.0), time.process_time(), passed


def row_of(one: dict[str, Any]) -> dict[str, Any]:
    low, high = one["interval"]
    at = [(epoch, seconds) for epoch, _, accuracy, seconds, _ in one["curve"] if accuracy >= 0.9]
    return {
        "plan": one["plan"] if one["plan"] == "plain" else f"**{one['plan']}**",
        "accuracy": f"{one['accuracy']:.2%}",
        "95 % interval": f"{low:.1%} to {high:.1%}",
        "F1": f"{one['macro_f1']:.3f}",
        "calibration error": f"{one['calibration_error']:.3f}",
        "epochs": f"{one['curve'][-1][0]:g}",
        "training": f"{one['seconds'] / 60:.1f} min",
        "of processors": f"{one['processor_seconds'] / 60:.1f} min",
        "90 % after": f"{at[0][1] / 60:.1f} min" if at else "never",
        "weights": one["weights"],
    }


def plot(measured: list[dict[str, Any]]) -> str:
    plt = plotting()
    figure, axes = plt.subplots(figsize=(7.5, 3.8))
    for one in measured:
        curve = np.array(one["curve"])
        axes.plot(
            curve[:, 3],
            100 * curve[:, 2],
            "o-",
            ms=3.5,
            color=COLOURS[one["plan"]],
            label=one["plan"],
        )
    axes.axhline(90, color="#d5d1c6", lw=0.8, zorder=0)
    axes.set(xlabel="seconds of training", ylabel="right of 10,000, %", xlim=0)
    axes.legend(frameon=False, loc="lower right")
    axes.spines[["top", "right"]].set_visible(False)
    return save(figure, "cifar10")


def told(measured: list[dict[str, Any]]) -> str:
    plain = next((one for one in measured if one["plan"] == "plain"), None)
    parts = [
        f"![Accuracy against seconds of training]({plot(measured)})",
        table([row_of(one) for one in measured]),
    ]
    for one in measured:
        if plain and one["plan"] != "plain":
            ahead = 100 * (one["accuracy"] - plain["accuracy"])
            shares = [one[kind] / plain[kind] for kind in ("seconds", "processor_seconds")]
            parts.append(
                f"`{one['plan']}` has {ahead:.1f} points more than the plain network in "
                f"{shares[0]:.2f} of its time, {shares[1]:.2f} of its processor time."
            )
    if any(one["others"] > SHARED for one in measured):
        parts.append(
            "The machine did other work meanwhile, so that all times are longer than they would be "
            "alone, of processors too: threads that wait for each other spin."
        )
    if missing := [name for name in PLANS if name not in {one["plan"] for one in measured}]:
        parts.append(f"Not measured yet: {', '.join(missing)}.")
    threads = {one["threads"] for one in measured}
    parts.append(
        "Curves are of single pictures in bfloat16, the table of the mean with the mirror image. "
        f"One training each, {'/'.join(map(str, sorted(threads)))} threads, pictures of "
        f"{measured[0]['origin']}. {RECORD}"
    )
    parts.append(f"Measured on {machine('torch', 'numpy')}.")
    return "\n\n".join(parts)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--results", type=Path, required=True)
    arguments.add_argument("--only", choices=PLANS, nargs="+", default=PLANS)
    arguments.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    arguments.add_argument("--one", choices=PLANS, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    given.results.mkdir(parents=True, exist_ok=True)
    if given.one:
        print(json.dumps(measure(given.one, given.threads, given.results)))
        return
    for name in given.only:
        kept = given.results / f"{name}.json"
        if not kept.exists():
            print(name, file=sys.stderr)
            command = [sys.executable, __file__, "--results", str(given.results), "--one", name]
            command += ["--threads", str(given.threads)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            kept.write_text(done.stdout.splitlines()[-1], encoding="utf-8")
    there = [given.results / f"{name}.json" for name in PLANS]
    measured = [json.loads(kept.read_text(encoding="utf-8")) for kept in there if kept.exists()]
    put(SECTION, told(measured))


if __name__ == "__main__":
    main()
