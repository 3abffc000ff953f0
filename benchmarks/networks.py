"""The sequence networks: accuracy over seeds, training curves, time and memory.

    python benchmarks/networks.py [--data NAME] [--only MODEL] [--seeds N] [--device DEVICE]
                                  [--results FOLDER]

Leave-one-out. A network trains on everything but each user's last title, which is the answer; the
newest title before it, of 2,000 users, is held out to stop by. With ``--results`` single results,
fitted models and checkpoints are kept there, so that a run that was cut goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from contenders import Ours
from documents import machine, plotting, put, save, table
from next_item import judged, one_user_milliseconds, quality
from sequences import FILES, TIMED, read

from limelight.recommend.models.configure import configure
from limelight.recommend.splits import leave_one_out
from limelight.recommend.workplace import Workplace, working_at

NETWORKS = {
    "MovieLens-1M": ("self-attention", "recurrent"),
    "Amazon Beauty": ("self-attention:dropout=0.5,length=50", "recurrent:dropout=0.5,length=50"),
    TIMED: ("self-attention", "self-attention:time_gaps=True"),
}
COLOURS = ("#6d4aff", "#d08700")


def measure(name: str, data_name: str, seed: int, device: str, results: Path) -> dict[str, Any]:
    data = read(data_name)
    split = leave_one_out(data, "test")
    model = configure(name, [f"seed={seed}"])
    contender = Ours(model)
    heard: list[str] = []

    def tell(done: float, total: float, message: str) -> None:
        if heard[-1:] != [message]:
            heard.append(message)
            print(f"  {done:.0f}/{total} {message}", file=sys.stderr)

    processor = time.process_time()
    with working_at(Workplace(device, results / "checkpoints")):
        model.fit(split.train, tell)
    processor = time.process_time() - processor
    kept = results / named(data_name, name, seed)
    kept.mkdir(exist_ok=True)
    model.save(kept)
    reached, lists, _ = quality(contender, split)
    _, _, seconds = quality(contender, split)
    median, p99 = one_user_milliseconds(contender, split.histories)
    return {
        "model": name,
        "seed": seed,
        **reached,
        "judge": judged(data, split, lists, data_name) if data_name in FILES else "",
        "epochs": len(model.curve),
        "fit_seconds": float(model.curve[:, 2].sum()),
        "processor_seconds": processor,
        "users_per_second": len(split.histories) / seconds,
        "median_ms": median,
        "p99_ms": p99,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "curve": model.curve[:, :2].tolist(),
    }


def named(data_name: str, name: str, seed: int) -> str:
    return re.sub(r"[^\w.]+", "-", f"{data_name}-{name}-{seed}")


def rows_of(measured: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for name in dict.fromkeys(one["model"] for one in measured):
        runs = [one for one in measured if one["model"] == name]
        rows.append(
            {
                "model": f"**{name}**",
                "seeds": len(runs),
                "HR@10": spread([one["hr"] for one in runs]),
                "NDCG@10": spread([one["ndcg"] for one in runs]),
                "epochs": spread([one["epochs"] for one in runs], ".0f"),
                "training min": spread([one["fit_seconds"] / 60 for one in runs], ".1f"),
                "processor min": spread([one["processor_seconds"] / 60 for one in runs], ".1f"),
                "users/s": round(float(np.median([one["users_per_second"] for one in runs]))),
                "one user ms, median": float(np.median([one["median_ms"] for one in runs])),
                "peak GiB": max(one["peak_gib"] for one in runs),
            }
        )
    return rows


def spread(values: list[float], form: str = ".4f") -> str:
    """Write the mean and, of several, the standard deviation."""
    mean = f"{np.mean(values):{form}}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values, ddof=1):{form}}"


def plot(measured: list[dict[str, Any]], data_name: str) -> str:
    plt = plotting()
    figure, (losses, found) = plt.subplots(1, 2, figsize=(9, 3.2))
    colours = dict(zip(NETWORKS[data_name], COLOURS, strict=True))
    for one in measured:
        curve = np.array(one["curve"])
        epochs = np.arange(1, len(curve) + 1)
        label = one["model"] if one["seed"] == 0 else None
        losses.plot(epochs, curve[:, 0], color=colours[one["model"]], label=label)
        found.plot(epochs, curve[:, 1], color=colours[one["model"]], label=label)
    losses.set(xlabel="epoch", ylabel="training loss")
    found.set(xlabel="epoch", ylabel="held-out NDCG@10", title=data_name)
    losses.legend(frameon=False)
    for axes in (losses, found):
        axes.spines[["top", "right"]].set_visible(False)
    return save(figure, f"networks-{data_name.lower().replace(',', '').replace(' ', '-')}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", choices=NETWORKS, action="append")
    arguments.add_argument("--only", metavar="MODEL", nargs="+")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--device", default="cpu")
    arguments.add_argument("--results", type=Path)
    arguments.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    results = given.results or Path(tempfile.mkdtemp())
    results.mkdir(parents=True, exist_ok=True)
    names = given.data or list(NETWORKS)
    if given.one:
        found = measure(given.one[0], names[0], int(given.one[1]), given.device, results)
        print(json.dumps(found))
        return
    for data_name in names:
        measured = []
        for name in given.only or NETWORKS[data_name]:
            for seed in range(given.seeds):
                kept = results / f"{named(data_name, name, seed)}.json"
                if not kept.exists():
                    print(f"{data_name}: {name}, seed {seed}", file=sys.stderr)
                    command = [sys.executable, __file__, "--data", data_name, "--device"]
                    command += [given.device, "--results", str(results), "--one", name, str(seed)]
                    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                    kept.write_text(done.stdout.splitlines()[-1])
                measured.append(json.loads(kept.read_text()))
        put(f"networks, {data_name}", told(measured, data_name, given.device))


def told(measured: list[dict[str, Any]], data_name: str, device: str) -> str:
    parts = [
        f"![Training curves]({plot(measured, data_name)})",
        table(rows_of(measured)),
        f"Measured on {machine('torch', 'numpy')}, device {device}.",
    ]
    judges = "\n".join(f"{one['model']:15} {one['seed']} {one['judge']}" for one in measured)
    if data_name in FILES:
        parts.append(f"The same lists by the independent judge:\n\n```\n{judges}\n```")
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
