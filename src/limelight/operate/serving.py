"""A published model joined with the events that it answers for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.catalog import read_events
from limelight.catalog.vocabulary import ITEMS
from limelight.errors import NotFoundError
from limelight.operate.registry import Registry
from limelight.progress import Progress, silent
from limelight.recommend.features import Features
from limelight.recommend.interactions import Interactions
from limelight.recommend.metrics import category_shares
from limelight.recommend.recommender import Recommender
from limelight.recommend.titles import Titles


class Source(Protocol):
    """Where events and titles are: a store, or files."""

    @property
    def place(self) -> str:
        """Where that is, in words."""

    def events(self, user_id: str | None = None) -> pl.DataFrame:
        """Give all events, or those of one user."""

    def items(self) -> pl.DataFrame:
        """Give what is known of the titles."""


@dataclass(frozen=True)
class EventFiles:
    """Events in files, of titles of which nothing else is known."""

    files: Sequence[str]
    progress: Progress = silent

    @property
    def place(self) -> str:
        """The names of the files."""
        return ", ".join(self.files)

    def events(self, user_id: str | None = None) -> pl.DataFrame:
        """Read all events, or those of one user."""
        events = read_events(self.files, progress=self.progress)
        return events if user_id is None else events.filter(pl.col("user_id") == user_id)

    def items(self) -> pl.DataFrame:
        """Give no titles."""
        return pl.DataFrame(schema=ITEMS)


def read_interactions(source: Source) -> Interactions:
    """Read everybody's events, and what the titles are like, those that nobody met too.

    Raises NotFoundError where there are none.
    """
    events = source.events()
    if events.is_empty():
        raise NotFoundError(
            f"{source.place} holds no events: bring some in (limelight import events FILE), "
            "or read them from a file (--events FILE)"
        )
    items = source.items()
    interactions = Interactions.from_frame(events, item_ids=items["item_id"])
    return replace(interactions, features=Features.from_items(items, interactions.item_ids))


def categories_of(interactions: Interactions, source: Source) -> NDArray[np.float32]:
    """Give each title's shares of the categories, float32 (n_items, n_categories)."""
    return category_shares(Titles(interactions.item_ids, source.items()).table["categories"])


def open_recommender(
    registry: Registry,
    source: Source,
    *,
    name: str = "default",
    version: int | None = None,
    user_id: str | None = None,
    everybody: bool = False,
) -> Recommender:
    """Make a published model ready for one user, for everybody, or for histories alone.

    Only the events that this takes are read.
    """
    version = registry.current(name) if version is None else version
    model, item_ids, _ = registry.load(name, version)
    interactions = None
    if everybody:
        interactions = read_interactions(source)
    elif user_id is not None:
        events = source.events(user_id)
        interactions = None if events.is_empty() else Interactions.from_frame(events)
    return Recommender(
        model,
        item_ids,
        items=source.items(),
        interactions=interactions,
        fallback=registry.load_fallback(name, version),
    )
