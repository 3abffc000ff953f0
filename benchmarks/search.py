"""Search in a catalogue: misspelt and paraphrased titles, by words, by vectors, and by all of it.

    python benchmarks/search.py FOLDER [--results KEPT]

FOLDER holds tmdb_5000_movies.csv or its zip (tmdb-films). Needs `limelight weights fetch
use-multilingual`. Misspelt queries are made by machine, with seeds; paraphrases and Chinese names
were written by hand before anything was measured, as people would describe or misremember a film.
The weights of the mix were chosen on odd rows (--tuning). Reported are even rows, and all that was
written by hand. Beside it: SQLite's full-text search (FTS5: BM25 over Porter's stems, a name three
times; the same by its trigrams, of which any may be there) and rapidfuzz's WRatio over the names.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sqlite3
import time
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from documents import machine, put, table
from rapidfuzz import fuzz, process

from limelight.text.embed import SentenceVectors
from limelight.text.embed.embedder import Matrix
from limelight.text.rounded import Rounded
from limelight.text.search import SPELLING, Search, above
from limelight.text.words import words

N = 10
QUERIES = 300
KEYS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"]

PARAPHRASED = {
    "The Silence of the Lambs": "quiet of the sheep",
    "Finding Nemo": "looking for the lost clownfish",
    "Titanic": "the big ship that hit an iceberg",
    "Jaws": "the great white shark film",
    "The Lion King": "king of the lions cartoon",
    "Home Alone": "boy by himself in the house at christmas",
    "The Martian": "astronaut stranded on mars grows potatoes",
    "Groundhog Day": "weatherman lives the same day again and again",
    "Cast Away": "man alone on an island after a plane crash",
    "The Terminator": "killer machine from the future",
    "Jurassic Park": "dinosaur theme park",
    "Up": "old man flies his house with balloons",
    "Ratatouille": "a rat who cooks in paris",
    "The Truman Show": "man whose life is a television programme",
    "Memento": "man without short term memory hunts a murderer",
    "WALL·E": "garbage robot left on earth",
    "The Matrix": "hacker learns that reality is a simulation",
    "Gravity": "astronauts adrift in orbit after debris hits the shuttle",
    "Saving Private Ryan": "rescuing a soldier whose brothers were killed",
    "The Sixth Sense": "boy who sees dead people",
    "Babe": "the pig who herds sheep",
    "Chicken Run": "hens escape from a farm",
    "Speed": "bus with a bomb that must not slow down",
    "Catch Me If You Can": "young con man pretends to be a pilot and a doctor",
    "The Social Network": "the founding of facebook",
    "Apollo 13": "failed moon mission comes home",
    "Big": "child wakes up in a grown-up's body",
    "The King's Speech": "stammering monarch and his therapist",
    "Moneyball": "baseball team built with statistics",
    "A Beautiful Mind": "mathematician with schizophrenia",
    "Gladiator": "roman general becomes a fighter in the arena",
    "Braveheart": "scottish rebel against the english",
    "Ghostbusters": "men who catch spirits in new york",
    "Mrs. Doubtfire": "divorced father disguised as a nanny",
    "The Shawshank Redemption": "banker in prison befriends an older inmate",
    "Toy Story": "playthings that come to life",
    "Snakes on a Plane": "reptiles in an aircraft",
    "The Devil Wears Prada": "assistant to a terrible fashion editor",
    "Slumdog Millionaire": "poor boy from mumbai wins a quiz show",
}
CHINESE = {
    "Titanic": "泰坦尼克号沉船爱情",
    "Jurassic Park": "恐龙主题公园",
    "Finding Nemo": "小丑鱼寻找儿子",
    "The Martian": "火星上孤独求生的宇航员",
    "Toy Story": "有生命的玩具",
    "Ratatouille": "会做饭的老鼠",
    "Jaws": "大白鲨袭击海滩",
    "Gladiator": "罗马角斗士",
    "The Social Network": "脸书的创始人",
    "A Beautiful Mind": "患精神分裂症的数学家",
    "Chicken Run": "母鸡逃出农场",
    "The Lion King": "小狮子成为国王",
    "Apollo 13": "登月任务失败返回地球",
    "Groundhog Day": "每天重复同一天的人",
    "Cast Away": "飞机失事后独自在荒岛上",
    "The Sixth Sense": "能看见死人的男孩",
    "The Devil Wears Prada": "时尚杂志主编的助理",
    "The Matrix": "虚拟世界里的黑客",
    "Home Alone": "圣诞节独自在家的男孩",
    "WALL·E": "地球上最后的清洁机器人",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--results", type=Path, help="A folder that keeps the titles' vectors.")
    parser.add_argument("--tuning", action="store_true", help="Print odd rows; write nothing.")
    arguments = parser.parse_args()
    films = read(arguments.folder)
    titles = [film["title"] for film in films]
    texts = [", ".join([*names(film["genres"]), film["overview"]]) for film in films]
    embedder = SentenceVectors()
    sqlite, trigrams = full_text(titles, texts), full_text(titles, texts, "trigram")
    named = [f"{a}\n{b}" for a, b in zip(titles, texts, strict=True)]
    vectors, embedded = embed(embedder, named, arguments.results)
    began = time.process_time()
    search = Search(titles, texts, Rounded.of(vectors))
    indexed = time.process_time() - began
    parity = 1 if arguments.tuning else 0
    asked = questions(films, parity)
    rows, seconds, count = [], 0.0, 0
    for name, pairs in asked.items():
        found = embedder.vectors([query for query, _ in pairs])
        ranks: dict[str, list[float]] = {}
        for (query, target), vector in zip(pairs, found, strict=True):
            began = time.process_time()
            parts = search.parts(query, vector)
            seconds += time.process_time() - began
            count += 1
            ranks.setdefault("SQLite FTS5", []).append(target in matching(sqlite, query))
            ranks.setdefault("FTS5 trigrams", []).append(target in matching(trigrams, query, 3))
            for method, score in {
                "rapidfuzz WRatio": process.cdist([query], titles, scorer=fuzz.WRatio)[0],
                "vectors alone": above(vectors @ vector, 0),
                "words and spelling": parts.words + SPELLING * parts.spelling,
                "**limelight**": parts.score,
            }.items():
                ranks.setdefault(method, []).append(target in best(score))
        rows.append(
            {"queries": name, "asked": len(pairs)}
            | {m: float(np.mean(r)) for m, r in ranks.items()}
        )
    print(table(rows))
    if not arguments.tuning:
        told = (
            f"{len(films):,} films; {embedded:.0f} s to embed them, {indexed:.1f} s to index them, "
            f"{1000 * seconds / count:.0f} ms a query without its embedding (of the processor, by "
            f"one thread). {sum(r['asked'] for r in rows):,} queries. Measured on "
            f"{machine('limelight', 'numpy', 'rapidfuzz')}, SQLite {sqlite3.sqlite_version}."
        )
        put("search", f"{told}\n\n{table(rows)}")


def best(score: np.ndarray) -> set[int]:
    order = np.argsort(-score, kind="stable")[:N]
    return {int(row) for row in order if score[row] > 0}


def embed(
    embedder: SentenceVectors, texts: list[str], results: Path | None
) -> tuple[Matrix, float]:
    """Give the texts' vectors, and the processor's seconds that they took once."""
    kept = results / "search.npz" if results else None
    if kept is not None and kept.exists():
        with np.load(kept) as arrays:
            return arrays["vectors"], float(arrays["seconds"])
    began = time.process_time()
    vectors = embedder.vectors(texts)
    seconds = time.process_time() - began
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, vectors=vectors, seconds=seconds)
    return vectors, seconds


def full_text(
    titles: list[str], texts: list[str], tokenizer: str = "porter unicode61"
) -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    made.execute(f"CREATE VIRTUAL TABLE films USING fts5(title, text, tokenize='{tokenizer}')")
    made.executemany("INSERT INTO films VALUES (?, ?)", zip(titles, texts, strict=True))
    return made


def matching(films: sqlite3.Connection, query: str, letters: int = 0) -> set[int]:
    """Give the best rows that have any of a query's words, or of its neighbouring ``letters``."""
    joined = " ".join(words(query))
    cut = [joined[at : at + letters] for at in range(len(joined) - letters + 1)]
    asked = " OR ".join(f'"{part}"' for part in (cut if letters else words(query)))
    if not asked:
        return set()
    order = "SELECT rowid FROM films WHERE films MATCH ? ORDER BY bm25(films, 3, 1) LIMIT ?"
    return {row - 1 for (row,) in films.execute(order, (asked, N))}


def questions(films: list[dict[str, str]], parity: int) -> dict[str, list[tuple[str, int]]]:
    random = np.random.default_rng(1 + parity)
    titles = [film["title"] for film in films]
    once = [
        row for row, title in enumerate(titles) if titles.count(title) == 1 and row % 2 == parity
    ]
    long = [row for row in once if sum(map(str.isalpha, titles[row])) >= 5]
    chosen = random.permutation(long)[:QUERIES]
    asked = {
        "one typing error": [(misspelt(titles[row], 1, random), int(row)) for row in chosen],
        "two typing errors": [(misspelt(titles[row], 2, random), int(row)) for row in chosen],
        "words joined": [
            (titles[row].replace(" ", ""), int(row)) for row in chosen if " " in titles[row]
        ],
        "part of a name, joined": [
            (joined, row) for row in once if (joined := part(titles[row], random))
        ][:QUERIES],
        "keywords": [
            (", ".join(names(films[row]["keywords"])[:6]), row)
            for row in once
            if len(names(films[row]["keywords"])) >= 4
        ][:QUERIES],
        "taglines": [
            (films[row]["tagline"], row) for row in once if len(films[row]["tagline"].split()) >= 4
        ][:QUERIES],
    }
    if parity == 0:
        for name, pairs in (("paraphrased", PARAPHRASED), ("paraphrased in Chinese", CHINESE)):
            asked[name] = [(query, titles.index(title)) for title, query in pairs.items()]
    return asked


def part(title: str, random: np.random.Generator) -> str | None:
    """Write two neighbouring words of a name of three or more as one."""
    cut = words(title)
    found = [a + b for a, b in pairwise(cut) if min(len(a), len(b)) >= 3 and len(a + b) >= 8]
    return str(random.choice(found)) if len(cut) >= 3 and found else None


def misspelt(title: str, errors: int, random: np.random.Generator) -> str:
    """Swap, drop, double or mistype letters, as fingers do, none twice."""
    text = title.lower()
    letters = [at for at, letter in enumerate(text) if letter.isalpha()]
    for at in sorted(random.choice(letters, errors, replace=False), reverse=True):
        kind = random.integers(4)
        if kind == 0 and at + 1 < len(text) and text[at + 1].isalpha():
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        elif kind == 1:
            text = text[:at] + text[at + 1 :]
        elif kind == 2:
            text = text[:at] + text[at] + text[at:]
        else:
            text = text[:at] + neighbour(text[at], random) + text[at + 1 :]
    return text


def neighbour(letter: str, random: np.random.Generator) -> str:
    for row in KEYS:
        if (at := row.find(letter)) >= 0:
            beside = row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
            return str(random.choice(list(beside)))
    return "e"


def names(cell: str) -> list[str]:
    return [one["name"] for one in json.loads(cell or "[]")]


def read(folder: Path) -> list[dict[str, str]]:
    file = next(folder.glob("tmdb_5000_movies.csv*"))
    if file.suffix == ".zip":
        with ZipFile(file) as archive:
            text = archive.read("tmdb_5000_movies.csv").decode("utf-8")
    else:
        text = file.read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


if __name__ == "__main__":
    main()
