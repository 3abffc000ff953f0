"""What is trending in a store or in files of events, as a table of titles."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.errors import BadInputError, NotFoundError
from limelight.operate.serving import Source
from limelight.recommend.interactions import Interactions
from limelight.recommend.titles import Filters, Titles
from limelight.recommend.trending import Trending, best, rising

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LONGER = 8
"""A title's usual pace is that of this many half-lives."""

WINDOW = 20
"""Half-lives after which an event counts less than a millionth."""

LONGEST = timedelta(days=365_000)


def duration(text: str) -> timedelta:
    """Read ``"90m"``, ``"6h"`` or ``"2.5d"``. Raises BadInputError for anything else."""
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]+)?) ?([smhdw])", text.strip())
    if not found:
        raise BadInputError(f"{text!r} is no duration; write 90m, 6h, 2.5d or 1w")
    return timedelta(**{UNITS[found[2]]: float(found[1])})


def trending(
    source: Source,
    n: int,
    half_life: timedelta,
    *,
    filters: Filters,
    above_usual: bool = False,
    at: datetime | None = None,
) -> pl.DataFrame:
    """Rank at most ``n`` titles by decayed count, or by how far they are above their usual pace.

    Returns item_id, title, ``count`` (decayed, at the moment ``at``, else at the newest event) and,
    with ``above_usual``, ``pace`` (times the usual one, which is that of ``LONGER`` half-lives).
    Events after ``at`` and without a time are left out. Raises NotFoundError where none is left.
    """
    events = source.events().filter(pl.col("time").is_not_null())
    if at is not None:
        events = events.filter(pl.col("time") <= at)
    if events.is_empty():
        until = "" if at is None else f" up to {at}"
        raise NotFoundError(f"{source.place} holds no events with a time{until}")
    interactions = Interactions.from_frame(events)
    titles = Titles(interactions.item_ids, source.items())
    allowed = filters.mask(titles)
    counts = Trending.of(interactions.histories, half_life)
    if not above_usual:
        items, values = counts.top(n, at, allowed)
        return _named(titles, items.tolist()).with_columns(count=pl.Series(values))
    usual = Trending.of(interactions.histories, LONGER * half_life)
    paces = rising(counts, usual, at)
    items = best(paces, n, allowed & (counts.masses > float("-inf")))
    return _named(titles, items.tolist()).with_columns(
        count=pl.Series(counts.counts(at)[items]), pace=pl.Series(paces[items])
    )


def recent_counts(
    source: Source, titles: Titles, half_life: timedelta
) -> NDArray[np.float64] | None:
    """Give each title's decayed count at the newest event, float64 (n_titles,).

    Only events of the last WINDOW half-lives are read. None where no event has a time.
    """
    events = source.events(within=min(WINDOW * half_life, LONGEST))
    if events.is_empty():
        return None
    interactions = Interactions.from_frame(events)
    counts = Trending.of(interactions.histories, half_life).counts()
    known = pl.DataFrame({"item_id": interactions.item_ids, "count": counts})
    asked = titles.table.select("item_id").join(
        known, on="item_id", how="left", maintain_order="left"
    )
    return asked["count"].fill_null(0).to_numpy()


def _named(titles: Titles, items: list[int]) -> pl.DataFrame:
    return titles.table.select("item_id", "title")[items]
