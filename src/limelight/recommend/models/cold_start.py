"""A model that is good from the first event on, for strangers and people of known attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import configure
from limelight.recommend.models.base import SCORES_AT_ONCE, Model, Scores
from limelight.recommend.models.newcomers import Newcomers
from limelight.recommend.topk import Items, Mask, top_k


@dataclass
class ColdStart(Model):
    """Score by any ``model``, described as for ``configure``, with Newcomers beside it.

    ``about`` are the attributes of who asks; a model remains a function of histories, so
    ``for_person`` gives one for each person, which share all that was learned. Fitting costs twice
    the model's, since a sibling learns how far to rely on it.

    parts  the fitted model and the fitted Newcomers
    """

    name: ClassVar[str] = "cold-start"

    model: str = "ease"
    about: dict[str, Any] = field(default_factory=dict)
    parts: list[Model] = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return self.parts[0].n_items

    def fit_to(
        self,
        interactions: Interactions,
        users: pl.DataFrame | None = None,
        progress: Progress = silent,
    ) -> Self:
        """Learn from events, and from what is known of those who did them.

        ``users`` has user_id and attributes (a JSON object or null).
        """
        model = configure.configure(self.model).fit(interactions, progress)
        self.parts = [model, Newcomers().fit_to(model, interactions, users, progress)]
        return self

    @classmethod
    def of(cls, model: Model, newcomers: Newcomers) -> Self:
        """Put fitted Newcomers beside the fitted model that they were learned for."""
        both = cls(model=model.name)
        both.parts = [model, newcomers]
        return both

    @property
    def newcomers(self) -> Newcomers:
        """The guesses."""
        newcomers = self.parts[1]
        if not isinstance(newcomers, Newcomers):
            raise BadInputError(f"a {newcomers.name} model is no help with newcomers")
        return newcomers

    def for_person(self, about: Mapping[str, Any]) -> ColdStart:
        """Give the same model for somebody of these attributes; none for a stranger."""
        same = replace(self, about=dict(about))
        same.parts = self.parts
        return same

    def top_for(
        self,
        people: Sequence[Mapping[str, Any]],
        histories: Histories,
        k: int,
        *,
        exclude: Histories | None = None,
        allowed: Mask | None = None,
    ) -> tuple[Items, Scores]:
        """Find the best titles as ``top`` does, where row h is of person h, not of ``about``."""
        step = max(1, SCORES_AT_ONCE // self.n_items)
        found = []
        for start in range(0, len(histories), step):
            rows = slice(start, start + step)
            scores = self._score_for(people[rows], histories[rows])
            found.append(top_k(scores, k, None if exclude is None else exclude[rows], allowed))
        return np.concatenate([i for i, _ in found]), np.concatenate([s for _, s in found])

    def _fit(self, histories: Histories, progress: Progress) -> None:
        user_ids = pl.Series(map(str, range(len(histories))), dtype=pl.String)
        item_ids = pl.Series(map(str, range(histories.n_items)), dtype=pl.String)
        self.fit_to(Interactions(user_ids, item_ids, histories), progress=progress)

    def _score(self, histories: Histories) -> Scores:
        return self._score_for([self.about] * len(histories), histories)

    def _score_for(self, people: Sequence[Mapping[str, Any]], histories: Histories) -> Scores:
        return self.newcomers.blend(self.parts[0].score(histories), histories, people)

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        """Add what each event says to the model to what it says of the kind of person."""
        reliance, _ = self.newcomers.reliance_after(history.lengths)
        of_kind = self.newcomers.classes.contributions(history, targets)
        of_model: Scores = self.parts[0].contributions(history, targets)
        return of_model + np.float32(reliance[0]) * of_kind
