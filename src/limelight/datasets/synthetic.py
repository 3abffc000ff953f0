"""Make events of any size that are like real ones where it matters to a recommender."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from limelight.catalog.vocabulary import EVENTS
from limelight.errors import BadInputError

SEQUEL = 0.25  # the title after the last one, as episodes and albums are consumed
IN_SCENE = 0.60  # a title of the scene that the user is in, by popularity; else any title
DRIFT = 0.10  # after an event, on to the next scene
HOME = 0.05  # or back to the scene that the user came from
GUESSES = 16
HOUR = 3_600_000_000
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)


def synthetic(n_users: int, n_items: int, n_events: int, seed: int = 0) -> pl.DataFrame:
    """Make ``n_events`` plays, no title twice by the same user, grouped by user in time order.

    Popularity follows a Zipf-Mandelbrot law, activity a log-normal one. Titles belong to scenes;
    a user starts in a scene, mostly plays its titles, often the next of a series, and drifts from
    scene to scene in a fixed order: popularity, taste and order can each be learned.
    The same arguments give the same events. Columns are those of a data set's events; ids are
    numbers as text. Raises BadInputError unless every user can have an event and at most half of
    all titles on average.
    """
    if min(n_users, n_items) < 1 or not n_users <= n_events <= n_users * max(1, n_items // 2):
        raise BadInputError(
            f"{n_events:,} events don't fit {n_users:,} users and {n_items:,} titles: ask for at "
            f"least one a user and at most half of the titles for each"
        )
    rng = np.random.default_rng(seed)
    lengths = _lengths(rng, n_users, n_events, most=n_items)
    n_scenes = int(np.clip(np.sqrt(n_items) / 2, 1, 200))
    scene_bounds = np.linspace(0, n_items, n_scenes + 1).astype(np.int64)
    popularity = np.cumsum(1 / (10 + rng.permutation(n_items)))
    homes = rng.integers(n_scenes, size=n_users)
    items = rng.permutation(n_items)[_play(rng, lengths, homes, scene_bounds, popularity)]

    ends = np.cumsum(lengths)
    waited = np.cumsum(rng.exponential(HOUR, n_events))
    before = np.repeat(waited[ends - lengths] - rng.uniform(0, 180 * 24 * HOUR, n_users), lengths)
    times = pl.Series(np.round(waited - before).astype(np.int64), dtype=pl.Duration("us"))
    return pl.DataFrame(
        {"user_id": np.repeat(np.arange(n_users), lengths), "item_id": items}
    ).select(
        pl.col("user_id", "item_id").cast(pl.String),
        pl.lit("play").alias("kind"),
        pl.lit(None).cast(EVENTS["value"]).alias("value"),
        (pl.lit(BEGINNING) + times).cast(EVENTS["time"]).alias("time"),
    )


def _lengths(rng: np.random.Generator, n_users: int, n_events: int, most: int) -> NDArray[np.int64]:
    lengths = 1 + _shares(rng.lognormal(0, 1, n_users), n_events - n_users)
    excess = np.maximum(lengths - most, 0).sum()
    lengths = np.minimum(lengths, most)
    return lengths + _shares(most - lengths, excess) if excess else lengths


def _shares(weights: NDArray[Any], total: int) -> NDArray[np.int64]:
    """Split ``total`` in proportion to the weights, each share rounded up or down."""
    reached = np.cumsum(weights) / np.sum(weights) * total
    reached[-1] = total
    bounds = np.concatenate([[0], reached]).astype(np.int64)
    return bounds[1:] - bounds[:-1]


@njit(cache=True)
def _play(
    rng: np.random.Generator,
    lengths: NDArray[np.int64],
    homes: NDArray[np.int64],
    scene_bounds: NDArray[np.int64],
    popularity: NDArray[np.float64],
) -> NDArray[np.int64]:
    n_items, n_scenes = len(popularity), len(scene_bounds) - 1
    seen_by = np.full(n_items, -1, np.int64)
    played = np.empty(lengths.sum(), np.int64)
    event = 0
    for user in range(len(lengths)):
        scene = homes[user]
        item = -1
        for _ in range(lengths[user]):
            first, stop = scene_bounds[scene], scene_bounds[scene + 1]
            for _ in range(GUESSES):
                chance = rng.random()
                if chance < SEQUEL and first <= item < stop - 1:
                    item += 1
                else:
                    low, high = 0.0, popularity[-1]
                    if chance < SEQUEL + IN_SCENE:
                        low = popularity[first - 1] if first else 0.0
                        high = popularity[stop - 1]
                    drawn = low + rng.random() * (high - low)
                    item = min(np.searchsorted(popularity, drawn), n_items - 1)
                if seen_by[item] != user:
                    break
            while seen_by[item] == user:
                item = (item + 1) % n_items
            seen_by[item] = user
            played[event] = item
            event += 1
            chance = rng.random()
            if chance < DRIFT:
                scene = (scene + 1) % n_scenes
            elif chance < DRIFT + HOME:
                scene = homes[user]
    return played
