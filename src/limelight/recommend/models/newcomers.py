"""From a stranger to a regular: a prior that gives way to the model as events come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.catalog.vocabulary import USERS
from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.log_linear import Guesses, fit_log_linear
from limelight.recommend.models.attribute_prior import AttributePrior
from limelight.recommend.models.base import Model, Scores
from limelight.recommend.models.latent_classes import LatentClasses

HELD_OUT = 0.1
STAGES = (1, 2, 5, 10, 20, 50)
"""Numbers of events at which the reliance is learned."""

SCORES_AT_ONCE = 2**21
MOST = 1e3
"""Reliance where the model's scores are of no use at all."""

People = pl.DataFrame | Sequence[Mapping[str, Any]]
Guess = TypeVar("Guess", LatentClasses, AttributePrior)


@dataclass
class Newcomers(Model):
    """Score by ``model + a(n) * log p(item | history) + b(n) * lift(item | attributes)``.

    Beside a model that is good for regulars stand two guesses that are good from the start: that
    of LatentClasses, which is popularity before the first event and moves by Bayes' rule, and what
    AttributePrior knows of people like this one. How far to rely on them after n events is learned
    from known users: a tenth of them is held out, a sibling of the model and the guesses learn from
    the rest, and at each stage the held-out users' other titles are made likeliest given n of
    theirs, drawn at random, by a logarithmic pool of the three. In between it is interpolated, and
    after the last stage it falls as one over the number of events. Without an event there are the
    guesses alone.

    guesses   the fitted LatentClasses and AttributePrior
    stages    int64 (n_stages,), numbers of events
    reliance  float64 (2, n_stages), a and b, falling, in units of the model's score a nat
    """

    name: ClassVar[str] = "newcomers"

    guesses: list[Model] = field(init=False, repr=False)
    stages: NDArray[np.int64] = field(init=False, repr=False)
    reliance: NDArray[np.float64] = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return self.guesses[0].n_items

    def fit_to(
        self,
        model: Model,
        interactions: Interactions,
        users: pl.DataFrame | None = None,
        progress: Progress = silent,
    ) -> Self:
        """Learn the guesses, and how far to rely on them beside ``model``.

        ``model`` need not be fitted: siblings of its configuration are. ``users`` has user_id and
        attributes (a JSON object or null). With too few users to hold some out, the guesses stand
        in for the first event only.
        """
        users = pl.DataFrame(schema=USERS) if users is None else users
        stages, reliance = [], []
        held_out, rest = _parted(interactions)
        if len(held_out):
            known, asked = _rows(interactions, rest), _rows(interactions, held_out)
            sibling = model.sibling(known, progress)
            guesses = _fitted(known, users, progress)
            for stage in STAGES:
                progress(stage, STAGES[-1], "learning how far to trust little")
                laid_out = _lay_out(sibling, guesses, asked, users, stage)
                if laid_out is not None:
                    weights = fit_log_linear([laid_out])
                    of_model, of_guesses = weights[0], np.maximum(weights[1:], 0)
                    stages.append(stage)
                    reliance.append(of_guesses / max(of_model, of_guesses.max() / MOST, 1e-9))
        self.guesses = list(_fitted(interactions, users, progress))
        self.stages = np.array(stages or [1], np.int64)
        self.reliance = np.minimum.accumulate(np.array(reliance or [[0.0, 0.0]]).T, axis=1)
        return self

    def score_people(self, people: People, histories: Histories | None = None) -> Scores:
        """Give the guesses alone, logarithms up to a constant, float32 (n_people, n_items).

        ``people`` is a table of users with ``attributes``, or a mapping for each; histories are
        empty where none are given.
        """
        if histories is None:
            histories = Histories.from_lists([[]] * len(people), self.n_items)
        by_history, by_attributes = self._guess(people, histories)
        return by_history + by_attributes

    def blend(self, scores: Scores, histories: Histories, people: People) -> Scores:
        """Add the guesses to the model's scores of histories, float32 (n, n_items).

        Row h is of ``histories[h]`` and of person h, a mapping without entries for a stranger.
        """
        by_history, by_attributes = self._guess(people, histories)
        n_events = histories.positive().lengths
        a, b = (each.astype(np.float32)[:, None] for each in self.reliance_after(n_events))
        return np.where(
            n_events[:, None] > 0,
            scores + a * by_history + b * by_attributes,
            by_history + by_attributes,
        )

    def told_by_attributes(self, people: People) -> NDArray[np.bool_]:
        """Tell for whom attributes change the guess at all, bool (n_people,)."""
        return self.prior.tells(people)

    def reliance_after(
        self, n_events: NDArray[np.integer]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Say how much both guesses weigh after numbers of events, float64 of their shape each."""
        n = np.maximum(n_events, 1)
        falling = np.minimum(1, self.stages[-1] / n)
        a, b = (np.interp(np.log(n), np.log(self.stages), row) * falling for row in self.reliance)
        return a, b

    @property
    def classes(self) -> LatentClasses:
        """The kinds of people."""
        return _expected(self.guesses[0], LatentClasses)

    @property
    def prior(self) -> AttributePrior:
        """What attributes say."""
        return _expected(self.guesses[1], AttributePrior)

    def _guess(self, people: People, histories: Histories) -> tuple[Scores, Scores]:
        return self.classes.score(histories), self.prior.lifts_of(people)

    def _fit(self, histories: Histories, progress: Progress) -> None:
        self.guesses = [LatentClasses(), AttributePrior()]
        for guess in self.guesses:
            guess._fit(histories, progress)
        self.stages, self.reliance = np.array([1], np.int64), np.zeros((2, 1))

    def _score(self, histories: Histories) -> Scores:
        return self.guesses[0].score(histories)


def _expected(guess: Model, kind: type[Guess]) -> Guess:
    if not isinstance(guess, kind):
        raise BadInputError(f"newcomers can't be guessed at by a {guess.name} model")
    return guess


def _parted(interactions: Interactions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw the users to hold out, and the rest."""
    drawn = np.random.default_rng(0).permutation(interactions.n_users)
    n_out = int(HELD_OUT * len(drawn))
    return np.sort(drawn[:n_out]), np.sort(drawn[n_out:])


def _rows(interactions: Interactions, rows: NDArray[np.int64]) -> Interactions:
    return replace(
        interactions, user_ids=interactions.user_ids[rows], histories=interactions.histories[rows]
    )


def _fitted(
    interactions: Interactions, users: pl.DataFrame, progress: Progress
) -> tuple[LatentClasses, AttributePrior]:
    classes = LatentClasses().fit(interactions, progress)
    return classes, AttributePrior().fit_to(interactions, users, progress)


def _lay_out(
    model: Model,
    guesses: tuple[LatentClasses, AttributePrior],
    asked: Interactions,
    users: pl.DataFrame,
    stage: int,
) -> Guesses | None:
    """Lay out what all say after ``stage`` events, and what else was met; None for too few."""
    histories = asked.histories.positive()
    rows = np.flatnonzero(histories.lengths > stage)[: SCORES_AT_ONCE // histories.n_items + 1]
    if not len(rows):
        return None
    histories = histories[rows]
    shuffled = np.lexsort((np.random.default_rng(0).random(len(histories.items)), histories.owners))
    place = np.empty(len(shuffled), np.int64)
    place[shuffled] = np.arange(len(shuffled)) - histories.offsets[histories.owners]
    shown, others = histories.where(place < stage), histories.where(place >= stage)
    classes, prior = guesses
    people = pl.DataFrame({"user_id": asked.user_ids[rows]}).join(
        users, on="user_id", how="left", maintain_order="left"
    )
    seen = shown.matrix(binary=True)
    base = np.where(seen.toarray() > 0, np.float32(-np.inf), np.float32(0))
    chosen = others.matrix(binary=True)
    chosen = chosen - chosen.multiply(seen)
    chosen.eliminate_zeros()
    features = [model.score(shown), classes.score(shown), prior.lifts_of(people)]
    return Guesses(np.stack(features), base, chosen)
