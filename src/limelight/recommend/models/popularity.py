"""What everybody likes: the yardstick that every other model must beat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from limelight.errors import BadInputError
from limelight.progress import Progress
from limelight.recommend.interactions import Histories
from limelight.recommend.models.base import Model, Scores

DAY = 86_400_000_000  # microseconds


@dataclass
class Popularity(Model):
    """Score a title by the summed weight of its events, whoever asks.

    ``window_days`` counts only events of that many days before the newest one, which follows
    fashion; it needs events with times. Titles that nobody met in the window come after those
    that somebody met, ordered by all of time.
    """

    name: ClassVar[str] = "popularity"

    window_days: float | None = None
    counts: Scores = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return len(self.counts)

    def _fit(self, histories: Histories, progress: Progress) -> None:
        counts = np.bincount(histories.items, histories.weights, histories.n_items)
        if self.window_days is not None:
            if histories.times is None:
                raise BadInputError(
                    "recent popularity needs events with times; leave window_days out"
                )
            recent = histories.times > histories.times.max() - self.window_days * DAY
            all_time = counts / (counts.sum() + 1)
            counts = all_time + np.bincount(
                histories.items[recent], histories.weights[recent], histories.n_items
            )
        self.counts = counts.astype(np.float32)

    def _score(self, histories: Histories) -> Scores:
        return np.tile(self.counts, (len(histories), 1))
