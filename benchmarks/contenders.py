"""Limelight's models and its peers behind one small interface, for one run that compares all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import MODELS, Model


class Contender(Protocol):
    def fit(self, train: Interactions) -> None: ...

    def lists(self, histories: Histories, k: int) -> NDArray[np.int32]:
        """The best k titles of each history, those in it left out; -1 where there are no more."""


class Ours:
    def __init__(self, model: Model) -> None:
        self.model = model

    def fit(self, train: Interactions) -> None:
        self.model.fit(train)

    def lists(self, histories: Histories, k: int) -> NDArray[np.int32]:
        return self.model.top(histories, k, exclude=histories)[0]


class Implicit:
    """implicit: users are folded in by ``recalculate_user``, item-item models need no folding."""

    def __init__(self, model: Any, folds_in: bool) -> None:
        self.model, self.folding = model, {"recalculate_user": True} if folds_in else {}

    def fit(self, train: Interactions) -> None:
        self.model.fit(train.histories.matrix(binary=True), show_progress=False)

    def lists(self, histories: Histories, k: int) -> NDArray[np.int32]:
        matrix = histories.matrix(binary=True)
        rows = np.arange(len(histories))
        items, _ = self.model.recommend(
            rows, matrix, N=k, filter_already_liked_items=True, **self.folding
        )
        return np.asarray(items, np.int32)


class RecTools:
    """RecTools: a data set of its own for training and for the histories it is asked about.

    Its models know trained items only, counted without gaps, so those that training lacks are left
    out and the others counted anew. It takes the number of items from the largest among the events,
    so a user of no other use has met the last one.
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, train: Interactions) -> None:
        self.trained = np.unique(train.histories.items)
        self.place = np.full(train.n_items, -1)
        self.place[self.trained] = np.arange(len(self.trained))
        self.model.fit(self._dataset(train.histories))

    def lists(self, histories: Histories, k: int) -> NDArray[np.int32]:
        known = histories.where(self.place[histories.items] >= 0)
        asked = np.flatnonzero(known.lengths)
        found = self.model.recommend(
            users=asked, dataset=self._dataset(known), k=k, filter_viewed=True
        )
        items = np.full((len(histories), k), -1, np.int32)
        places = found["rank"].to_numpy() - 1
        items[found["user_id"].to_numpy(), places] = self.trained[found["item_id"].to_numpy()]
        return items

    def _dataset(self, histories: Histories) -> Any:
        import pandas as pd
        from rectools.dataset import Dataset, IdMap
        from rectools.dataset import Interactions as Table

        table = pd.DataFrame(
            {
                "user_id": np.append(histories.owners, len(histories)),
                "item_id": np.append(self.place[histories.items], len(self.trained) - 1),
                "weight": 1.0,
                "datetime": pd.Timestamp("2000-01-01"),
            }
        )
        users, items = np.arange(len(histories) + 1), np.arange(len(self.trained))
        return Dataset(IdMap(users), IdMap(items), Table(table))


def _implicit_als(**config: Any) -> Contender:
    from implicit.als import AlternatingLeastSquares

    return Implicit(AlternatingLeastSquares(random_state=0, **config), folds_in=True)


def _implicit_bm25(**config: Any) -> Contender:
    from implicit.nearest_neighbours import BM25Recommender

    return Implicit(BM25Recommender(**config), folds_in=False)


def _rectools_ease(**config: Any) -> Contender:
    from rectools.models import EASEModel

    return RecTools(EASEModel(**config))


def _rectools_als(**config: Any) -> Contender:
    """It folds no history in: users are ranked by the factors that training gave them."""
    from implicit.als import AlternatingLeastSquares
    from rectools.models import ImplicitALSWrapperModel

    model = AlternatingLeastSquares(random_state=0, **config)
    return RecTools(ImplicitALSWrapperModel(model))


@dataclass(frozen=True)
class Entry:
    """Who competes, and the settings among which the validation item chooses."""

    make: Callable[..., Contender]
    settings: tuple[dict[str, Any], ...]
    ours: bool

    def contenders(self) -> Iterator[tuple[dict[str, Any], Contender]]:
        for setting in self.settings:
            yield setting, self.make(**setting)


def _ours(name: str) -> Callable[..., Contender]:
    return lambda **config: Ours(MODELS[name](**config))


ALS_SETTINGS = (
    {"factors": 64, "alpha": 1.0, "regularization": 1.0},
    {"factors": 128, "alpha": 1.0, "regularization": 10.0},
    {"factors": 128, "alpha": 10.0, "regularization": 30.0},
)
PEER_ALS_SETTINGS = (*ALS_SETTINGS, {"factors": 100, "alpha": 1.0, "regularization": 0.01})
EASE_PENALTIES = (100.0, 250.0, 500.0)
PEER_EASE_PENALTIES = (100.0, 250.0)  # what validation chooses for ours on the two data sets

ENTRIES: dict[str, Entry] = {
    "popularity": Entry(_ours("popularity"), ({},), ours=True),
    "item-knn": Entry(
        _ours("item-knn"), ({"neighbours": 20}, {"neighbours": 50}, {"neighbours": 100}), ours=True
    ),
    "ease": Entry(
        _ours("ease"), tuple({"regularization": value} for value in EASE_PENALTIES), ours=True
    ),
    "transitions": Entry(_ours("transitions"), ({},), ours=True),
    "next-item": Entry(
        _ours("next-item"), ({}, {"half_lives": (4,), "regularization": 8.0}), ours=True
    ),
    "als": Entry(_ours("als"), ALS_SETTINGS, ours=True),
    "mlp": Entry(_ours("mlp"), ({},), ours=True),
    "implicit ALS": Entry(_implicit_als, PEER_ALS_SETTINGS, ours=False),
    "implicit BM25 kNN": Entry(_implicit_bm25, ({"K": 20}, {"K": 50}, {"K": 100}), ours=False),
    "RecTools EASE": Entry(
        _rectools_ease,
        tuple({"regularization": value} for value in PEER_EASE_PENALTIES),
        ours=False,
    ),
    "RecTools ALS": Entry(_rectools_als, PEER_ALS_SETTINGS, ours=False),
}
