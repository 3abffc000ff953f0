"""What a rating says: for a title, against it, or neither, by its user's own measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import polars as pl

from limelight.errors import BadInputError

FAMILIARITY = 5.0
"""Ratings after which a user's own mean counts as much as everybody's."""

NEARLY = 0.25
"""Below the mean by this share of the spread a rating is still as usual: whoever always gives the
same would else find all of it just below a mean that is drawn upwards."""

KINDS = {"liked": "rating", "indifferent": "indifferent", "disliked": "dislike"}
INDIFFERENT: dict[str, float] = {"indifferent": 0.0}
"""The weight of ratings that say neither, for ``Interactions.from_frame(kind_weights=…)``."""


@dataclass(frozen=True)
class RatingScale:
    """How people rate: the mean and the standard deviation around each user's own mean."""

    mean: float
    spread: float

    @classmethod
    def of(cls, events: pl.DataFrame) -> Self:
        """Learn from ratings. Raises BadInputError where there are none with a value."""
        rated = _rated(events)
        if rated.is_empty():
            raise BadInputError("no event of kind 'rating' has a value, so nothing says what's low")
        mean = pl.col("value").mean()
        found = rated.select(mean=mean, spread=(pl.col("value") - mean.over("user_id")).std())
        return cls(found["mean"][0], found["spread"][0] or 0.0)

    def judge(self, events: pl.DataFrame) -> pl.DataFrame:
        """Say by their kind which ratings speak against a title; other events stay as they are.

        A user's mean is drawn to everybody's as if by FAMILIARITY more ratings. A rating that is
        not lower (by NEARLY of ``spread``) remains a "rating", which speaks for the title; one that
        is lower by ``spread`` or more becomes a "dislike", which speaks against it, and one in
        between "indifferent". ``events`` has user_id, kind and value.
        """
        rated = (pl.col("kind").cast(pl.String) == "rating") & pl.col("value").is_not_nan()
        value = pl.when(rated).then(pl.col("value"))
        total = value.sum().over("user_id") + FAMILIARITY * self.mean
        below = total / (value.count().over("user_id") + FAMILIARITY) - value
        rounding = 1e-9 * (abs(self.mean) + 1)
        judged = (
            pl.when(below <= max(NEARLY * self.spread, rounding))
            .then(pl.lit(KINDS["liked"]))
            .when(below >= max(self.spread, rounding))
            .then(pl.lit(KINDS["disliked"]))
            .when(below.is_not_null())
            .then(pl.lit(KINDS["indifferent"]))
            .otherwise(pl.col("kind").cast(pl.String))
        )
        return events.with_columns(kind=judged)


def _rated(events: pl.DataFrame) -> pl.DataFrame:
    missing = {"user_id", "kind", "value"} - set(events.columns)
    if missing:
        raise BadInputError(f"judging ratings needs user_id, kind and value, not {events.columns}")
    is_rating = pl.col("kind").cast(pl.String) == "rating"
    return events.filter(is_rating & pl.col("value").is_not_null() & pl.col("value").is_not_nan())
