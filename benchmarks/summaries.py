"""Summaries of news beside Lead, TextRank and LexRank on TF-IDF: ROUGE at equal lengths.

What is learned and chosen is learned on one half of the articles (--learn) and measured on the
other. ../shared/data/news, or $LIMELIGHT_NEWS, has the articles and their reference summaries.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from documents import machine, put, table
from numpy.typing import NDArray

from limelight.text.reading import Document
from limelight.text.summary import Length, summarise
from limelight.text.summary.centrality import lexrank, tfidf
from limelight.text.summary.source import Source, opened
from limelight.text.summary.summarising import read_source, vectors_of
from limelight.text.summary.worth import MEASURES, measures

DATA = Path(
    os.environ.get("LIMELIGHT_NEWS")
    or Path(__file__).parents[2] / "shared/data/news/bbc-summaries.jsonl.gz"
)
SENTENCES = 3
SHARE = 0.4
"""Of an article's words that its summary may have: reference summaries have about as many."""
SAMPLES = 2000
SCORES = ("rouge1", "rouge2", "rougeL")
OURS = "**limelight**"
MEANING = "**limelight**, sentence vectors"

Article = dict[str, str]
Ranker = Callable[[Source], NDArray[np.float64]]


def articles(half: int) -> list[Article]:
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [one for one in found if _half(one) == half]


def _half(article: Article) -> int:
    name = f"{article['category']}/{article['id']}"
    return int(sha256(name.encode()).hexdigest(), 16) % 2


def document(article: Article) -> Document:
    body = article["article"].split("\n", 1)[1].strip()
    paragraphs = tuple(part.strip() for part in re.split(r"\n\s*\n", body))
    return Document(article["id"], paragraphs, "text", title=article["title"])


def lead(source: Source) -> NDArray[np.float64]:
    return -np.arange(len(source.sentences), dtype=np.float64)


def textrank(source: Source) -> NDArray[np.float64]:
    """Mihalcea and Tarau 2004: words in common over the logarithms of the lengths."""
    said = [set(one.stems) for one in source.sentences]
    n = len(said)
    alike = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            if (long := np.log(len(said[i])) + np.log(len(said[j]))) > 0:
                alike[i, j] = alike[j, i] = len(said[i] & said[j]) / long
    flow = alike / np.maximum(alike.sum(axis=0), 1e-12)
    rank = np.full(n, 1 / n)
    for _ in range(100):
        rank = 0.15 / n + 0.85 * flow @ rank
    return rank


def ranked_by_lexrank(source: Source) -> NDArray[np.float64]:
    return lexrank(tfidf(source.sentences))


PEERS: dict[str, Ranker] = {
    "Lead": lead,
    "TextRank": textrank,
    "LexRank on TF-IDF": ranked_by_lexrank,
}


def taken(source: Source, rank: NDArray[np.float64], length: Length) -> str:
    """Take sentences in the order of their rank, each that still fits."""
    left, chosen = length.most, []
    for at in np.argsort(-rank, kind="stable"):
        if (cost := length.of(source.sentences[at])) <= left:
            chosen.append(int(at))
            left -= cost
    return " ".join(source.sentences[at].text for at in sorted(chosen))


def lengths_of(source: Source) -> dict[str, Length]:
    total = sum(len(one.words) for one in source.sentences)
    return {"sentences": Length(SENTENCES), "words": Length(int(total * SHARE), "words")}


class Once:
    """Embeds an article for the first of its two lengths; ``spared`` are the second's seconds."""

    def __init__(self, embedder: Any) -> None:
        self.embedder, self.spared, self.took = embedder, 0.0, 0.0
        self.texts: list[str] = []

    def vectors(self, texts: list[str]) -> Any:
        if texts == self.texts:
            self.spared += self.took
            return self.found
        begun = time.process_time()
        self.texts, self.found = texts, self.embedder.vectors(texts)
        self.took = time.process_time() - begun
        return self.found


def summaries(name: str, found: list[Article]) -> tuple[dict[str, list[str]], float]:
    """Give every article's summaries by budget, and the seconds that it took."""
    texts: dict[str, list[str]] = {"sentences": [], "words": []}
    embedder = Once(meaning()) if name == MEANING else None
    begun = time.process_time()
    for article in found:
        whole = document(article)
        source = opened(whole)
        for budget, length in lengths_of(source).items():
            if name in PEERS:
                texts[budget].append(taken(source, PEERS[name](source), length))
            else:
                texts[budget].append(summarise(whole, length, embedder).text)
    return texts, time.process_time() - begun + (embedder.spared if embedder else 0)


def judged(texts: list[str], found: list[Article]) -> dict[str, list[float]]:
    from rouge_score import rouge_scorer, tokenizers

    class Remembering(tokenizers.DefaultTokenizer):
        """Stems a reference once."""

        def __init__(self) -> None:
            super().__init__(use_stemmer=True)
            self.tokenize = lru_cache(4096)(super().tokenize)

    scorer = rouge_scorer.RougeScorer(SCORES, tokenizer=Remembering())
    scores = [scorer.score(one["summary"], text) for one, text in zip(found, texts, strict=True)]
    judged = {name: [float(score[name].fmeasure) for score in scores] for name in SCORES}
    return {**judged, "words": [float(len(text.split())) for text in texts]}


def meaning() -> Any:
    from limelight.text.embed import SentenceVectors

    return SentenceVectors()


def learn(found: list[Article], embedder: Any = None) -> None:
    """Print the weights by which reference sentences are told from others, and how well."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    tables, chosen, fold = [], [], []
    for number, article in enumerate(found):
        source = read_source(document(article))
        reference = _letters(article["summary"])
        tables.append(measures(source, vectors_of(source, embedder)))
        chosen += [_letters(one.text) in reference for one in source.sentences]
        fold += [number % 2] * len(source.sentences)
    rows, wanted, half = np.vstack(tables), np.array(chosen), np.array(fold)
    for part in (0, 1):
        model = LogisticRegression(max_iter=1000).fit(rows[half == part], wanted[half == part])
        guessed = model.decision_function(rows[half != part])
        print(f"area under the curve {roc_auc_score(wanted[half != part], guessed):.4f}")
    for name, column in zip(MEASURES, rows.T, strict=True):
        print(f"{name} alone {roc_auc_score(wanted, column):.4f}")
    model = LogisticRegression(max_iter=1000).fit(rows, wanted)
    print(dict(zip(MEASURES, model.coef_[0].round(3).tolist(), strict=True)))


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Give the middle 95 % of the means of samples of articles, drawn with replacement."""
    random = np.random.default_rng(0)
    draws = random.integers(0, len(values), (SAMPLES, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def rows_of(measured: dict[str, Any], budget: str) -> list[dict[str, Any]]:
    rows = []
    best = {
        score: max(float(np.mean(measured[peer][budget][score])) for peer in PEERS)
        for score in SCORES
    }
    for name, one in measured.items():
        row: dict[str, Any] = {"by": name}
        for score, head in zip(SCORES, ("ROUGE-1", "ROUGE-2", "ROUGE-L"), strict=True):
            values = np.array(one[budget][score])
            low, high = interval(values)
            row[head] = f"{100 * values.mean():.1f} ({100 * low:.1f} to {100 * high:.1f})"
            if name not in PEERS:
                peer = next(p for p in PEERS if np.mean(measured[p][budget][score]) == best[score])
                low, high = interval(values - np.array(measured[peer][budget][score]))
                row[head] += f"; +{100 * low:.1f} to +{100 * high:.1f}".replace("+-", "-")
        row["words"] = f"{np.mean(one[budget]['words']):.0f}"
        row["ms an article"] = f"{1000 * one['seconds'] / len(one[budget]['words']) / 2:.1f}"
        rows.append(row)
    return rows


def told(measured: dict[str, Any]) -> str:
    count = len(next(iter(measured.values()))["words"]["words"])
    missing = (
        "" if MEANING in measured else "\n\nNot measured: comparing sentences by their vectors."
    )
    return "\n\n".join(
        [
            f"At most {SENTENCES} sentences each:",
            table(rows_of(measured, "sentences")),
            f"At most {SHARE:.0%} of the article's words each, whole sentences:",
            table(rows_of(measured, "words")),
            f"F-measures in hundredths with 95 % intervals over {count} articles; after the "
            "semicolon the interval of the gain on the best of the three others, article by "
            f"article. Measured on {machine('rouge-score', 'numpy')}." + missing,
        ]
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--learn", action="store_true", help="learn weights, write nothing")
    arguments.add_argument("--meaning", action="store_true", help="with sentence vectors too")
    arguments.add_argument("--results", type=Path)
    arguments.add_argument("--most", type=int, help="articles, to try it out; writes nothing")
    given = arguments.parse_args()
    if given.learn:
        learn(articles(0)[: given.most], meaning() if given.meaning else None)
        return
    results = given.results or Path(tempfile.mkdtemp())
    results.mkdir(parents=True, exist_ok=True)
    found = articles(1)[: given.most]
    measured: dict[str, Any] = {}
    for name in [*PEERS, OURS, *([MEANING] if given.meaning else [])]:
        kept = results / f"{re.sub(r'[^a-z]+', '-', name.lower()).strip('-')}.json"
        if not kept.exists():
            print(name, file=sys.stderr, flush=True)
            texts, seconds = summaries(name, found)
            scores = {budget: judged(made, found) for budget, made in texts.items()}
            kept.write_text(json.dumps({**scores, "seconds": seconds}), encoding="utf-8")
        measured[name] = json.loads(kept.read_text(encoding="utf-8"))
    print(told(measured))
    if given.most is None:
        put("summaries", told(measured))


if __name__ == "__main__":
    main()
