"""Titles that nobody met yet, scored by what a model says of titles like them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.recommend.features import Features
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.likeness import Likeness, learn_likeness, most_alike
from limelight.recommend.linalg import multiply
from limelight.recommend.models import configure
from limelight.recommend.models.base import Model, Scores
from limelight.recommend.pretending import learn_pull, popularity_of

SMALL_CATALOGUE = 20_000
LEARNED_FROM = 800
LISTENED_TO = 300
N_LIKE = 50
N_STAND_INS = 3
PAIRS_AT_ONCE = 2**16
FEWEST = 30
"""Known titles below which nothing is learned and the defaults hold."""


class Like(NamedTuple):
    """What a new title is like: the index of a known title, and the group that says most of it."""

    item: int
    group: str


@dataclass
class NewTitles(Model):
    """Any model, with a guess for the titles that training has no event with.

    The score of a new title is a weighted sum of scores of known titles, learned by the likeness of
    their features (``Interactions.features``): kernel ridge regression of the model's columns on
    features. What is summed up are the scores of ``base``, a model described as for ``configure``,
    and those of ``taste``, one that reads a history as a set and so tells better than a model of
    the next moment what kind of title somebody likes (by default ease, in large catalogues als; the
    same as ``base`` for none). Known titles pretending to be new teach the weights of the groups of
    features, the ridge, how popularity counts, the share of taste, and the scale on which new
    titles enter as many lists as known ones do.

    Known titles keep the base's score. A new title within a history is read as each of the three
    known titles most like it, and the three scores are averaged. Contributions are those of the
    base and of taste to the titles summed up: exact where both are additive. Without features, or
    without a new title that has any, the model is its base.

    map          sparse float32 (n_items, n_items), row c the weights of known titles in new title c
    gains        float32 (2,), what the scores of base and of taste count in that sum
    stand_ins    int32 (3, n_items), as what a title of a history is read
    like         sparse float32 (n_items, n_items), row c the known titles most like new title c
    spoke        int32, for each entry of ``like`` the group that says most of it
    group_weights  float32 (1,) by group, in the order in which ``spoke`` counts them
    """

    name: ClassVar[str] = "new-titles"

    base: str = "next-item"
    taste: str | None = None
    neighbours: int = 500
    parts: list[Model] = field(init=False, repr=False)
    map: csr_matrix = field(init=False, repr=False)
    gains: Scores = field(init=False, repr=False)
    stand_ins: NDArray[np.int32] = field(init=False, repr=False)
    like: csr_matrix = field(init=False, repr=False)
    spoke: NDArray[np.int32] = field(init=False, repr=False)
    group_weights: dict[str, Scores] = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return self.parts[0].n_items

    def fit(self, interactions: Interactions, progress: Progress = silent) -> Self:
        """Learn from the events that speak for a title and from the titles' features."""
        if self.neighbours < N_STAND_INS:
            raise BadInputError(f"neighbours must be {N_STAND_INS} or more, not {self.neighbours}")
        self.parts = [configure.configure(self.base).fit(interactions, progress)]
        self._forget(interactions.n_items)
        histories, features = interactions.histories.positive(), interactions.features
        known, new = _known_and_new(histories, features)
        if features is not None and len(known) and len(new):
            taste = self._taste(interactions.n_items)
            if taste != self.base:
                self.parts.append(configure.configure(taste).fit(interactions, progress))
            self._learn(histories, features.groups, known, new, progress)
        return self

    def _fit(self, histories: Histories, progress: Progress) -> None:
        """Be the base alone: histories have no features."""
        self.parts = [configure.configure(self.base)]
        self.parts[0]._fit(histories, progress)
        self._forget(histories.n_items)

    def _taste(self, n_items: int) -> str:
        if self.taste is not None:
            return self.taste
        return "ease" if n_items <= SMALL_CATALOGUE else "als"

    def _forget(self, n_items: int) -> None:
        self.map = self.like = csr_matrix((n_items, n_items), dtype=np.float32)
        self.gains = np.zeros(2, np.float32)
        self.stand_ins = np.tile(np.arange(n_items, dtype=np.int32), (N_STAND_INS, 1))
        self.spoke = np.zeros(0, np.int32)
        self.group_weights = {}

    def _learn(
        self,
        histories: Histories,
        groups: dict[str, csr_matrix],
        known: NDArray[np.int64],
        new: NDArray[np.int64],
        progress: Progress,
    ) -> None:
        random = np.random.default_rng(0)
        names = sorted(groups)
        likeness = Likeness(dict.fromkeys(names, 1 / len(names)))
        popularity = popularity_of(histories)
        if len(known) >= FEWEST:
            learners = np.sort(random.permutation(known)[:LEARNED_FROM])
            listeners = np.sort(random.permutation(len(histories))[:LISTENED_TO])
            scores = self.parts[-1].score(histories[listeners])[:, learners]
            values = scores.T / np.sqrt(popularity[learners])[:, None]
            likeness = learn_likeness(groups, learners, values.astype(np.float32), progress)
        described = likeness.describe(groups)
        pull = learn_pull(self.parts, histories, likeness, described, known, random, progress)
        progress(0, None, "finding what new titles are like")
        weights = likeness.interpolate(described, known, new, self.neighbours)
        self.map = pull.by_popularity(weights, popularity)
        self.gains = np.array(pull.gains, np.float32)
        self.like = most_alike(described, known, new, N_LIKE)
        self._stand_in(new)
        self._attribute(likeness, {name: groups[name] for name in names})

    def _stand_in(self, new: NDArray[np.int64]) -> None:
        """Read each new title as the known ones most like it; the few that there are in turn."""
        starts, counts = self.like.indptr[new], np.diff(self.like.indptr)[new]
        for rank in range(N_STAND_INS):
            self.stand_ins[rank, new] = self.like.indices[starts + rank % counts]

    def _attribute(self, likeness: Likeness, groups: dict[str, csr_matrix]) -> None:
        rows = np.repeat(np.arange(self.n_items), np.diff(self.like.indptr))
        self.spoke = np.zeros(len(rows), np.int32)
        for start in range(0, len(rows), PAIRS_AT_ONCE):
            pairs = slice(start, start + PAIRS_AT_ONCE)
            one, other = rows[pairs], self.like.indices[pairs]
            said = [
                likeness.weights[name] * np.asarray(of[one].multiply(of[other]).sum(axis=1)).ravel()
                for name, of in groups.items()
            ]
            self.spoke[pairs] = np.argmax(said, axis=0)
        self.group_weights = {
            name: np.array([likeness.weights[name]], np.float32) for name in groups
        }

    def _score(self, histories: Histories) -> Scores:
        scores = self._score_known(self._read(histories, 0))
        unsure = np.flatnonzero(
            np.bincount(histories.owners[self._is_new(histories.items)], minlength=len(histories))
        )
        if len(unsure):
            others = [
                self._score_known(self._read(histories[unsure], rank))
                for rank in range(1, N_STAND_INS)
            ]
            scores[unsure] = (scores[unsure] + sum(others)) / np.float32(N_STAND_INS)
        return scores

    def _score_known(self, histories: Histories) -> Scores:
        """Score for histories of known titles."""
        scores: Scores = np.array(self.parts[0].score(histories))
        new = self._new
        if len(new):
            summed = sum(
                gain * (scores if part is self.parts[0] else part.score(histories))
                for gain, part in zip(self.gains, self.parts, strict=False)
            )
            scores[:, new] = multiply(self.map[new], np.ascontiguousarray(np.transpose(summed))).T
        return scores

    def _contributions(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        ranks = range(N_STAND_INS if self._is_new(history.items).any() else 1)
        parts = [self._contributions_of_known(self._read(history, r), targets) for r in ranks]
        mean: Scores = np.mean(parts, axis=0, dtype=np.float32)
        return mean

    def _contributions_of_known(self, history: Histories, targets: NDArray[np.integer]) -> Scores:
        parts = self.parts[0].contributions(history, targets)
        new = self._is_new(targets)
        if new.any():
            rows = self.map[targets[new]]
            summed_up = np.unique(rows.indices)
            of_each = sum(
                gain * part.contributions(history, summed_up)
                for gain, part in zip(self.gains, self.parts, strict=False)
            )
            parts[:, new] = of_each @ rows[:, summed_up].toarray().T
        return parts

    def likes(self, history: Histories, targets: NDArray[np.integer]) -> list[Like | None]:
        """Say what known title each target is like, if possible one of the history.

        None for targets that are known themselves, or like nothing.
        """
        found: list[Like | None] = []
        names = list(self.group_weights)
        for target in targets:
            entries = slice(*self.like.indptr[target : target + 2])
            alike = self.like.data[entries]
            if not (alike > 0).any():
                found.append(None)
                continue
            items = self.like.indices[entries]
            met = np.isin(items, history.positive().items) & (alike > 0)
            best = int(np.argmax(np.where(met, alike + 1, alike)))
            found.append(Like(int(items[best]), names[self.spoke[entries][best]]))
        return found

    @property
    def _new(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.diff(self.map.indptr))

    def _is_new(self, items: NDArray[np.integer]) -> NDArray[np.bool_]:
        new: NDArray[np.bool_] = self.stand_ins[0, items] != items
        return new

    def _read(self, histories: Histories, rank: int) -> Histories:
        return Histories(
            histories.offsets,
            self.stand_ins[rank, histories.items],
            histories.weights,
            histories.n_items,
            histories.times,
        )


def _known_and_new(
    histories: Histories, features: Features | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the titles with events and those without that have features in common with others."""
    met = np.zeros(histories.n_items, np.bool_)
    met[histories.items] = True
    described = np.zeros(histories.n_items, np.bool_)
    for group in features.groups.values() if features is not None else ():
        described |= np.diff(group.indptr) > 0
    return np.flatnonzero(met), np.flatnonzero(described & ~met)
