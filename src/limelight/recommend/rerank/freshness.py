"""Newer titles, by the day that they came out or by the first time that somebody met them."""

from __future__ import annotations

from dataclasses import dataclass
from warnings import warn

import numpy as np
import polars as pl

from limelight.errors import BadInputError, LimelightWarning
from limelight.recommend.facts import share_before
from limelight.recommend.interactions import Histories
from limelight.recommend.rerank.base import NOTHING, Fixed, Reranker, Wish, checked_strength, weight
from limelight.recommend.titles import Titles


@dataclass(frozen=True, eq=False)
class Freshness(Reranker):
    """Newer titles first: (1 - strength) * relevance + strength * newness.

    Newness is the share of the dated titles that are older, so it lies between 0 and 1 whether a
    catalogue spans a century or a week. Dates are the titles' release dates, or ``dates``
    (n_titles,), such as :func:`first_met` gives. A title without a date counts as the oldest.
    """

    strength: float
    dates: pl.Series | None = None

    def __post_init__(self) -> None:
        """Refuse what is no strength."""
        checked_strength("freshness", self.strength)

    def wish(self, titles: Titles) -> Wish:
        """Count newness for a candidate."""
        if self.strength == 0:
            return NOTHING
        if self.dates is None:
            newness = titles.facts.newness
        elif len(self.dates) == len(titles):
            newness = share_before(self.dates.to_physical())
        else:
            raise BadInputError(
                f"freshness was given dates of {len(self.dates):,} titles, not of {len(titles):,}"
            )
        if np.isnan(newness).all():
            warn("no title has a date, so freshness changes nothing", LimelightWarning, 5)
            return NOTHING
        gains = weight(self.strength) * np.nan_to_num(newness)
        return Wish(gain=lambda some: Fixed(gains[some.items]))


def first_met(histories: Histories) -> pl.Series:
    """Find when each title was first met, µs since 1970 UTC (n_items,), null for never.

    Raises BadInputError where events have no times.
    """
    if histories.times is None:
        raise BadInputError("the events have no times, so nobody knows when a title was first met")
    met = pl.DataFrame({"item": histories.items, "time": histories.times})
    first = met.group_by("item").agg(pl.col("time").min())
    titles = pl.DataFrame({"item": pl.int_range(histories.n_items, dtype=pl.Int32, eager=True)})
    return titles.join(first, on="item", how="left", maintain_order="left")["time"]
