"""Texts that are nearly the same among 100,000, beside datasketch's MinHash LSH.

    python benchmarks/text_duplicates.py NEWS FILMS [--texts 100000] [--peer 20000]

NEWS is bbc-summaries.jsonl.gz, FILMS the folder of tmdb_5000_movies.csv. A text is three to six
sentences, drawn at random from all articles and overviews, so that many share a sentence. One of
ten is a copy of another one, with words replaced, taken out or put in, a sentence cut off, or in
capitals. Whether two texts are alike is said by Python's sets of their stretches of nine
characters. datasketch gets the same stretches, and at most --peer texts, because it takes longer.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from datasketch import MinHash, MinHashLSH
from documents import machine, put, table
from search import read

from limelight.text.duplicates import ALIKE, SPACED, near_duplicates
from limelight.text.terms import folded

END = re.compile(r"(?<=[.!?])\s+")
COPIES = 10
"""One text of so many is a copy."""
PERMUTATIONS = 128
WARM = 50
"""Texts that are compared before anything is timed, so that all is compiled."""

Pair = tuple[int, int]


def sentences(news: Path, films: Path) -> list[str]:
    with gzip.open(news, "rt", encoding="utf-8") as lines:
        whole = [json.loads(line)["article"] for line in lines]
    whole += [film["overview"] for film in read(films)]
    return [one for text in whole for one in END.split(text.strip()) if len(one) >= 20]


def made(pool: list[str], n: int) -> tuple[list[str], list[Pair]]:
    """Give texts, and which are a copy of which."""
    random = np.random.default_rng(0)
    texts: list[str] = []
    copied: list[Pair] = []
    for row in range(n):
        if row % COPIES == COPIES - 1:
            of = int(random.integers(row))
            copied.append((of, row))
            texts.append(copy(texts[of], pool, random))
        else:
            texts.append(" ".join(pool[at] for at in random.integers(len(pool), size=3 + row % 4)))
    return texts, copied


def copy(text: str, pool: list[str], random: np.random.Generator) -> str:
    words = text.split(" ")
    for _ in range(random.integers(5)):
        at = int(random.integers(len(words)))
        word = pool[random.integers(len(pool))].split(" ")[0]
        words[at : at + int(random.integers(2))] = [word, ""][: int(random.integers(1, 3))]
    told = " ".join(words)
    kind = random.integers(5)
    if kind == 0:
        told = told[: int(len(told) * 0.8)]
    return told.upper() if kind == 1 else told


def stretches(text: str) -> set[str]:
    plain = re.sub(r"[\W_]+", " ", folded(text)).strip()
    return {plain[at : at + SPACED] for at in range(max(len(plain) - SPACED + 1, 1))}


def jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def ours(texts: list[str]) -> tuple[float, set[Pair]]:
    began = time.process_time()
    groups = near_duplicates(texts)
    seconds = time.process_time() - began
    return seconds, {pair for group in groups for pair in combinations(group.rows, 2)}


def datasketch(texts: list[str]) -> tuple[float, set[Pair]]:
    began = time.process_time()
    index = MinHashLSH(threshold=ALIKE, num_perm=PERMUTATIONS)
    found: set[Pair] = set()
    for row, text in enumerate(texts):
        hashed = MinHash(num_perm=PERMUTATIONS, seed=1)
        hashed.update_batch([one.encode() for one in stretches(text)])
        found |= {(int(other), row) for other in index.query(hashed)}
        index.insert(row, hashed, check_duplication=False)
    return time.process_time() - began, found


def row_of(
    name: str, texts: list[str], seconds: float, found: set[Pair], wanted: set[Pair]
) -> dict[str, Any]:
    wrong = sum(jaccard(stretches(texts[a]), stretches(texts[b])) < ALIKE for a, b in found)
    return {
        "by": name,
        "texts": len(texts),
        "seconds": round(seconds, 1),
        "texts a second": round(len(texts) / seconds),
        "copies found": f"{len(found & wanted) / len(wanted):.2%} of {len(wanted):,}",
        "pairs told": len(found),
        "less alike": wrong,
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("news", type=Path)
    arguments.add_argument("films", type=Path)
    arguments.add_argument("--texts", type=int, default=100_000)
    arguments.add_argument("--peer", type=int, default=20_000)
    given = arguments.parse_args()
    texts, copied = made(sentences(given.news, given.films), given.texts)
    near_duplicates(texts[:WARM])
    alike = {
        pair
        for pair in copied
        if jaccard(stretches(texts[pair[0]]), stretches(texts[pair[1]])) >= ALIKE
    }
    rows = []
    for name, find, n in (
        ("**limelight**", ours, given.texts),
        ("**limelight**", ours, given.peer),
        ("datasketch", datasketch, given.peer),
    ):
        some = texts[:n]
        seconds, found = find(some)
        wanted = {pair for pair in alike if pair[1] < n}
        rows.append(row_of(name, some, seconds, found, wanted))
        print(rows[-1], flush=True)
    told = (
        f"Texts have {np.mean([len(text) for text in texts]):.0f} characters on average; seconds "
        f"are the processor's. {machine('limelight', 'datasketch', 'numba')}."
    )
    if given.texts == arguments.get_default("texts"):
        put("text duplicates", f"{told}\n\n{table(rows)}")


if __name__ == "__main__":
    main()
