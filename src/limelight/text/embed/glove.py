"""GloVe: word vectors learned from which words stand near each other.

Pennington, Socher and Manning, "GloVe: Global Vectors for Word Representation", EMNLP 2014.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.text.embed.cooccurrence import cooccurrences
from limelight.text.embed.factorisation import factorise
from limelight.text.embed.word_vectors import OFTEN, WordVectors
from limelight.text.words import words as words_of

FREQUENT = 1e-4
"""Share of all words above which a word is thinned out."""
FEW = 100
"""A word seen no more often than so is never thinned out, however short the texts are."""


@dataclass(eq=False)
class Glove(WordVectors):
    """Word vectors of one's own texts, trained on all cores.

    Words at least ``fewest`` times in the texts count, ``words`` at most, and stand near each other
    within ``window`` words. A pair seen ``x_max`` times or more weighs most (the paper's 100 is for
    billions of words, its authors' demo's 10 for millions). Frequent words are thinned out first.
    The same texts, settings and seed give the same vectors, whatever the number of cores.
    """

    name: ClassVar[str] = "glove"
    dimensions: int = 100
    window: int = 10
    epochs: int = 5
    fewest: int = 5
    words: int = 200_000
    x_max: float = 10.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what trains nothing."""
        if min(self.dimensions, self.window, self.epochs, self.fewest, self.words) < 1:
            raise BadInputError("dimensions, window, epochs, fewest and words are 1 or more")
        if self.x_max <= 0:
            raise BadInputError("x_max is above 0")

    def fit(self, texts: Sequence[str], progress: Progress = silent) -> Self:
        """Learn from texts; windows don't reach from one into the next."""
        cut: list[list[str]] = []
        for at, text in enumerate(texts):
            if at % OFTEN == 0:
                progress(at, len(texts), "cutting texts into words")
            cut.append(words_of(text))
        return self.fit_words(cut, progress)

    def fit_words(self, texts: Sequence[Sequence[str]], progress: Progress = silent) -> Self:
        """Learn from texts that are words already.

        Raises BadInputError where no two words are frequent enough, or stand near each other.
        """
        counts = Counter(word for text in texts for word in text)
        known = [(word, n) for word, n in counts.most_common(self.words) if n >= self.fewest]
        vocabulary = {word: row for row, (word, _) in enumerate(known)}
        if len(vocabulary) < 2:
            raise BadInputError(
                f"there is too little to learn from: {len(vocabulary)} words are there "
                f"{self.fewest} times or more; give more texts, or set fewest lower"
            )
        total = sum(counts.values())
        lengths, ids = _encoded(texts, vocabulary, _kept(known, total), self.seed)
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        pairs = cooccurrences(ids, starts, len(vocabulary), self.window, progress)
        if not len(pairs.counts):
            raise BadInputError("there is too little to learn from: no text has two known words")
        self.matrix = factorise(
            pairs,
            len(vocabulary),
            self.dimensions,
            self.epochs,
            self.x_max,
            self.seed,
            progress,
        )
        self.vocabulary = vocabulary
        self.shares = np.array([n / total for _, n in known], np.float32)
        return self


def _kept(known: Sequence[tuple[str, int]], total: int) -> NDArray[np.float64]:
    """Give how much of each word is kept, so that windows reach past words that say little.

    As word2vec does it (Mikolov et al. 2013, by the formula of their program).
    """
    enough = max(FREQUENT * total, FEW) / np.array([n for _, n in known])
    return np.minimum(1, np.sqrt(enough) + enough)


def _encoded(
    texts: Sequence[Iterable[str]],
    vocabulary: dict[str, int],
    kept: NDArray[np.float64],
    seed: int,
) -> tuple[list[int], NDArray[np.int32]]:
    """Give how many known words of each text are kept, and all of them."""
    random = np.random.default_rng(seed)
    rows = []
    for text in texts:
        row = np.array([vocabulary[word] for word in text if word in vocabulary], np.int32)
        rows.append(row[random.random(len(row)) < kept[row]])
    return [len(row) for row in rows], np.concatenate(rows)
