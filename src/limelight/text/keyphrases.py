"""What a text is about, in its own words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import log2
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from limelight.extras import require
from limelight.text.language import language_of
from limelight.text.sentences import sentences
from limelight.text.stopwords import ENGLISH
from limelight.text.terms import stem
from limelight.text.words import WORD

WINDOW = 10
"""Words within which two belong together."""
DAMPING = 0.85
ROUNDS = 50
LONGEST = 4
"""Words of a phrase."""
READ = 100_000
"""Characters that are looked at, from the beginning."""
SHORT = 4
"""Letters below which a word of a language without a list is taken for a function word."""
NAMING = ("n", "vn", "eng", "j", "an", "x")
"""Parts of speech that name something, as jieba marks them."""
BETWEEN = re.compile(r"[ \t\u00a0]+|-")


@dataclass(frozen=True)
class Keyphrase:
    """Words as the text has them first, how much they say (their sum is 1), and how often."""

    text: str
    score: float
    count: int


@dataclass(frozen=True)
class _Word:
    """A word that names something: ``place`` counts all words, ``run`` stretches without gaps."""

    text: str
    key: str
    place: int
    run: int


def keyphrases(text: str, n: int = 10, language: str | None = None) -> list[Keyphrase]:
    """Give the phrases that say most of a text, the best first, at most ``n``.

    Words that stand near each other lend each other weight, those at the beginning having most to
    lend (PositionRank, Florescu and Caragea 2017). A phrase is one to four words in a row that are
    no function words, in Chinese nouns, and weighs the sum of its words times log2(1 + how often it
    is there). Of phrases within each other the better stays. Nothing comes of a text without such
    words.
    """
    text = text[:READ]
    language = language or language_of(text)
    words = list(_chinese(text) if language == "zh" else _spaced(text, language))
    if not words:
        return []
    weight = _rank(words)
    joint = "" if language == "zh" else " "
    first: dict[tuple[str, ...], str] = {}
    count: dict[tuple[str, ...], int] = defaultdict(int)
    for run in _runs(words):
        for begin, length in product(range(len(run)), range(1, LONGEST + 1)):
            part = run[begin : begin + length]
            key = tuple(word.key for word in part)
            if len(part) == length == len(set(key)):
                first.setdefault(key, joint.join(word.text for word in part))
                count[key] += 1
    scores = {key: sum(map(weight.__getitem__, key)) * log2(1 + count[key]) for key in first}
    chosen: list[tuple[str, ...]] = []
    for key in sorted(first, key=lambda key: -scores[key]):
        if len(chosen) == n:
            break
        if not any(set(key) <= set(one) or set(one) <= set(key) for one in chosen):
            chosen.append(key)
    total = sum(scores[key] for key in chosen)
    return [Keyphrase(first[key], round(scores[key] / total, 4), count[key]) for key in chosen]


def _rank(words: list[_Word]) -> dict[str, float]:
    rows = {key: row for row, key in enumerate(dict.fromkeys(word.key for word in words))}
    ids = np.array([rows[word.key] for word in words])
    places = np.array([word.place for word in words])
    pairs: list[tuple[Any, Any]] = []
    for ahead in range(1, WINDOW):
        near = places[ahead:] - places[:-ahead] < WINDOW
        pairs.append((ids[:-ahead][near], ids[ahead:][near]))
    one, other = (np.concatenate(part) for part in zip(*pairs, strict=True))
    different = one != other
    one, other = one[different], other[different]
    both = (np.concatenate([one, other]), np.concatenate([other, one]))
    graph = csr_matrix((np.ones(len(both[0])), both), shape=(len(rows), len(rows)))
    leaving = np.asarray(graph.sum(axis=0)).ravel()
    early = np.bincount(ids, 1 / (1 + places), len(rows)).astype(np.float64)
    weight = bias = early / early.sum()
    for _ in range(ROUNDS):
        lent = graph @ (weight / np.maximum(leaving, 1)) + weight[leaving == 0].sum() * bias
        weight = DAMPING * lent + (1 - DAMPING) * bias
    return {key: float(weight[row]) for key, row in rows.items()}


def _runs(words: list[_Word]) -> Iterator[list[_Word]]:
    run: list[_Word] = []
    for word in words:
        if run and word.run != run[-1].run:
            yield run
            run = []
        run.append(word)
    yield run


def _spaced(text: str, language: str) -> Iterator[_Word]:
    """Give words of languages with spaces between them."""
    place = run = 0
    for span in sentences(text, language):
        sentence, end = span.of(text), 0
        run += 1
        for match in WORD.finditer(sentence):
            place += 1
            if not BETWEEN.fullmatch(sentence[end : match.start()]):
                run += 1
            end = match.end()
            word = match.group().replace("’", "'")
            plain = word.lower().removesuffix("'s")
            short = plain in ENGLISH if language == "en" else len(plain) < SHORT
            if short or len(plain) < 2 or not re.search(r"[^\W\d_]", plain):
                run += 1
            else:
                yield _Word(word.removesuffix("'s"), stem(plain), place, run)
                run += word.lower() != plain


def _chinese(text: str) -> Iterator[_Word]:
    run = 0
    for place, (word, part) in enumerate(_tagger().tag(text)):
        plain = word.strip()
        if part.startswith(NAMING) and len(plain) > 1 and re.search(r"[^\W\d_]", plain):
            yield _Word(plain, plain.lower(), place, run)
        else:
            run += 1


@cache
def _tagger() -> Any:
    return require("rjieba", "text", "Finding keyphrases")
