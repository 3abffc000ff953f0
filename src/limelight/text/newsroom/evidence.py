"""Everything that a sentence may rest on, to be searched."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from limelight.text.newsroom.data import Table, derived
from limelight.text.newsroom.facts import Facts, facts_of
from limelight.text.newsroom.facts.names import NAME, is_word
from limelight.text.newsroom.facts.quotations import normal
from limelight.text.newsroom.sources import Line, Place, Source
from limelight.text.newsroom.tokens import Token, content_of, tokens_of

COMMON = 2_000
"""Lines above which a word tells too little to look for it."""
LEAST = 4
"""Words below which a sentence is looked for by common ones too."""


@dataclass(frozen=True)
class Match:
    """A line of the sources and the share of a sentence's words, by weight, that it has."""

    at: int
    share: float


class Evidence:
    """The lines of all sources and tables, with their facts, found by the words they share."""

    def __init__(self, sources: Sequence[Source], tables: Sequence[Table] = ()) -> None:
        """Take in what there is; facts of a line are found when it is first asked for."""
        self.sources = {source.number: source for source in sources}
        self.tables = {table.number: table for table in tables}
        self.lines: list[Line] = [line for source in sources for line in source.lines]
        self.n_text = len(self.lines)
        for table in tables:
            self.lines += [*table.lines(), *derived(table)]
        self._facts: dict[int, Facts] = {}
        self._tokens: dict[int, list[Token]] = {}
        self._at: dict[Place, list[int]] = defaultdict(list)
        postings: dict[str, list[int]] = defaultdict(list)
        self.content = [content_of(line.text, self.language(line)) for line in self.lines]
        for at, (line, content) in enumerate(zip(self.lines, self.content, strict=True)):
            self._at[line.place].append(at)
            for word in content:
                postings[word].append(at)
        self._postings = {word: np.array(lines, np.int32) for word, lines in postings.items()}
        self._weights = {word: self._rarity(len(lines)) for word, lines in postings.items()}

    def language(self, line: Line) -> str:
        """Give the language of a line's source."""
        source = self.sources.get(line.place.source)
        return source.document.language if source else "en"

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that are names for certain: they have capitals within sentences, or name rows."""
        inside: Counter[str] = Counter()
        for line in self.lines[: self.n_text]:
            for match in NAME.finditer(line.text):
                if (
                    match.start() > 1
                    and line.text[match.start() - 2 : match.start()].strip(" ,") == ""
                ) or (
                    match.start()
                    and line.text[match.start() - 1] == " "
                    and line.text[match.start() - 2].isalnum()
                ):
                    inside.update(part.lower().strip("'’.") for part in match.group().split())
        small = {word for content in self.content for word in content}
        named = {name.lower() for table in self.tables.values() for name in table.names()}
        return frozenset(named) | frozenset(
            word for word in inside if not (is_word(word) and word in small and inside[word] < 2)
        )

    def weight(self, word: str) -> float:
        """Say how much a word tells: the rarer, the more."""
        known = self._weights.get(word)
        return self._rarity(0) if known is None else known

    def weighed(self, words: Iterable[str]) -> float:
        """Add up how much some words tell, exactly, in whatever order they come."""
        return math.fsum(map(self.weight, words))

    def _rarity(self, n: int) -> float:
        return math.log(1 + len(self.lines) / (1 + n))

    def facts(self, at: int) -> Facts:
        """Give the facts of a line."""
        if at not in self._facts:
            line = self.lines[at]
            source = self.sources.get(line.place.source)
            today = source.document.published if source else None
            self._facts[at] = facts_of(line.text, self.language(line), today, self.names)
        return self._facts[at]

    def tokens(self, at: int) -> list[Token]:
        """Give a line cut into tokens."""
        if at not in self._tokens:
            self._tokens[at] = tokens_of(self.lines[at].text, self.facts(at))
        return self._tokens[at]

    def at(self, places: Sequence[Place]) -> list[int]:
        """Find the lines at some places; a table's derived ones with its rows."""
        return [at for place in places for at in self._at.get(place, ())]

    def nearest(self, content: frozenset[str], n: int = 8) -> list[Match]:
        """Give the lines that share most with a sentence of these words, the best first."""
        shared = np.zeros(len(self.lines))
        for word in sorted(content):
            lines = self._postings.get(word)
            if lines is not None and (len(lines) <= COMMON or len(content) < LEAST):
                shared[lines] += self._weights[word]
        shared = shared.round(9)  # equal sums are equal in whatever order they were added
        found = np.flatnonzero(shared)
        if len(found) > n:
            least = np.partition(shared, -n)[-n]
            found = found[shared[found] >= least]
        best = found[np.lexsort((found, -shared[found]))][:n]
        whole = self.weighed(content) or 1.0
        return [Match(int(at), float(shared[at]) / whole) for at in best]

    def around(self, at: int, reach: int = 1) -> list[int]:
        """Give a line's neighbours in its source, itself included."""
        number = self.lines[at].place.source
        span = range(max(at - reach, 0), min(at + reach + 1, len(self.lines)))
        return [i for i in span if self.lines[i].place.source == number]

    @cached_property
    def normal(self) -> list[str]:
        """Every line with its marks and spaces in one form."""
        return [normal(line.text) for line in self.lines]

    @cached_property
    def joined(self) -> dict[int, str]:
        """Every source's and table's lines as one text."""
        return {
            number: " ".join(line.text for line in group)
            for number, group in groupby(self.lines, key=lambda line: line.place.source)
        }

    @cached_property
    def whole(self) -> dict[int, str]:
        """Every source's text with marks and spaces in one form, for quotations."""
        return {number: normal(text) for number, text in self.joined.items()}
