"""Texts as a network reads them: numbers of words, and brackets around them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from limelight.text.tag.brackets import Tree, bracketed, clauses
from limelight.text.words import words

PAD, UNKNOWN = 0, 1
LONGEST = 512
"""Words of a text that a network reads, from the beginning."""
ENOUGH = 8_000
"""Characters in which those are looked for."""
TWICE = 2
"""Texts in which a word must stand to be learned, unless its vector is known."""


@dataclass(frozen=True)
class Read:
    """A text's words as numbers, and where it is asked for, the tree over them."""

    ids: NDArray[np.int64]
    tree: Tree | None = None


@dataclass(frozen=True)
class WordList:
    """The words that a network knows, in order; numbers 0 and 1 are nothing and any other word."""

    words: tuple[str, ...]

    @classmethod
    def learn(cls, texts: Iterable[str], n: int, known: Collection[str] = ()) -> WordList:
        """Take the ``n`` words that stand in most texts; those of one text alone if ``known``."""
        counts = Counter(word for text in texts for word in set(words(text[:ENOUGH])[:LONGEST]))
        ordered = sorted(counts, key=lambda word: (-counts[word], word))
        return cls(tuple(w for w in ordered if counts[w] >= TWICE or w in known)[:n])

    @cached_property
    def ids(self) -> dict[str, int]:
        """The words' numbers."""
        return {word: number for number, word in enumerate(self.words, UNKNOWN + 1)}

    def __len__(self) -> int:
        """Count the numbers, both that are no word included."""
        return len(self.words) + UNKNOWN + 1

    def read(self, text: str, with_tree: bool = False) -> Read:
        """Read a text; one without a word is a single unknown one."""
        if not with_tree:
            return Read(self._numbers(words(text[:ENOUGH])[:LONGEST]))
        sentences = clauses(text[:ENOUGH])
        tree, order = bracketed(sentences, LONGEST)
        return Read(self._numbers(order), tree)

    def _numbers(self, found: Sequence[str]) -> NDArray[np.int64]:
        ids = self.ids
        return np.array([ids.get(word, UNKNOWN) for word in found] or [UNKNOWN], np.int64)

    def stored(self) -> str:
        """Give all of it as text."""
        return json.dumps(self.words, ensure_ascii=False)
