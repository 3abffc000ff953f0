"""A model that is good from the first event on, for strangers and people of known attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import polars as pl

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import configure
from limelight.recommend.models.base import Model, Scores
from limelight.recommend.models.newcomers import Newcomers


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

    def for_person(self, about: Mapping[str, Any]) -> ColdStart:
        """Give the same model for somebody of these attributes; none for a stranger."""
        same = replace(self, about=dict(about))
        same.parts = self.parts
        return same

    def _fit(self, histories: Histories, progress: Progress) -> None:
        user_ids = pl.Series(map(str, range(len(histories))), dtype=pl.String)
        item_ids = pl.Series(map(str, range(histories.n_items)), dtype=pl.String)
        self.fit_to(Interactions(user_ids, item_ids, histories), progress=progress)

    def _score(self, histories: Histories) -> Scores:
        model, newcomers = self.parts
        if not isinstance(newcomers, Newcomers):
            raise BadInputError(f"a {newcomers.name} model is no help with newcomers")
        return newcomers.blend(model.score(histories), histories, [self.about] * len(histories))
