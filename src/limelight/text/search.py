"""Search in a catalogue: by words, by meaning, and past typing errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.text.embed.embedder import Matrix
from limelight.text.postings import Postings, Scores, numbered
from limelight.text.rounded import Rounded
from limelight.text.spellings import Spellings
from limelight.text.terms import grams, plain, spelt, stem, terms, tokens

IN_TITLE = 3
"""A word in a title counts as often as so many in a text."""
SPELT_ALIKE, TYPED_ALIKE = 0.3, 0.55
"""Cosine of letters, and share of letters typed as they should be, up to which a query is like a
name by chance."""
SPELLING, MEANING = 1.0, 0.8
"""What spelling and meaning weigh beside words."""
PART = 5
"""Letters from which a query that stands in a name, spaces aside, is as good as its spelling."""
UNRELATED = 0.1
"""Cosine of sentences up to which they are alike by chance."""
CORRECTIONS = 3
LONGEST = 2_000
"""Characters of a query."""


class Parts(NamedTuple):
    """How well every title answers a query, each float32 (n_titles,) from 0 to 1."""

    words: Scores
    spelling: Scores
    meaning: Scores

    @property
    def score(self) -> Scores:
        """All of them, weighed."""
        total: Scores = self.words + SPELLING * self.spelling + MEANING * self.meaning
        return total


@dataclass(frozen=True)
class Hit:
    """A title that was found: its row, its score, and what it is made of."""

    row: int
    score: float
    words: float
    spelling: float
    meaning: float


class Search:
    """Titles with their texts, to be searched.

    By words it is BM25 over title and text, a query's unknown words standing for the known ones
    that are one or two letters away. By spelling it is the mean of the cosine of letters, three and
    three, spaces aside, which is 1 for a part of a name, and of the edits (optimal string
    alignment) between the query and a whole name, which finds short names. By meaning it is the
    cosine of ``vectors``, n_titles of them, of length 1 or 0. Their sum on a common
    scale decides (Bruch, Gai and Ingber 2023).
    """

    def __init__(
        self, titles: Sequence[str], texts: Sequence[str], vectors: Rounded | None = None
    ) -> None:
        """Take the titles and the texts, as many of each. Raises BadInputError for none."""
        if not titles or len(titles) != len(texts):
            raise BadInputError(f"there are {len(titles)} titles and {len(texts)} texts to search")
        n = len(titles)
        pairs = zip(titles, texts, strict=True)
        known, numbers, sizes = numbered(tokens(text) for pair in pairs for text in pair)
        stems, stem_of, _ = numbered([[stem(token) for token in known]])
        rows = np.repeat(np.repeat(np.arange(n, dtype=np.int32), 2), sizes)
        times = np.repeat(np.tile(np.array([IN_TITLE, 1], np.float32), n), sizes)
        self._words = Postings(stems, stem_of[numbers], rows, times, n, bm25=True)
        self._letters = Postings.of(map(grams, titles), bm25=False)
        self._spelt([plain(title) for title in titles], spelt(known))
        self._vectors = vectors

    @property
    def vectors(self) -> Rounded | None:
        """The titles' vectors, None where meaning is not searched."""
        return self._vectors

    def made(self) -> tuple[dict[str, Sequence[str]], dict[str, NDArray[Any]]]:
        """Give what was made of the titles, as lists of texts and as arrays, for `restored`."""
        told = {"names": self._names.names, "known": self._known.names}
        arrays: dict[str, NDArray[Any]] = {}
        if self._vectors is not None:
            arrays = {"vectors": self._vectors.codes, "scales": self._vectors.scales}
        for name, postings in (("words", self._words), ("letters", self._letters)):
            told[name], own = postings.made()
            arrays |= {f"{name}.{key}": array for key, array in own.items()}
        return told, arrays

    @classmethod
    def restored(cls, told: Mapping[str, list[str]], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take what `made` gave. Raises KeyError for what is missing."""
        found = cls.__new__(cls)
        found._spelt(told["names"], told["known"])
        found._words, found._letters = (
            Postings.restored(
                told[name],
                {
                    key.removeprefix(f"{name}."): array
                    for key, array in arrays.items()
                    if key.startswith(f"{name}.")
                },
            )
            for name in ("words", "letters")
        )
        there = "vectors" in arrays
        found._vectors = Rounded(arrays["vectors"], arrays["scales"]) if there else None
        return found

    def _spelt(self, names: Sequence[str], known: Sequence[str]) -> None:
        self._names, self._known = Spellings(names), Spellings(known)
        joined = [name.replace(" ", "").encode("utf-8") for name in names]
        self._joined = b"\n".join([*joined, b""])
        self._begins = np.cumsum([0, *(len(name) + 1 for name in joined)])

    def find(self, query: str, n: int = 10, vector: NDArray[Any] | None = None) -> list[Hit]:
        """Give the ``n`` best titles for a query, the best first, and none that has nothing of it.

        ``vector`` (n_dimensions,) is the query's, by what made the titles'. Raises BadInputError
        for a query without a letter or digit.
        """
        if n < 1:
            raise BadInputError(f"at least one title must be asked for, not {n}")
        parts = self.parts(query, vector)
        score = parts.score
        return [
            Hit(int(row), *(round(float(part[row]), 4) for part in (score, *parts)))
            for row in best(score, n)
        ]

    def parts(self, query: str, vector: NDArray[Any] | None = None) -> Parts:
        """Give the parts of all titles' scores; else as `find`."""
        query = query[:LONGEST]
        if not grams(query):
            raise BadInputError(f"the query {query!r} has no letter or digit to look for")
        words = self._words.scores(self._asked(query))
        meaning = np.zeros_like(words)
        if vector is not None and self._vectors is not None:
            meaning = above(self._vectors.products(vector), UNRELATED)
        typed = above(self._names.alike(plain(query), TYPED_ALIKE), TYPED_ALIKE)
        spelling = (self._part(query) + typed) / np.float32(2)
        return Parts(words, spelling, meaning)

    def corrections(self, query: str) -> dict[str, list[tuple[str, float]]]:
        """Give for each unknown word the known ones that were probably meant, with weights."""
        return {
            word: self._near(word)
            for word in dict.fromkeys(spelt(tokens(query[:LONGEST])))
            if stem(word) not in self._words.vocabulary
        }

    def _asked(self, query: str) -> dict[str, float]:
        asked: dict[str, float] = dict(Counter(terms(query, asked=True)))
        for word, near in self.corrections(query).items():
            asked.pop(stem(word), None)
            for other, weight in near:
                asked[stem(other)] = max(asked.get(stem(other), 0.0), weight)
        return asked

    def _part(self, query: str) -> Scores:
        letters = above(self._letters.scores(Counter(grams(query))), SPELT_ALIKE)
        letters[self._holding(plain(query).replace(" ", ""))] = 1
        return letters

    def _holding(self, joined: str) -> NDArray[np.intp]:
        """Find the names that have a text in them, spaces aside."""
        part, places = joined.encode("utf-8"), []
        place = self._joined.find(part) if len(joined) >= PART else -1
        while place >= 0:
            places.append(place)
            place = self._joined.find(part, self._joined.find(b"\n", place))
        return np.searchsorted(self._begins, places, "right") - 1

    def _near(self, word: str) -> list[tuple[str, float]]:
        """Find words one letter away, of six or more letters two (a swap of neighbours is one)."""
        most = 0 if len(word) < 3 or word.isdigit() else 1 if len(word) < 6 else 2
        found = self._known.near(word, most) if most else []
        least = min((away for _, away in found), default=0)
        nearest = [other for other, away in found if away == least]
        # First letters are seldom wrong, and common words are meant more often than rare ones.
        nearest.sort(key=lambda other: (other[0] != word[0], -self._words.owners(stem(other))))
        return [(other, 1 - least / len(word)) for other in nearest[:CORRECTIONS]]


def best(scores: Scores, n: int) -> NDArray[np.intp]:
    """Give the rows of the ``n`` highest scores above 0, the highest first, ties in order."""
    least = np.partition(scores, max(len(scores) - n, 0))[max(len(scores) - n, 0)]
    rows = np.flatnonzero((scores >= least) & (scores > 0))
    return rows[np.argsort(-scores[rows], kind="stable")][:n]


def above(cosines: NDArray[np.floating[Any]], floor: float) -> Scores:
    """Scale what lies above a floor from 0 to 1."""
    return np.asarray(np.clip((cosines - floor) / (1 - floor), 0, 1), np.float32)


def nearest(vectors: Matrix, row: int, n: int = 10) -> list[tuple[int, float]]:
    """Give the rows whose vectors are nearest to one's, and their cosines, the nearest first.

    Rows of nothing are near nothing.
    """
    cosines = vectors @ vectors[row]
    cosines[row] = -np.inf
    best = np.argsort(-cosines, kind="stable")[:n]
    return [(int(other), float(cosines[other])) for other in best if cosines[other] > 0]
