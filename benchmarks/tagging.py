"""Genres of films from their overviews: every encoder beside logistic regression on TF-IDF.

    python benchmarks/tagging.py --results FOLDER [--only READER ...] [--threads N]

../shared/data/tmdb-films, or $LIMELIGHT_TMDB, has the archive. Films with an overview and a genre
are parted once, at random, into ones to learn from (80 %), ones that choose epochs, strengths and
thresholds (10 %) and ones to test with (10 %). Each training is a process of its own, and goes on
where it was broken off; what was measured is kept in --results, and the table is written from all
that is there. Word vectors are those of `limelight weights fetch glove-6b`.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from documents import machine, put, table

from limelight.catalog.cells import to_names
from limelight.text.embed import Glove6B
from limelight.text.tag import Examples, Settings, Tagger, judge
from limelight.text.tag.report import READERS, write_report
from limelight.text.tag.tagger import LOGISTIC
from limelight.text.tag.thresholds import each, shared

DATA = Path(
    os.environ.get("LIMELIGHT_TMDB")
    or Path(__file__).parents[2] / "shared/data/tmdb-films/tmdb_5000_movies.csv.zip"
)
MEMBER = "tmdb_5000_movies.csv"
SECTION = "tagging"
GLOVE = "+glove"
RUNS = (LOGISTIC, *(one + more for more in (GLOVE, "") for one in READERS if one != LOGISTIC))
RESAMPLES = 2000


def films() -> tuple[Examples, Examples, Examples]:
    with zipfile.ZipFile(DATA) as archive, archive.open(MEMBER) as member:
        rows = list(csv.DictReader(io.TextIOWrapper(member, "utf-8")))
    pairs = [(row["overview"], tuple(to_names(row["genres"]) or ())) for row in rows]
    kept = [(text, genres) for text, genres in pairs if text.strip() and genres]
    whole = Examples(tuple(text for text, _ in kept), tuple(given for _, given in kept), "genres")
    rest, test = whole.parted(0.1, 0)
    learned, validation = rest.parted(1 / 9, 1)
    return learned, validation, test


def measure(run: str, results: Path) -> dict[str, Any]:
    learned, validation, test = films()
    known = Glove6B() if run.endswith(GLOVE) else None
    if known is not None:
        known.vectors([])
    settings = Settings(run.removesuffix(GLOVE))
    heard: list[str] = []

    def tell(done: float, total: float | None, message: str) -> None:
        if heard[-1:] != [message]:
            heard.append(message)
            print(f"  {done:.0f}/{total:.0f} {message}", file=sys.stderr, flush=True)

    begun, before = time.perf_counter(), time.process_time()
    tagger = Tagger.train(learned, validation, settings, known, tell, results)
    seconds, processor = time.perf_counter() - begun, time.process_time() - before
    folder = results / run
    tagger.save(folder)
    begun = time.perf_counter()
    scores = tagger.scores(test.texts)
    tagging = time.perf_counter() - begun
    np.save(folder / "scores.npy", scores)
    judged = tagger.judge(test)
    write_report(results / f"{run}.html", tagger, judged, apart=True)
    held_out, wanted = tagger.scores(validation.texts), validation.truth(tagger.labels)
    one = shared(held_out, wanted)
    single = judge(tagger.labels, test.truth(tagger.labels), scores >= np.float32(one[0]))
    own = judge(tagger.labels, wanted, held_out >= each(held_out, wanted))
    network = 0 if run == LOGISTIC else sum(p.numel() for p in tagger.model[0].parameters())
    return {
        "run": run,
        "validation micro": one[1],
        "validation macro": own.macro.f1,
        "test": judged.facts(),
        "test, one threshold": single.facts(),
        "seconds": seconds,
        "processor_seconds": processor,
        "texts_per_second": len(test) / tagging,
        "epochs": len(tagger.curve),
        "weights": network or tagger.model.weights.size,
        "labels": tagger.labels,
        "counts": [len(learned), len(validation), len(test)],
        "curve": tagger.curve.tolist(),
        "threads": torch.get_num_threads(),
    }


def ahead(run: str, other: str, results: Path) -> str:
    """Compare two runs' micro and macro F1 on resampled test films, paired."""
    _, _, test = films()
    said, labels = [], ()
    for name in (run, other):
        tagger = Tagger.load(results / name)
        labels = tagger.labels
        said.append(np.load(results / name / "scores.npy") >= tagger.thresholds)
    truth = test.truth(labels)
    random = np.random.default_rng(0)
    gains: list[list[float]] = []
    for _ in range(RESAMPLES):
        rows = random.integers(0, len(test), len(test))
        a, b = (judge(labels, truth[rows], one[rows]) for one in said)
        gains.append([a.micro.f1 - b.micro.f1, a.macro.f1 - b.macro.f1])
    parts = []
    for name, column in zip(("micro", "macro"), np.array(gains).T, strict=True):
        low, high = np.percentile(column, [2.5, 97.5])
        parts.append(f"{low:+.3f} to {high:+.3f} in {name} F1")
    return " and ".join(parts)


def row_of(one: dict[str, Any]) -> dict[str, Any]:
    judged, single = one["test"], one["test, one threshold"]
    name, glove = one["run"].removesuffix(GLOVE), one["run"].endswith(GLOVE)
    return {
        "tagger": READERS[name] + (", GloVe" if glove else ""),
        "micro F1": judged["micro"]["f1"],
        "macro F1": judged["macro"]["f1"],
        "precision": judged["micro"]["precision"],
        "recall": judged["micro"]["recall"],
        "all right": judged["accuracy"],
        "micro F1, one threshold": single["micro"]["f1"],
        "all right, one threshold": single["accuracy"],
        "validation micro F1": one["validation micro"],
        "seconds of training": one["seconds"],
        "of the processor": one["processor_seconds"],
        "texts a second": one["texts_per_second"],
    }


def told(measured: list[dict[str, Any]], results: Path) -> str:
    parts = [table([row_of(one) for one in measured])]
    by_name = {one["run"]: one for one in measured}
    networks = [one for one in measured if one["run"] != LOGISTIC]
    if LOGISTIC in by_name and networks:
        best = max(networks, key=lambda one: one["validation micro"])
        parts.append(
            f"The network that is best on the validation's films ({row_of(best)['tagger']}) has, "
            "against logistic regression on the test's films, "
            f"{ahead(best['run'], LOGISTIC, results)} (95 % intervals of {RESAMPLES:,} paired "
            "resamples)."
        )
        rows = zip(by_name[LOGISTIC]["test"]["by_label"], best["test"]["by_label"], strict=True)
        parts.append(
            table(
                [
                    {
                        "genre": a["label"],
                        "films": a["n"],
                        "F1, logistic regression": a["f1"],
                        "F1, that network": b["f1"],
                    }
                    for a, b in rows
                ]
            )
        )
    if missing := [name for name in RUNS if name not in by_name]:
        parts.append(f"Not measured yet: {', '.join(missing)}.")
    counts = measured[0]["counts"]
    threads = sorted({one["threads"] for one in measured})
    parts.append(
        f"{counts[0]:,} films to learn from, {counts[1]:,} for validation, {counts[2]:,} to test "
        f"with, {len(measured[0]['labels'])} genres. One training each, of seed 0, by "
        f"{'/'.join(map(str, threads))} thread on a machine that did other work meanwhile, so that "
        "the processor's seconds say more than those that passed."
    )
    parts.append(f"Measured on {machine('torch', 'scikit-learn', 'numpy')}.")
    return "\n\n".join(parts)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--results", type=Path, required=True)
    arguments.add_argument("--only", choices=RUNS, nargs="+", default=RUNS)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--one", choices=RUNS, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    given.results.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(given.threads)
    if given.one:
        print(json.dumps(measure(given.one, given.results)))
        return
    for name in given.only:
        kept = given.results / f"{name}.json"
        if not kept.exists():
            print(name, file=sys.stderr, flush=True)
            command = [sys.executable, __file__, "--results", str(given.results), "--one", name]
            command += ["--threads", str(given.threads)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            kept.write_text(done.stdout.splitlines()[-1], encoding="utf-8")
    there = [given.results / f"{name}.json" for name in RUNS]
    measured = [json.loads(kept.read_text(encoding="utf-8")) for kept in there if kept.exists()]
    put(SECTION, told(measured, given.results))


if __name__ == "__main__":
    main()
