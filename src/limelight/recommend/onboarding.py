"""Three taps instead of a history: screens of titles whose answers tell the most about a taste."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.recommend.models.base import Scores
from limelight.recommend.models.latent_classes import LatentClasses

SCREENS = 3
TITLES = 6
"""Titles on a screen: a phone shows so many, and people read them all."""

WELL_KNOWN = 500
"""Only so many of the titles that most people met are shown; others would only collect silence."""


@dataclass(frozen=True)
class Tap:
    """The titles of one screen, as indices, and the one that was liked; None for none of them."""

    shown: tuple[int, ...]
    liked: int | None

    def __post_init__(self) -> None:
        """Refuse a title that was not shown."""
        if self.liked is not None and self.liked not in self.shown:
            raise BadInputError(f"title {self.liked} was not shown, only {list(self.shown)}")


class Onboarding:
    """Asks somebody unknown what they like, each screen chosen by the answers before it.

    People are taken to be of the kinds that LatentClasses found. A screen is filled title by title,
    greedily, with the one that makes the answer most informative: the mutual information of the
    answer and the kind of person (Rashid et al. 2008 ask for single ratings this way). People who
    know none of the titles say so, which tells little; so titles must be known to be chosen.
    """

    def __init__(self, classes: LatentClasses, allowed: NDArray[np.bool_] | None = None) -> None:
        """Stand on fitted classes; only ``allowed`` (n_items,) titles are shown."""
        self.classes = classes
        known = classes.sizes @ classes.rates
        if allowed is not None:
            known = np.where(allowed, known, 0)
        likely = np.argsort(-known, kind="stable")[:WELL_KNOWN]
        self.candidates: NDArray[np.int64] = likely[known[likely] > 0]

    def screen(self, taps: Sequence[Tap] = ()) -> list[int]:
        """Choose the titles to show after the answers so far: at most TITLES, none shown before."""
        belongs = self.memberships(taps)
        shown = [item for tap in taps for item in tap.shown]
        left = self.candidates[~np.isin(self.candidates, shown)]
        chosen: list[int] = []
        while len(left) and len(chosen) < TITLES:
            sets = np.column_stack([np.tile(chosen, (len(left), 1)), left]).astype(np.int64)
            best = int(np.argmax(_information(self._answers(sets), belongs)))
            chosen.append(int(left[best]))
            left = np.delete(left, best)
        return chosen

    def memberships(self, taps: Sequence[Tap]) -> NDArray[np.float64]:
        """Give p(class | answers), float64 (classes,), by Bayes' rule."""
        belongs = self.classes.sizes.astype(np.float64)
        for tap in taps:
            if not tap.shown:
                continue
            answers = self._answers(np.array([tap.shown]))[0]
            place = len(tap.shown) if tap.liked is None else tap.shown.index(tap.liked)
            belongs = belongs * answers[place]
        return np.asarray(belongs / belongs.sum(), np.float64)

    def score(self, taps: Sequence[Tap]) -> Scores:
        """Give log p(item | answers), float32 (n_items,): no answer counts as well."""
        likely = self.memberships(taps).astype(np.float32) @ self.classes.tastes
        return np.asarray(np.log(likely), np.float32)

    def history(self, taps: Sequence[Tap]) -> list[int]:
        """Give the titles that were liked, a history for any model."""
        return [tap.liked for tap in taps if tap.liked is not None]

    def _answers(self, sets: NDArray[np.integer]) -> NDArray[np.float64]:
        """Give p(answer | class), float64 (n_sets, titles of a set + 1, classes); none is last.

        Within a class, people know titles independently, and tap any of those they like.
        """
        likes = np.clip(self.classes.rates[:, sets], 1e-6, 1 - 1e-6).astype(np.float64)
        likes = likes.transpose(1, 2, 0)
        none = np.prod(1 - likes, axis=1, keepdims=True)
        taps = (1 - none) * likes / likes.sum(axis=1, keepdims=True)
        return np.concatenate([taps, none], axis=1)


def _information(answers: NDArray[np.float64], belongs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the mutual information in nats of answer and class, (n_sets,)."""
    overall = answers @ belongs
    spread = -(overall * np.log(overall)).sum(axis=1)
    noise = -((answers * np.log(answers)).sum(axis=1) @ belongs)
    return np.asarray(spread - noise, np.float64)
