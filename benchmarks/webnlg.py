"""WebNLG: texts from facts, by both networks: BLEU and chrF on seen and unseen categories.

Each training is a process of its own, and goes on where it was broken off; what was measured is
kept in --results. ../shared/data/webnlg, or $LIMELIGHT_WEBNLG, has the data.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from documents import machine, plotting, put, save, table

from limelight.configure import configured
from limelight.text.sequence.beam import Search
from limelight.text.sequence.judging import judge
from limelight.text.sequence.material import read_material
from limelight.text.sequence.writer import Settings, Writer

DATA = Path(
    os.environ.get("LIMELIGHT_WEBNLG")
    or Path(__file__).parents[2] / "shared/data/webnlg/webnlg_v1.6_en.tar.gz"
)
NETWORKS = (
    "writer:epochs=16,batch=3000,vocabulary=4000",
    "writer:architecture=recurrent,layers=2,epochs=12,batch=6000,vocabulary=4000",
)
# Gardent et al. 2017, the best of each kind; their totals are not all at hand.
PUBLISHED = [
    {"model": "WebNLG 2017: sequence to sequence", "seen": 52.39, "unseen": 6.13, "all": 33.2},
    {"model": "WebNLG 2017: ADAPT (subwords)", "seen": 60.59, "unseen": 10.53, "all": None},
    {"model": "WebNLG 2017: Melbourne (typed gaps)", "seen": 54.52, "unseen": 33.27, "all": None},
    {"model": "WebNLG 2017: UPF-FORGe (grammar)", "seen": 40.88, "unseen": 35.7, "all": None},
]
COLOURS = ("#6d4aff", "#d08700")
TRIED = 4  # one in so many of the validation's texts is written by every search
BEAMS = [Search(5, 1.0, 0.0), Search(5, 1.0, 0.2), Search(5, 1.0, 1.0), Search(5, 1.5, 0.2)]


def measure(described: str, seed: int, results: Path) -> dict[str, Any]:
    settings = configured({"writer": Settings}, "writer", described, [f"seed={seed}"])
    dev = read_material(DATA, "dev")
    heard: list[str] = []

    def tell(done: float, total: float | None, message: str) -> None:
        if heard[-1:] != [message]:
            heard.append(message)
            print(f"  {done:.0f}/{total:.0f} {message}", file=sys.stderr, flush=True)

    folder = results / named(described, seed)
    if not folder.exists():
        learned = read_material(DATA).learned()
        Writer.train(learned, dev.examples, settings, tell, checkpoints=results).save(folder)
    writer = Writer.load(folder)
    sources = [example.source for example in dev.examples[::TRIED]]
    told = [example.targets for example in dev.examples[::TRIED]]

    def reached(how: Search) -> float:
        return judge([one[0].text for one in writer.write(sources, how)], told).bleu

    how = max(BEAMS, key=reached)
    test = read_material(DATA, "test")
    seen_categories = {report.category for report in dev.reports}
    begun = time.perf_counter()
    texts = [one[0].text for one in writer.write([one.source for one in test.examples], how)]
    writing = time.perf_counter() - begun
    references = [example.targets for example in test.examples]
    seen = np.array([report.category in seen_categories for report in test.reports])
    (folder / "texts.txt").write_text("\n".join(texts), encoding="utf-8")
    found: dict[str, Any] = {"model": described, "seed": seed, "search": str(how)}
    for name, rows in (("seen", seen), ("unseen", ~seen), ("all", seen | True)):
        chosen = np.flatnonzero(rows)
        judged = judge([texts[row] for row in chosen], [references[row] for row in chosen])
        found |= {name: judged.bleu, f"{name} chrF": judged.chrf, "signature": judged.signature}
    return {
        **found,
        "epochs": len(writer.curve),
        "minutes": float(writer.curve[:, 2].sum() / 60),
        "texts_per_second": len(texts) / writing,
        "parameters": sum(one.numel() for one in writer.network.parameters()),
        "curve": writer.curve.tolist(),
    }


def named(described: str, seed: int) -> str:
    return f"webnlg-{described.replace(':', '-').replace('=', '-').replace(',', '-')}-{seed}"


def plot(measured: list[dict[str, Any]]) -> str:
    plt = plotting()
    figure, axes = plt.subplots(figsize=(7, 3))
    for one, colour in zip(measured, COLOURS, strict=False):
        curve = np.array(one["curve"])
        minutes = curve[:, 2].cumsum() / 60
        axes.plot(minutes, curve[:, 0], color=colour, alpha=0.4)
        label = "recurrent" if "recurrent" in one["model"] else "Transformer"
        axes.plot(minutes, curve[:, 1], color=colour, label=label)
    axes.set(xlabel="minutes of training", ylabel="loss; pale: in training")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return save(figure, "webnlg")


def told(measured: list[dict[str, Any]]) -> str:
    rows = [
        {
            "model": one["model"],
            "seen": one["seen"],
            "unseen": one["unseen"],
            "all": one["all"],
            "chrF seen": one.get("seen chrF"),
            "chrF unseen": one.get("unseen chrF"),
            "chrF all": one.get("all chrF"),
            "minutes of training": one.get("minutes"),
            "texts a second": one.get("texts_per_second"),
        }
        for one in [*PUBLISHED, *measured]
    ]
    settings = "\n".join(
        f"- {one['model']}, seed {one['seed']}: {one['parameters']:,} parameters, "
        f"{one['epochs']} epochs, {one['search']}, {one['signature']}"
        for one in measured
    )
    parts = [f"![Training curves]({plot(measured)})", table(rows), settings]
    return "\n\n".join([*parts, f"Measured on {machine('torch', 'sacrebleu', 'tokenizers')}."])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", metavar="WRITER", nargs="+")
    arguments.add_argument("--seeds", type=int, default=1)
    arguments.add_argument("--results", type=Path)
    arguments.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    results = given.results or Path(tempfile.mkdtemp())
    results.mkdir(parents=True, exist_ok=True)
    if given.one:
        print(json.dumps(measure(given.one[0], int(given.one[1]), results)))
        return
    measured = []
    for described in given.only or NETWORKS:
        for seed in range(given.seeds):
            kept = results / f"{named(described, seed)}.json"
            if not kept.exists():
                print(f"{described}, seed {seed}", file=sys.stderr)
                command = [sys.executable, __file__, "--results", str(results), "--one", described]
                done = subprocess.run(
                    [*command, str(seed)], check=True, stdout=subprocess.PIPE, text=True
                )
                kept.write_text(done.stdout.splitlines()[-1], encoding="utf-8")
            measured.append(json.loads(kept.read_text(encoding="utf-8")))
    put("webnlg", told(measured))


if __name__ == "__main__":
    main()
