"""How much of a sentence is a source's own wording, word after word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.words import WORD, words

ALLOWED = 12
"""Words in a row that a sentence may have in common with a source without quoting it."""


@dataclass(frozen=True)
class Wording:
    """The wording of sources: which runs of one more word than ``allowed`` stand in them."""

    runs: frozenset[tuple[str, ...]]
    allowed: int = ALLOWED

    @classmethod
    def of(cls, texts: Iterable[str], allowed: int = ALLOWED) -> Wording:
        """Take in the sentences of sources."""
        runs: set[tuple[str, ...]] = set()
        for text in texts:
            said = words(text)
            runs.update(tuple(said[i : i + allowed + 1]) for i in range(len(said) - allowed))
        return cls(frozenset(runs), allowed)

    def copied(self, text: str) -> list[str]:
        """Give the first run of words that is too long, quotations left out; [] for none."""
        for part in unquoted(text):
            said = words(part)
            for i in range(len(said) - self.allowed):
                if tuple(said[i : i + self.allowed + 1]) in self.runs:
                    return said[i : i + self.allowed + 1]
        return []


def longest_copy(text: str, sources: Iterable[str]) -> list[str]:
    """Give the longest run of words that stands in a source too, what is quoted left out.

    Words are compared without case and punctuation; in Chinese they are jieba's.
    """
    said = [words(part) for part in unquoted(text)]
    best: list[str] = []
    for source in sources:
        other = words(source)
        for part in said:
            start, end = common_run(part, other)
            best = part[start:end] if end - start > len(best) else best
    return best


def unquoted(text: str) -> list[str]:
    """Part a text at its quotations; no run goes over one."""
    parts, at = [], 0
    for match in MARKS.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
    parts.append(text[at:])
    return [part for part in parts if re.search(r"\w", part)]


def common_run(one: list[str], other: list[str]) -> tuple[int, int]:
    """Give where in ``one`` the longest run of words begins and ends that ``other`` has too."""
    best, best_end = 0, 0
    before = [0] * (len(other) + 1)
    for i, word in enumerate(one, 1):
        row = [0] * (len(other) + 1)
        for j, theirs in enumerate(other, 1):
            if word == theirs:
                row[j] = before[j - 1] + 1
                if row[j] > best:
                    best, best_end = row[j], i
        before = row
    return best_end - best, best_end


def places_of(text: str) -> list[tuple[int, int]]:
    """Give where in an English text its words stand, one for each of `words`."""
    return [match.span() for match in WORD.finditer(text)]
