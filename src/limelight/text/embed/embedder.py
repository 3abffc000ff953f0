"""What all ways of turning texts into vectors have in common."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from limelight.media.whole import filling
from limelight.progress import Progress, silent

SETTINGS, ARRAYS = "embedder.json", "embedder.safetensors"

Matrix = NDArray[np.float32]


class Embedder(ABC):
    """Something that turns texts into vectors, a dataclass whose fields are its settings.

    Rows have length 1, so that a product of two is their cosine, or 0 where nothing is known.
    """

    name: ClassVar[str]

    @abstractmethod
    def fit(self, texts: Sequence[str], progress: Progress = silent) -> Self:
        """Learn from texts, where there is something to learn. Raises BadInputError for none."""

    @abstractmethod
    def vectors(self, texts: Sequence[str], progress: Progress = silent) -> Matrix:
        """Give float32 (n_texts, n_dimensions).

        Raises BadInputError where nothing was learned yet, UnavailableError where pretrained
        weights are not on this disk.
        """

    @abstractmethod
    def learned(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Give what was learned: what JSON can say, and arrays."""

    @abstractmethod
    def restore(self, told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take what `learned` gave."""

    def save(self, folder: Path) -> None:
        """Write settings and what was learned; the folder appears whole."""
        told, arrays = self.learned()
        settings = {
            field.name: getattr(self, field.name)
            for field in fields(self)  # type: ignore[arg-type]
            if field.init
        }
        stored = {"embedder": self.name, "settings": settings, "learned": told}
        with filling(folder) as draft:
            text = json.dumps(stored, ensure_ascii=False)
            (draft / SETTINGS).write_text(text, encoding="utf-8")
            save_file(arrays, draft / ARRAYS)


def unit(rows: NDArray[np.floating[Any]]) -> Matrix:
    """Give rows of length 1; rows of nothing stay."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1), np.float32)
