"""The contract that every recommender model keeps: histories in, scores out."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix

from limelight.errors import BadInputError, CorruptError
from limelight.progress import Progress, silent
from limelight.recommend.interactions import Histories, Interactions

ARRAYS_FILE = "model.safetensors"
CONFIG_FILE = "model.json"
SPARSE_PARTS = ("data", "indices", "indptr")

Scores = NDArray[np.float32]


@dataclass
class Model(ABC):
    """A function of histories, learned from interactions.

    Subclasses are dataclasses: a field that the constructor takes is configuration, a field with
    ``init=False`` is what ``fit`` learns, an array or a CSR matrix between items. No model keeps
    anything about a single user, so a new user, a new event or a forgotten one needs no retraining.
    """

    name: ClassVar[str]
    additive: ClassVar[bool] = False
    """Whether ``contributions`` are exact parts that sum to the score."""

    def fit(self, interactions: Interactions, progress: Progress = silent) -> Self:
        """Learn from the events that speak for a title, and return self."""
        histories = interactions.histories.positive()
        if not len(histories.items):
            raise BadInputError("there are no positive events to learn from")
        self._fit(histories, progress)
        return self

    def score(self, histories: Histories) -> Scores:
        """Score every title for every history, float32 (n_histories, n_items); more is better.

        Only positive events count. Titles already in a history are scored too: leaving them out is
        the ranking's business. Raises BadInputError for histories of another catalogue's size.
        """
        if histories.n_items != self.n_items:
            raise BadInputError(
                f"the model knows {self.n_items:,} titles, the histories {histories.n_items:,}"
            )
        return self._score(histories.positive())

    def contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        """Say what each event of one history adds to the targets' scores.

        Returns float32 (n_events, n_targets), rows in the order of the history's events; events
        that do not speak for a title get zeros. Where ``additive``, each column sums to the
        target's score; elsewhere an event's part is the score lost when it is left out.
        """
        keep = history.weights > 0
        parts = np.zeros((len(keep), len(targets)), np.float32)
        parts[keep] = self._contributions(history.positive(), np.asarray(targets))
        return parts

    @property
    @abstractmethod
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""

    @abstractmethod
    def _fit(self, histories: Histories, progress: Progress) -> None: ...

    @abstractmethod
    def _score(self, histories: Histories) -> Scores: ...

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        n = len(history.items)
        keep = ~np.eye(n, dtype=bool)
        without = Histories(
            np.arange(n + 1, dtype=np.int64) * (n - 1),
            np.broadcast_to(history.items, (n, n))[keep],
            np.broadcast_to(history.weights, (n, n))[keep],
            history.n_items,
        )
        return self._score(history)[:, targets] - self._score(without)[:, targets]

    def config(self) -> dict[str, Any]:
        """Give the configuration, as the constructor takes it."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.init}

    def save(self, folder: Path) -> None:
        """Write the arrays (safetensors) and the configuration (JSON) into an existing folder."""
        arrays: dict[str, NDArray[Any]] = {}
        for name in _learned(self):
            value = getattr(self, name)
            if isinstance(value, csr_matrix):
                arrays |= {f"{name}.{part}": getattr(value, part) for part in SPARSE_PARTS}
            else:
                arrays[name] = np.ascontiguousarray(value)
        save_file(arrays, folder / ARRAYS_FILE)
        described = {"model": self.name, "config": self.config()}
        (folder / CONFIG_FILE).write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote. Raises CorruptError with the reason where it can't be used."""
        try:
            described = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
            model = cls(**described["config"])
            arrays = load_file(folder / ARRAYS_FILE)
            for name in _learned(cls):
                setattr(model, name, _array(arrays, name))
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise CorruptError(f"{folder} is no usable {cls.name} model: {error}") from error
        return model


def _learned(model: Model | type[Model]) -> list[str]:
    return [field.name for field in fields(model) if not field.init]


def _array(arrays: dict[str, NDArray[Any]], name: str) -> NDArray[Any] | csr_matrix:
    if name in arrays:
        return arrays[name]
    values, columns, offsets = (arrays[f"{name}.{part}"] for part in SPARSE_PARTS)
    n_items = len(offsets) - 1
    return csr_matrix((values, columns, offsets), shape=(n_items, n_items))
