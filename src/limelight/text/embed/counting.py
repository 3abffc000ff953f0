"""Texts as counts of their words, plain or weighed by how much each word tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.progress import Progress, silent
from limelight.text.embed.embedder import Embedder, Matrix, unit
from limelight.text.words import words as words_of

PURPOSE = "Counting words"
OFTEN = 1000
"""Texts between two messages."""


@dataclass(eq=False)
class BagOfWords(Embedder):
    """How often each word is in a text; of the texts' words the ``words`` most frequent count."""

    name: ClassVar[str] = "bag-of-words"
    words: int = 20_000
    vocabulary: dict[str, int] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what counts nothing."""
        if self.words < 1:
            raise BadInputError(f"words is 1 or more, not {self.words}")

    def fit(self, texts: Sequence[str], progress: Progress = silent) -> Self:
        """Learn the vocabulary."""
        counter = _counter(max_features=self.words)
        try:
            counter.fit(_told(texts, progress, "learning words"))
        except ValueError as error:
            raise BadInputError("there is nothing to learn from: no text has a word") from error
        self.vocabulary = {word: int(column) for word, column in counter.vocabulary_.items()}
        return self

    def counts(self, texts: Sequence[str], progress: Progress = silent) -> csr_matrix:
        """Count: sparse float32 (n_texts, n_words)."""
        if not self.vocabulary:
            raise BadInputError(f"{self.name} knows no words yet; fit it to texts first")
        counter = _counter(vocabulary=self.vocabulary)
        return counter.transform(_told(texts, progress, "counting words"))

    def vectors(self, texts: Sequence[str], progress: Progress = silent) -> Matrix:
        """Give counts, scaled to length 1."""
        return unit(self.counts(texts, progress).toarray())

    def learned(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Give the words in the order of their columns."""
        return {"words": sorted(self.vocabulary, key=self.vocabulary.__getitem__)}, {}

    def restore(self, told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take the words."""
        self.vocabulary = {word: column for column, word in enumerate(told["words"])}


@dataclass(eq=False)
class TfIdf(BagOfWords):
    """Counts weighed by rarity: (1 + log count) * (1 + log((1 + n) / (1 + texts with the word))).

    With ``dimensions``, the directions in which texts differ most take the words' place, so that
    words that go together count for each other (latent semantic analysis, Deerwester et al. 1990);
    there are as many as the texts allow.
    """

    name: ClassVar[str] = "tfidf"
    dimensions: int = 0
    seed: int = 0
    rarity: Matrix = field(default_factory=lambda: np.zeros(0, np.float32), init=False, repr=False)
    directions: Matrix = field(
        default_factory=lambda: np.zeros((0, 0), np.float32), init=False, repr=False
    )

    def __post_init__(self) -> None:
        """Refuse what counts nothing."""
        super().__post_init__()
        if self.dimensions < 0:
            raise BadInputError(f"dimensions is 0 (all words) or more, not {self.dimensions}")

    def fit(self, texts: Sequence[str], progress: Progress = silent) -> Self:
        """Learn the vocabulary, how rare each word is, and the directions."""
        super().fit(texts, progress)
        counts = self.counts(texts, progress)
        owners = np.bincount(counts.indices, minlength=counts.shape[1])
        self.rarity = (1 + np.log((1 + len(texts)) / (1 + owners))).astype(np.float32)
        n = min(self.dimensions, min(counts.shape) - 1)
        if n > 0:
            progress(0, None, "finding directions")
            reduction = require("sklearn.decomposition", "text", PURPOSE)
            found = reduction.TruncatedSVD(n, random_state=self.seed).fit(self._weighed(counts))
            self.directions = np.ascontiguousarray(found.components_, np.float32)
        else:
            self.directions = np.zeros((0, 0), np.float32)
        return self

    def vectors(self, texts: Sequence[str], progress: Progress = silent) -> Matrix:
        """Give weights, or where texts lie along the directions, scaled to length 1."""
        weighed = self._weighed(self.counts(texts, progress))
        if len(self.directions):
            return unit(weighed @ self.directions.T)
        return unit(weighed.toarray())

    def _weighed(self, counts: csr_matrix) -> csr_matrix:
        weighed = counts.astype(np.float32)
        weighed.data = (1 + np.log(weighed.data)) * self.rarity[weighed.indices]
        normal: Callable[[csr_matrix], csr_matrix] = require(
            "sklearn.preprocessing", "text", PURPOSE
        ).normalize
        return normal(weighed)

    def learned(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Give the words, their rarity and the directions."""
        return super().learned()[0], {"rarity": self.rarity, "directions": self.directions}

    def restore(self, told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take them."""
        super().restore(told, arrays)
        self.rarity, self.directions = arrays["rarity"], arrays["directions"]


def _counter(**settings: Any) -> Any:
    module = require("sklearn.feature_extraction.text", "text", PURPOSE)
    return module.CountVectorizer(analyzer=words_of, dtype=np.float32, **settings)


def _told(texts: Sequence[str], progress: Progress, message: str) -> Iterator[str]:
    for at, text in enumerate(texts):
        if at % OFTEN == 0:
            progress(at, len(texts), message)
        yield text
