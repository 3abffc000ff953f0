"""Search in catalogues of 1,000 to 100,000 titles: making ready, loading, queries, imports, memory.

    python benchmarks/search_scale.py FOLDER --results KEPT [--titles N ...]

FOLDER holds tmdb_5000_movies.csv or its zip (tmdb-films); KEPT is that of benchmarks/search.py, and
keeps what was measured of each size, all of which is written into docs/benchmarks.md. A title's
name is the beginning of one film's and the end of another's, its text the genres of one and
sentences of several, its vector (512 numbers) one film's own. Names within sentences are made of
the halves of two, so that words become more as in a catalogue that grows. Each job is a process of
its own on one thread; times are the processor's, memory is what loading adds to the process. The
99th percentile is of 100 queries, of peers of 15, which is the slowest.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import psutil
from documents import machine, put, table
from rapidfuzz import fuzz, process
from search import embed, full_text, matching, misspelt, names, read

from limelight.catalog import Store, import_frame, open_store
from limelight.catalog.cells import attributes_text
from limelight.catalog.row_writing import write_rows
from limelight.catalog.vocabulary import ITEMS
from limelight.text.embed import SentenceVectors
from limelight.text.kept_search import kept_search
from limelight.text.titles import ATTRIBUTE, DECIMALS
from limelight.text.words import words

SIZES = [1_000, 10_000, 100_000]
QUERIES, OF_PEERS = 100, 15
NAMED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--results", type=Path, required=True, help="A folder that keeps results.")
    parser.add_argument("--titles", type=int, nargs="+", default=SIZES, help="Sizes to measure.")
    arguments = parser.parse_args()
    films = read(arguments.folder)
    texts = [", ".join([*names(film["genres"]), film["overview"]]) for film in films]
    named = [f"{film['title']}\n{text}" for film, text in zip(films, texts, strict=True)]
    vectors, _ = embed(SentenceVectors(), named, arguments.results)
    for n in arguments.titles:
        with TemporaryDirectory() as folder:
            place = Path(folder)
            fill(place, catalogue(films, vectors, n))
            asking: list[dict[str, Any]] = []
            measured = {"making": {"titles": n}, "asking": asking}
            for job in (make, load, change, ask_peers):
                made, asked = apart(partial(job, place))
                measured["making"] |= made
                asking += [{"titles": n, **row} for row in asked]
                kept = arguments.results / f"search-scale-{n}.json"
                kept.write_text(json.dumps(measured), encoding="utf-8")
    put("search scale", told(arguments.results))


def told(results: Path) -> str:
    """Lay out all sizes that were measured so far."""
    files = sorted(results.glob("search-scale-*.json"), key=lambda file: len(file.name))
    measured = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    note = (
        "Measured on "
        f"{machine('limelight', 'numpy', 'rapidfuzz')}, SQLite {sqlite3.sqlite_version}."
    )
    asking = [row for one in measured for row in one["asking"]]
    return "\n\n".join([table([one["making"] for one in measured]), table(asking), note])


def apart(job: Callable[[], Any]) -> Any:
    """Do a job in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(job).result()


def catalogue(films: list[dict[str, str]], vectors: np.ndarray, n: int) -> pl.DataFrame:
    """Recombine films to ``n`` titles, with the columns of ITEMS."""
    random = np.random.default_rng(n)
    called = [film["title"].split() or ["?"] for film in films]
    said = [part for film in films for part in re.split(r"(?<=[.!?]) ", film["overview"]) if part]
    people = sorted({name for part in said for name in NAMED.findall(part)})
    meant = [
        attributes_text({ATTRIBUTE: row})
        for row in vectors.astype(np.float64).round(DECIMALS).tolist()
    ]
    genres = [names(film["genres"]) for film in films]

    def blended(found: re.Match[str]) -> str:
        one, other = found[0], people[random.integers(len(people))]
        return one[: (len(one) + 1) // 2] + other[len(other) // 2 :]

    rows = []
    for number in range(n):
        one, other = random.integers(len(films), size=2)
        start, end = called[one], called[other]
        name = start[: (len(start) + 1) // 2] + end[len(end) // 2 :]
        text = " ".join(said[at] for at in random.integers(len(said), size=3))
        rows.append(
            {
                "item_id": f"t{number}",
                "title": " ".join(name),
                "categories": genres[one],
                "text": NAMED.sub(blended, text),
                "attributes": meant[one],
            }
        )
    return pl.DataFrame(rows, schema=ITEMS)


def fill(place: Path, items: pl.DataFrame) -> None:
    with open_store(place / "store.db") as store, store.writing() as transaction:
        write_rows(transaction, "items", items)


def timed(job: Callable[[], Any]) -> float:
    """The processor's seconds that a job takes."""
    began = time.process_time()
    job()
    return time.process_time() - began


def held() -> int:
    """Megabytes of memory that the process holds."""
    gc.collect()
    return psutil.Process().memory_info().rss // 1_000_000


def searched(place: Path, store: Store) -> Any:
    return kept_search(store, place / "search.safetensors")


Told = tuple[dict[str, float], list[dict[str, Any]]]
"""What a job tells of making titles ready, and of queries."""


def make(place: Path) -> Told:
    with open_store(place / "store.db") as store:
        reading = timed(store.items)
        whole = timed(lambda: searched(place, store))
    return {"reading titles, s": reading, "making ready, reading included, s": whole}, []


def load(place: Path) -> Told:
    with open_store(place / "store.db") as store:
        store.fingerprint()
        before, began = held(), time.process_time()
        _, search = searched(place, store)
        loading = time.process_time() - began
        after = held()
        first = timed(lambda: search.find("the first quetsion", 10, random_vector(search, 0)))
        asked = questions(store.items(), QUERIES)
    size = (place / "search.safetensors").stat().st_size // 1_000_000
    rows = [
        row("limelight, words and spelling", asked, lambda query, _: search.find(query)),
        row(
            "**limelight**, and meaning",
            asked,
            lambda query, number: search.find(query, 10, random_vector(search, number)),
        ),
    ]
    making = {"file, MB": size, "loading, s": loading, "memory, MB": after - before}
    return making | {"first query, s": first}, rows


def change(place: Path) -> Told:
    event = {"user_id": ["u"], "item_id": ["t1"], "time": [1_700_000_000]}
    fresh = {"item_id": [f"new{i}" for i in range(10)], "title": [f"New {i}" for i in range(10)]}
    with open_store(place / "store.db") as store:
        import_frame(store, "events", pl.DataFrame(event))
        events = timed(lambda: searched(place, store))
        import_frame(store, "items", pl.DataFrame(fresh))
        titles = timed(lambda: searched(place, store))
    return {"after an import of an event, s": events, "of ten titles, s": titles}, []


def ask_peers(place: Path) -> Told:
    titles, texts = texts_in(place)
    with open_store(place / "store.db") as store:
        asked = questions(store.items(), OF_PEERS)
    by_words, by_trigrams = full_text(titles, texts), full_text(titles, texts, "trigram")

    def alike(query: str, _: int) -> None:
        process.extract(query, titles, scorer=fuzz.WRatio, limit=10)

    return {}, [
        row("rapidfuzz WRatio, names alone", asked, alike),
        row("SQLite FTS5, words", asked, lambda query, _: matching(by_words, query)),
        row("SQLite FTS5, trigrams", asked, lambda query, _: matching(by_trigrams, query, 3)),
    ]


def texts_in(place: Path) -> tuple[list[str], list[str]]:
    with open_store(place / "store.db") as store:
        items = store.items()
    return items["title"].to_list(), items["text"].fill_null("").to_list()


def row(by: str, asked: dict[str, list[str]], find: Callable[[str, int], Any]) -> dict[str, Any]:
    """Median and 99th percentile of a query's milliseconds."""
    told: dict[str, Any] = {"by": by}
    for kind, queries in asked.items():
        find(queries[-1], 0)
        took = [1000 * timed(partial(find, query, number)) for number, query in enumerate(queries)]
        told[f"{kind}, ms"] = float(np.median(took))
        told[f"p99 of {kind}"] = float(np.percentile(took, 99))
    return told


def questions(items: pl.DataFrame, count: int) -> dict[str, list[str]]:
    """Ask for titles by a word of a name, a misspelt name, and six words of a text."""
    random = np.random.default_rng(3)
    rows = random.permutation(len(items) - 10).tolist()
    titles, texts = items["title"].to_list(), items["text"].to_list()
    exact = (word for row in rows for word in words(titles[row])[-1:] if len(word) >= 5)
    wrong = (misspelt(titles[at], 1, random) for at in rows if len(titles[at]) >= 8)
    several = (" ".join(words(texts[at])[4:10]) for at in rows)

    def some(queries: Iterator[str]) -> list[str]:
        return [query for query, _ in zip(queries, range(count), strict=False)]

    return {"exact word": some(exact), "misspelt": some(wrong), "six words": some(several)}


def random_vector(search: Any, number: int) -> np.ndarray:
    vector = np.random.default_rng(number).standard_normal(search.vectors.dimensions)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


if __name__ == "__main__":
    main()
