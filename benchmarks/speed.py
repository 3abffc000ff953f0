"""Top 10 of everybody and of one user at 3 thousand, 100 thousand and 1 million titles.

    python benchmarks/speed.py [--results FOLDER]

Each (contender, size) runs in a process of its own. Retrieval by inner product is measured on
random factors, since fitting is not the point there; the sparse models are fitted to synthetic
events. ``make bench`` installs the peers (the ``bench`` extra) and runs it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from documents import machine, plotting, put, save, table
from numpy.typing import NDArray

from limelight.datasets import synthetic
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import ALS, MODELS, Model
from limelight.recommend.recommender import Recommender

SIZES = {"3 thousand": 3_000, "100 thousand": 100_000, "1 million": 1_000_000}
K, FACTORS, EVENTS_EACH = 10, 64, 50
EVERYBODY, AT_ONCE, ALONE, JUDGED = 2_000, 500, 200, 100
SECONDS = 10
"""Calls stop after so long, and the speed is that of those made."""
FITTED = {"users": 40_000, "events": 2_000_000}

Lists = Callable[[NDArray[np.intp]], NDArray[Any]]


class Factors:
    """Random factors of falling importance, titles of unlike size, and users of 50 titles each."""

    def __init__(self, n_items: int) -> None:
        random = np.random.default_rng(0)
        self.vectors = random.standard_normal((n_items, FACTORS), dtype=np.float32)
        self.vectors /= np.sqrt(np.arange(1, FACTORS + 1, dtype=np.float32))
        self.vectors *= np.exp(0.5 * random.standard_normal((n_items, 1), dtype=np.float32))
        met = [random.choice(n_items, EVENTS_EACH, replace=False) for _ in range(EVERYBODY)]
        self.histories = Histories.from_lists(met, n_items)
        self.als = ALS(factors=FACTORS)
        self.als.item_factors = self.vectors
        self.queries = self.als._queries(self.histories)


def limelight(data: Factors) -> Lists:
    def lists(rows: NDArray[np.intp]) -> NDArray[Any]:
        histories = data.histories[rows]
        return data.als.top(histories, K, exclude=histories)[0]

    return lists


def implicit(data: Factors) -> Lists:
    from implicit.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(factors=FACTORS)
    model.item_factors, model.user_factors = data.vectors, data.queries
    met = data.histories.matrix(binary=True)
    return lambda rows: model.recommend(rows, met[rows], N=K, filter_already_liked_items=True)[0]


def faiss(data: Factors) -> Lists:
    from faiss import IndexFlatIP

    index = IndexFlatIP(FACTORS)
    index.add(data.vectors)
    return lambda rows: index.search(data.queries[rows], K)[1]


def usearch(data: Factors) -> Lists:
    from usearch.index import MetricKind, search

    def lists(rows: NDArray[np.intp]) -> NDArray[Any]:
        queries = data.queries[rows]
        found = search(data.vectors, queries, K, MetricKind.IP, exact=True)
        return found.keys.reshape(len(rows), K)

    return lists


BY_PRODUCT: dict[str, Callable[[Factors], Lists]] = {
    "Limelight ALS": limelight,
    "implicit ALS": implicit,
    "faiss IndexFlatIP": faiss,
    "usearch exact": usearch,
}
LEAVE_OUT_SEEN = ("Limelight ALS", "implicit ALS")
WHOLE = "Limelight ALS, named and with reasons"
LIMIT = "the limit: reading the bytes"
SPARSE = ("item-knn", "transitions", "implicit BM25 kNN")


def measure_product(name: str, n_items: int) -> dict[str, Any]:
    data = Factors(n_items)
    lists = BY_PRODUCT[name](data)
    start = time.perf_counter()
    lists(np.arange(1))
    ready = time.perf_counter() - start
    return {
        "ready_s": ready,
        **speed(lists),
        "recall": recall(lists, data, seen=name not in LEAVE_OUT_SEEN),
    }


def speed(lists: Lists) -> dict[str, Any]:
    """Users a second in batches, and milliseconds for one, after a call of each kind."""
    lists(np.arange(1))
    lists(np.arange(AT_ONCE))
    done, start = 0, time.perf_counter()
    while done < EVERYBODY and time.perf_counter() - start < SECONDS:
        lists(np.arange(done, done + AT_ONCE))
        done += AT_ONCE
    per_second = done / (time.perf_counter() - start)
    return {"users_per_second": per_second, **one_by_one(lambda row: lists(np.array([row])))}


def one_by_one(ask: Callable[[int], Any]) -> dict[str, float]:
    """Time single calls by the clock, and by the processors: those tell on a busy machine too."""
    times: list[float] = []
    busy = time.process_time()
    for row in range(ALONE):
        if sum(times) > SECONDS:
            break
        start = time.perf_counter()
        ask(row)
        times.append(time.perf_counter() - start)
    busy = 1000 * (time.process_time() - busy) / len(times)
    median, p99 = 1000 * np.quantile(times, [0.5, 0.99])
    return {"median_ms": float(median), "p99_ms": float(p99), "cpu_ms": busy}


def recall(lists: Lists, data: Factors, *, seen: bool) -> float:
    """Share of the lists whose score reaches that of the exact list's last title."""
    good = 0
    rows = np.arange(JUDGED)
    for row, found in zip(rows, lists(rows), strict=True):
        scores = data.vectors @ data.queries[row]
        if not seen:
            scores[data.histories[rows[row : row + 1]].items] = -np.inf
        good += int((scores[found] >= np.partition(scores, -K)[-K] - 1e-6).sum())
    return good / (JUDGED * K)


def measure_whole(n_items: int) -> dict[str, Any]:
    """Ask as a service does: ids in, a table with titles, scores and reasons out."""
    data = Factors(n_items)
    recommender = Recommender(data.als, map(str, range(n_items)))
    met = [[str(item) for item in data.histories[row : row + 1].items] for row in range(ALONE)]
    start = time.perf_counter()
    recommender.recommend(history=met[0], n=K)
    ready = time.perf_counter() - start
    return {
        "ready_s": ready,
        **one_by_one(lambda row: recommender.recommend(history=met[row], n=K)),
    }


@numba.njit(parallel=True)
def _add(numbers: NDArray[np.int64], sums: NDArray[np.int64]) -> None:
    for part in numba.prange(len(sums)):
        start = len(numbers) * part // len(sums)
        stop = len(numbers) * (part + 1) // len(sums)
        sums[part] = _sum(numbers[start:stop])


@numba.njit
def _sum(numbers: NDArray[np.int64]) -> int:
    total = 0
    for number in numbers:  # by index, this would not become vector instructions
        total += number
    return total


def measure_limit(n_items: int) -> dict[str, Any]:
    """Read as many bytes as a scan does, a byte a factor and a scale a title, on all cores."""
    numbers = np.ones(n_items * (FACTORS + 4) // 8, np.int64)
    sums = np.zeros(numba.get_num_threads(), np.int64)
    _add(numbers, sums)
    taken = one_by_one(lambda row: _add(numbers, sums))
    return {**taken, "gb_per_second": numbers.nbytes / taken["median_ms"] / 1e6}


def measure_sparse(name: str, n_items: int) -> dict[str, Any]:
    events = synthetic(FITTED["users"], n_items, FITTED["events"], seed=1)
    data = Interactions.from_frame(events, item_ids=map(str, range(n_items)))
    histories = data.histories
    start = time.perf_counter()
    if name in MODELS:
        model: Model = MODELS[name]().fit(data)

        def lists(rows: NDArray[np.intp]) -> NDArray[Any]:
            return model.top(histories[rows], K, exclude=histories[rows])[0]
    else:
        from implicit.nearest_neighbours import BM25Recommender

        peer = BM25Recommender(K=100)
        met = histories.matrix(binary=True)
        peer.fit(met, show_progress=False)

        def lists(rows: NDArray[np.intp]) -> NDArray[Any]:
            return peer.recommend(rows, met[rows], N=K, filter_already_liked_items=True)[0]

    fitted = time.perf_counter() - start
    return {"fit_s": fitted, **speed(lists)}


def measure(name: str, n_items: int) -> dict[str, Any]:
    if name == LIMIT:
        return measure_limit(n_items)
    if name == WHOLE:
        found = measure_whole(n_items)
    elif name in SPARSE:
        found = measure_sparse(name, n_items)
    else:
        found = measure_product(name, n_items)
    found["peak_gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return found


def row(name: str, size: str, one: dict[str, Any]) -> dict[str, Any]:
    ours = name in MODELS or name.startswith("Limelight")
    per_second = one.get("users_per_second")
    numbers = {
        "one user ms, median": one["median_ms"],
        "p99": one["p99_ms"],
        "of all cores": one["cpu_ms"],
        "users/s": None if per_second is None else round(per_second),
    }
    last = {"peak GiB": one.get("peak_gib")}
    label = {"": f"**{name}**" if ours else name, "titles": size}
    if name in SPARSE:
        return {**label, "fit s": one["fit_s"], **numbers, **last}
    return {
        **label,
        **numbers,
        "recall": one.get("recall"),
        "first call s": one.get("ready_s"),
        **last,
    }


def plot(measured: dict[tuple[str, str], dict[str, Any]]) -> str:
    plt = plotting()
    figure, axes = plt.subplots(1, 2, figsize=(11, 5))
    for place, name in enumerate(dict.fromkeys(name for name, _ in measured)):
        style = {"marker": "o", "linestyle": ":" if name == LIMIT else "-", "label": name}
        style["color"] = f"C{place}"  # the same in both, though not all are in both
        style["linewidth"] = 2.5 if name in MODELS or name.startswith("Limelight") else 1.2
        for axis, key in zip(axes, ("median_ms", "users_per_second"), strict=True):
            values = [measured[name, size].get(key, np.nan) for size in SIZES]
            if np.isfinite(values).any():
                axis.plot(list(SIZES.values()), values, **style)
    axes[0].axhline(20, color="grey", linewidth=0.8)
    axes[0].set(ylabel="milliseconds for one user, median")
    axes[1].set(ylabel="users a second, everybody")
    for axis in axes:
        axis.set(xscale="log", yscale="log", xlabel="titles")
    axes[0].legend(fontsize="small")
    return save(figure, "speed")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments.add_argument("--results", type=Path, help="keep and reuse single results here")
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(measure(given.one[0], int(given.one[1]))))
        return
    results = given.results or Path(tempfile.mkdtemp())
    results.mkdir(parents=True, exist_ok=True)
    measured = {}
    for name in (*BY_PRODUCT, WHOLE, LIMIT, *SPARSE):
        for size, n_items in SIZES.items():
            kept = results / f"{name}-{n_items}.json".replace(" ", "-")
            if not kept.exists():
                print(f"{name}, {size} titles", file=sys.stderr)
                command = [sys.executable, __file__, "--one", name, str(n_items)]
                alone = {"OPENBLAS_NUM_THREADS": "1"} if name.startswith("implicit") else {}
                done = subprocess.run(
                    command,
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                    env={**os.environ, **alone},  # as implicit asks for when it is imported
                )
                kept.write_text(done.stdout.splitlines()[-1])
            measured[name, size] = json.loads(kept.read_text())
    path = plot(measured)
    rows = {sparse: [] for sparse in (False, True)}
    for (name, size), one in measured.items():
        rows[name in SPARSE].append(row(name, size, one))
    ours, limit = (measured[name, "1 million"] for name in ("Limelight ALS", LIMIT))
    peers = [measured[n, "1 million"]["median_ms"] for n in BY_PRODUCT if n != "Limelight ALS"]
    told = (
        f"At a million titles one user takes {ours['median_ms']:.1f} ms with recall "
        f"{ours['recall']:.4f}, the fastest peer {min(peers):.1f} ms. Reading the "
        f"{1e-6 * 1_000_000 * (FACTORS + 4):.0f} MB that the scan reads takes "
        f"{limit['median_ms']:.1f} ms ({limit['gb_per_second']:.0f} GB/s): "
        f"{ours['median_ms'] / limit['median_ms']:.1f} times the limit."
    )
    used = machine("numpy", "scipy", "numba", "implicit", "faiss-cpu", "usearch")
    picture = f"![Speed by size]({path})"
    put(
        "speed",
        "\n\n".join([picture, table(rows[False]), told, table(rows[True]), f"Measured on {used}."]),
    )


if __name__ == "__main__":
    main()
