"""GloVe: word vectors learned from which words stand near each other.

Pennington, Socher and Manning, "GloVe: Global Vectors for Word Representation", EMNLP 2014.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.text.embed.cooccurrence import cooccurrences
from limelight.text.embed.factorisation import factorise
from limelight.text.embed.word_vectors import OFTEN, WordVectors
from limelight.text.words import words as words_of


@dataclass(eq=False)
class Glove(WordVectors):
    """Word vectors of one's own texts, trained on all cores.

    Words at least ``fewest`` times in the texts count, ``words`` at most, and stand near each other
    within ``window`` words. A pair seen ``x_max`` times or more weighs most (the paper's 100 is for
    billions of words, its authors' demo's 10 for millions). The same texts, settings and seed give
    the same vectors, whatever the number of cores.
    """

    name: ClassVar[str] = "glove"
    dimensions: int = 100
    window: int = 10
    epochs: int = 25
    fewest: int = 5
    words: int = 200_000
    x_max: float = 10.0
    learning_rate: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what trains nothing."""
        if min(self.dimensions, self.window, self.epochs, self.fewest, self.words) < 1:
            raise BadInputError("dimensions, window, epochs, fewest and words are 1 or more")
        if min(self.x_max, self.learning_rate) <= 0:
            raise BadInputError("x_max and learning_rate are above 0")

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
        lengths, ids = _encoded(texts, vocabulary)
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
            self.learning_rate,
            self.seed,
            progress,
        )
        self.vocabulary = vocabulary
        total = sum(counts.values())
        self.shares = np.array([n / total for _, n in known], np.float32)
        return self


def _encoded(
    texts: Sequence[Iterable[str]], vocabulary: dict[str, int]
) -> tuple[list[int], np.ndarray[tuple[int], np.dtype[np.int32]]]:
    """Give how many known words each text has, and all of them, unknown words left out."""
    rows = [
        np.array([vocabulary[word] for word in text if word in vocabulary], np.int32)
        for text in texts
    ]
    return [len(row) for row in rows], np.concatenate(rows)
