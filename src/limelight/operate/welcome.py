"""Three taps for somebody unknown: screens of titles from what a store's users met."""

from __future__ import annotations

import numpy as np
import polars as pl

from limelight.errors import BadInputError
from limelight.operate.serving import Source, read_interactions
from limelight.progress import Progress, silent
from limelight.recommend.interactions import align
from limelight.recommend.models import LatentClasses
from limelight.recommend.onboarding import SCREENS, Onboarding, Tap
from limelight.recommend.recommender import Recommender
from limelight.recommend.titles import Titles


class Welcome:
    """Asks in ids and names of titles; an answer is a number on the screen, 0 for none of them."""

    def __init__(
        self, recommender: Recommender, source: Source, progress: Progress = silent
    ) -> None:
        """Take kinds of people from the published model, else find them in the source's events.

        Raises NotFoundError where there are no events to find them in.
        """
        self.titles: Titles = recommender.titles
        classes = _classes_in(recommender)
        if classes is None:
            met = align(read_interactions(source), self.titles.table["item_id"])
            classes = LatentClasses().fit(met, progress)
        self._onboarding = Onboarding(classes)
        self.taps: list[Tap] = []
        self._next = self._onboarding.screen()

    @property
    def screen(self) -> pl.DataFrame:
        """The titles to show now: number, item_id and title; empty after the last answer."""
        done = len(self.taps) >= SCREENS
        table = self.titles.table.select("item_id", "title")[[] if done else self._next]
        return table.select(pl.int_range(1, pl.len() + 1).alias("number"), "item_id", "title")

    @property
    def history(self) -> list[str]:
        """The ids of the titles that were liked so far."""
        liked = self._onboarding.history(self.taps)
        return self.titles.table["item_id"][np.array(liked, np.int64)].to_list()

    def answer(self, text: str) -> None:
        """Hear which title of the screen was liked. Raises BadInputError for no such number."""
        shown = tuple(self._next)
        if len(self.taps) >= SCREENS:
            raise BadInputError(f"there are only {SCREENS} screens to answer")
        word = text.strip() or "0"
        if not (word.isascii() and word.isdecimal() and int(word) <= len(shown)):
            raise BadInputError(
                f"{text.strip()!r} is no answer; give a number up to {len(shown)}, or 0 for none"
            )
        self.taps.append(Tap(shown, shown[int(word) - 1] if int(word) else None))
        self._next = self._onboarding.screen(self.taps) if len(self.taps) < SCREENS else []


def _classes_in(recommender: Recommender) -> LatentClasses | None:
    """Find the kinds of people that a model goes by, if it does."""
    if isinstance(recommender.model, LatentClasses):
        return recommender.model
    return None if recommender.newcomers is None else recommender.newcomers.classes
