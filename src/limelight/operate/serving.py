"""A published model joined with the events that it answers for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.catalog import read_events, read_users
from limelight.catalog.vocabulary import ITEMS, USERS
from limelight.errors import NotFoundError
from limelight.operate.registry import Registry
from limelight.progress import Progress, silent
from limelight.recommend.features import Features
from limelight.recommend.interactions import Interactions
from limelight.recommend.metrics import category_shares
from limelight.recommend.ratings import INDIFFERENT, RatingScale
from limelight.recommend.recommender import Recommender
from limelight.recommend.titles import Titles


class Source(Protocol):
    """Where events and titles are: a store, or files."""

    @property
    def place(self) -> str:
        """Where that is, in words."""

    def events(
        self, user_id: str | None = None, *, within: timedelta | None = None
    ) -> pl.DataFrame:
        """Give all events, or those of one user, or those of so long before the newest of all."""

    def items(self) -> pl.DataFrame:
        """Give what is known of the titles."""

    def users(self, ids: Iterable[str] | None = None) -> pl.DataFrame:
        """Give what is known of the users, or of those of ``ids``: user_id and attributes."""


@dataclass(frozen=True)
class EventFiles:
    """Events in files, of titles of which nothing else is known, and perhaps of users in files."""

    files: Sequence[str]
    user_files: Sequence[str] = ()
    progress: Progress = silent

    @property
    def place(self) -> str:
        """The names of the files."""
        return ", ".join(self.files)

    def events(
        self, user_id: str | None = None, *, within: timedelta | None = None
    ) -> pl.DataFrame:
        """Read all events, or those of one user, or those of so long before the newest of all."""
        events = read_events(self.files, progress=self.progress)
        if within is not None:
            events = events.filter(pl.col("time") >= pl.col("time").max() - within)
        return events if user_id is None else events.filter(pl.col("user_id") == user_id)

    def items(self) -> pl.DataFrame:
        """Give no titles."""
        return pl.DataFrame(schema=ITEMS)

    def users(self, ids: Iterable[str] | None = None) -> pl.DataFrame:
        """Read the users, or those of ``ids``; none where no files of users were named."""
        if not self.user_files:
            return pl.DataFrame(schema=USERS)
        users = read_users(self.user_files, progress=self.progress)
        return users if ids is None else users.filter(pl.col("user_id").is_in(list(ids)))


def read_interactions(source: Source, scale: RatingScale | None = None) -> Interactions:
    """Read everybody's events, and what the titles are like, those that nobody met too.

    With a ``scale``, ratings speak for or against a title as it judges them. Raises NotFoundError
    where there are no events.
    """
    return _joined(_all_events(source), source, scale)


def read_explicit(source: Source) -> tuple[Interactions, RatingScale]:
    """Read as ``read_interactions`` does, and learn the scale by which ratings are judged.

    Raises BadInputError where there are no ratings with a value.
    """
    events = _all_events(source)
    scale = RatingScale.of(events)
    return _joined(events, source, scale), scale


def _all_events(source: Source) -> pl.DataFrame:
    events = source.events()
    if events.is_empty():
        raise NotFoundError(
            f"{source.place} holds no events: bring some in (limelight import events FILE), "
            "or read them from a file (--events FILE)"
        )
    return events


def _joined(events: pl.DataFrame, source: Source, scale: RatingScale | None) -> Interactions:
    items = source.items()
    interactions = _weighed(events, scale, items["item_id"])
    return replace(interactions, features=Features.from_items(items, interactions.item_ids))


def _weighed(
    events: pl.DataFrame, scale: RatingScale | None, item_ids: Iterable[str] = ()
) -> Interactions:
    if scale is None:
        return Interactions.from_frame(events, item_ids=item_ids)
    judged = scale.judge(events)
    return Interactions.from_frame(judged, item_ids=item_ids, kind_weights=INDIFFERENT)


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

    Only the events that this takes are read; ratings are judged as they were for the training.
    """
    version = registry.current(name) if version is None else version
    model, item_ids, card = registry.load(name, version)
    judged = card.data.get("rating_scale")
    scale = None if judged is None else RatingScale(**judged)
    interactions = users = None
    if everybody:
        interactions = read_interactions(source, scale)
    elif user_id is not None:
        events = source.events(user_id)
        interactions = None if events.is_empty() else _weighed(events, scale)
    if card.data.get("attributes") and (everybody or user_id is not None):
        users = source.users(None if user_id is None else [user_id])
    return Recommender(
        model,
        item_ids,
        items=source.items(),
        interactions=interactions,
        fallback=registry.load_fallback(name, version),
        newcomers=registry.load_newcomers(name, version),
        users=users,
    )
