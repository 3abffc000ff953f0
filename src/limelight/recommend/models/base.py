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
from limelight.recommend.topk import LONG, Items, Mask, top_k

SCORES_AT_ONCE = 2**22
"""16 MB of scores at a time: they stay near the cache, whatever the catalogue."""

ARRAYS_FILE = "model.safetensors"
CONFIG_FILE = "model.json"
SPARSE_PARTS = ("data", "indices", "indptr")

Scores = NDArray[np.float32]

_known: dict[str, type[Model]] = {}


@dataclass
class Model(ABC):
    """A function of histories, learned from interactions.

    Subclasses are dataclasses: a field that the constructor takes is configuration, a field with
    ``init=False`` is what ``fit`` learns: an array, arrays by name, a CSR matrix, or a list of
    fitted models. No model keeps anything about a single user, so a new user, a new event or a
    forgotten one needs no retraining.
    """

    name: ClassVar[str]
    additive: ClassVar[bool] = False
    """Whether ``contributions`` are exact parts that sum to the score."""

    def __init_subclass__(cls, **given: Any) -> None:
        """Make the model known by its name, so that what was saved can be read again."""
        super().__init_subclass__(**given)
        if "name" in vars(cls):
            _known[cls.name] = cls

    def fit(self, interactions: Interactions, progress: Progress = silent) -> Self:
        """Learn from the events that speak for a title, and return self."""
        histories = interactions.histories.positive()
        if not len(histories.items):
            raise BadInputError("there are no positive events to learn from")
        self._fit(histories, progress)
        return self

    def sibling(self, interactions: Interactions, progress: Progress = silent) -> Self:
        """Fit another model of the same configuration."""
        return type(self)(**self.config()).fit(interactions, progress)

    def score(self, histories: Histories) -> Scores:
        """Score every title for every history, float32 (n_histories, n_items); more is better.

        Only positive events count. Titles already in a history are scored too: leaving them out is
        the ranking's business. Raises BadInputError for histories of another catalogue's size.
        """
        return self._score(self._usable(histories))

    def top(
        self,
        histories: Histories,
        k: int,
        *,
        exclude: Histories | None = None,
        allowed: Mask | None = None,
    ) -> tuple[Items, Scores]:
        """Find the ``k`` best-scored titles of every history, best first.

        ``exclude`` names titles that list h must not contain (a histories row each), ``allowed``,
        bool (n_items,), the only ones that any list may. Returns items int32 (n_histories, k) and
        their scores float32, with k at most n_items; equal scores go to the lower index, places
        that nothing can fill hold -1 and -inf. Memory stays bounded for any number of histories and
        titles. Raises BadInputError as ``score`` does, and for a ``k`` below 1.
        """
        if k < 1:
            raise BadInputError(f"the number of titles must be at least 1, not {k}")
        find = self._top if k <= LONG else self._top_of_all
        return find(self._usable(histories), k, exclude, allowed)

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

    def _usable(self, histories: Histories) -> Histories:
        if histories.n_items != self.n_items:
            raise BadInputError(
                f"the model knows {self.n_items:,} titles, the histories {histories.n_items:,}"
            )
        return histories.positive()

    @property
    @abstractmethod
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""

    @abstractmethod
    def _fit(self, histories: Histories, progress: Progress) -> None: ...

    @abstractmethod
    def _score(self, histories: Histories) -> Scores: ...

    def _top(
        self, histories: Histories, k: int, exclude: Histories | None, allowed: Mask | None
    ) -> tuple[Items, Scores]:
        """Do what ``top`` says; models that can do so without scoring every title override it."""
        return self._top_of_all(histories, k, exclude, allowed)

    def _top_of_all(
        self, histories: Histories, k: int, exclude: Histories | None, allowed: Mask | None
    ) -> tuple[Items, Scores]:
        step = max(1, SCORES_AT_ONCE // self.n_items)
        batches = [slice(start, start + step) for start in range(0, max(1, len(histories)), step)]
        found = [
            top_k(
                self._score(histories[rows]),
                k,
                None if exclude is None else exclude[rows],
                allowed,
            )
            for rows in batches
        ]
        return np.concatenate([i for i, _ in found]), np.concatenate([s for _, s in found])

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
        described, arrays = self._state()
        save_file(arrays, folder / ARRAYS_FILE)
        (folder / CONFIG_FILE).write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")

    def _state(self, prefix: str = "") -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Give what ``save`` writes; the arrays of models within carry their place as a prefix."""
        described: dict[str, Any] = {"model": self.name, "config": self.config()}
        arrays: dict[str, NDArray[Any]] = {}
        for name in _learned(self):
            value = getattr(self, name)
            if isinstance(value, csr_matrix):
                arrays |= {f"{prefix}{name}.{part}": getattr(value, part) for part in SPARSE_PARTS}
                arrays[f"{prefix}{name}.shape"] = np.array(value.shape, np.int64)
            elif isinstance(value, dict):
                arrays |= {f"{prefix}{name}.{part}": array for part, array in value.items()}
                described[name] = dict.fromkeys(value)
            elif isinstance(value, list):
                described[name] = []
                for number, part in enumerate(value):
                    within, more = part._state(f"{prefix}{name}.{number}.")
                    described[name].append(within)
                    arrays |= more
            else:
                arrays[f"{prefix}{name}"] = np.ascontiguousarray(value)
        return described, arrays

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote. Raises CorruptError with the reason where it can't be used."""
        model = load_model(folder)
        if not isinstance(model, cls):
            raise CorruptError(f"{folder} is no usable {cls.name} model: it is a {model.name}")
        return model


def load_model(folder: Path) -> Model:
    """Read what ``Model.save`` wrote. Raises CorruptError with the reason where it can't be."""
    if not (folder / CONFIG_FILE).is_file():
        raise CorruptError(f"{folder} holds no model")
    try:
        described = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        _class_of(described)
        return _restore(described, load_file(folder / ARRAYS_FILE))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise CorruptError(f"{folder} is no usable model: {error}") from error


def _class_of(described: dict[str, Any]) -> type[Model]:
    name = described["model"]
    if name not in _known:
        raise ValueError(f"this version lacks the model {name!r}; it knows {', '.join(_known)}")
    return _known[name]


def _restore(described: dict[str, Any], arrays: dict[str, NDArray[Any]], prefix: str = "") -> Model:
    model = _class_of(described)(**described["config"])
    for field in _learned(model):
        if field in described:
            value: Any = _parts(described[field], arrays, f"{prefix}{field}.")
        else:
            value = _array(arrays, prefix + field)
        setattr(model, field, value)
    return model


def _parts(
    parts: dict[str, None] | list[Any], arrays: dict[str, NDArray[Any]], prefix: str
) -> dict[str, NDArray[Any]] | list[Model]:
    """Read arrays by name, or models by number."""
    if isinstance(parts, dict):
        return {name: arrays[prefix + name] for name in parts}
    return [_restore(part, arrays, f"{prefix}{number}.") for number, part in enumerate(parts)]


def _learned(model: Model) -> list[str]:
    return [field.name for field in fields(model) if not field.init]


def _array(arrays: dict[str, NDArray[Any]], name: str) -> NDArray[Any] | csr_matrix:
    if name in arrays:
        return arrays[name]
    values, columns, offsets = (arrays[f"{name}.{part}"] for part in SPARSE_PARTS)
    return csr_matrix((values, columns, offsets), shape=tuple(arrays[f"{name}.shape"]))
