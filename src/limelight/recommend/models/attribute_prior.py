"""What people of some attributes meet: a guess for somebody who did nothing yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.memory import require_memory
from limelight.progress import Progress, silent
from limelight.recommend.audience import Attributes
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.log_linear import Guesses, fit_log_linear, log_likelihoods
from limelight.recommend.models.base import Model, Scores

FOLDS = 5
SPEAKS = 0.1
"""A value whose people meet a title about a tenth more than others do is a reason for it."""

SCORES_AT_ONCE = 2**21
"""Scores that a fold's people may have, so that learning takes bounded memory."""

Gaps = NDArray[np.float64]


@dataclass
class AttributePrior(Model):
    """Score titles by their log-probability given a person's attributes; else by popularity.

    ``log p(item | person) = log p(item) + sum of weight * log(p(item | value) / p(item))`` over the
    values of the person's attributes, up to a constant: naive Bayes whose attributes are weighted
    because they overlap (a student is young). A value's shares of titles are shrunk to everybody's
    by a Dirichlet prior as strong as the attribute's values are alike (empirical Bayes; method of
    moments, Mosimann 1962). The weights make choices of people who were left out likeliest; where
    they don't beat popularity by twice their standard error, they are zero. So attributes that say
    nothing cost nothing.

    columns     the attributes' columns, as ``audience.Attributes`` chose them
    popularity  float32 (n_items,), log p(item)
    lifts       float32 (n_columns, n_items), weighted log ratios
    """

    name: ClassVar[str] = "attribute-prior"

    columns: Sequence[Sequence[Any]] = ()
    popularity: Scores = field(init=False, repr=False)
    lifts: Scores = field(init=False, repr=False)

    @property
    def n_items(self) -> int:
        """Count the titles that the fitted model scores."""
        return len(self.popularity)

    def fit_to(
        self, interactions: Interactions, users: pl.DataFrame, progress: Progress = silent
    ) -> Self:
        """Learn from events and from what is known of those who did them.

        ``users`` has user_id and attributes (a JSON object or null). Raises BadInputError for
        attributes that are no JSON object.
        """
        known = pl.DataFrame({"user_id": interactions.user_ids}).join(
            users.unique("user_id", keep="last"), on="user_id", how="left", maintain_order="left"
        )
        attributes = Attributes.of(known)
        self.columns = attributes.columns
        self.fit(interactions, progress)
        if not self.columns:
            return self
        n_items, n_columns = interactions.n_items, len(self.columns)
        require_memory(
            16 * n_columns * n_items,
            f"an attribute prior of {n_columns:,} values on {n_items:,} titles",
            "give users fewer attributes, or ones of fewer values",
        )
        people = attributes.encode(known)
        met = interactions.histories.positive().matrix()
        progress(0, None, "learning what people of some attributes meet")
        groups = np.unique(attributes.names, return_inverse=True)[1]
        weights = _learn_weights(people, met, groups)
        self.lifts = (weights[groups, None] * _lifts(people, met, groups)).astype(np.float32)
        return self

    def score_people(self, people: pl.DataFrame | Sequence[Mapping[str, Any]]) -> Scores:
        """Give log p(item | person) for each person, float32 (n_people, n_items).

        ``people`` is a table of users with ``attributes``, or a mapping for each. Unknown
        attributes and values change nothing. Probabilities of a row sum to 1.
        """
        scores = self.popularity + self.lifts_of(people)
        top = scores.max(axis=1, keepdims=True)
        scores -= top + np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
        return scores

    def lifts_of(self, people: pl.DataFrame | Sequence[Mapping[str, Any]]) -> Scores:
        """Give what people's attributes add to any log p(item), float32 (n_people, n_items)."""
        return np.asarray(self.attributes.encode(people) @ self.lifts, np.float32)

    def tells(self, people: pl.DataFrame | Sequence[Mapping[str, Any]]) -> NDArray[np.bool_]:
        """Tell whose attributes say anything of titles, bool (n_people,)."""
        telling = self.lifts.any(axis=1)
        return np.asarray(self.attributes.encode(people)[:, telling].getnnz(axis=1) > 0)

    def speaking(self, about: Mapping[str, Any], items: NDArray[np.integer]) -> list[list[str]]:
        """Name the values of one person's attributes that speak for each title, the most first."""
        attributes = self.attributes
        columns = attributes.encode([about]).indices
        words = [attributes.words(column) for column in columns]
        found = []
        for lifts in self.lifts[columns][:, items].T:
            order = np.argsort(-lifts, kind="stable")
            found.append([words[place] for place in order if lifts[place] > SPEAKS])
        return found

    @property
    def attributes(self) -> Attributes:
        """How people are described."""
        return Attributes(tuple(tuple(column) for column in self.columns))

    def _fit(self, histories: Histories, progress: Progress) -> None:
        self.popularity = _log_shares(histories.matrix()).astype(np.float32)
        self.lifts = np.zeros((len(self.columns), histories.n_items), np.float32)

    def _score(self, histories: Histories) -> Scores:
        return np.tile(self.popularity, (len(histories), 1))


def _log_shares(met: csr_matrix) -> Gaps:
    """Give log p(item), half an event added to each title so that no title is impossible."""
    counts = np.asarray(met.sum(axis=0), np.float64).ravel() + 0.5
    return np.asarray(np.log(counts / counts.sum()), np.float64)


def _lifts(people: csr_matrix, met: csr_matrix, groups: NDArray[np.integer]) -> Gaps:
    """Give log(p(item | value) / p(item)) of each column, shrunk, float64 (n_columns, n_items)."""
    share = np.exp(_log_shares(met))
    counts = np.asarray((people.T @ met).todense(), np.float64)
    totals = counts.sum(axis=1)
    lifts = np.zeros(counts.shape)
    for group in np.unique(groups):
        rows = np.flatnonzero((groups == group) & (totals > 0))
        if not len(rows):
            continue
        strength = _likeness(counts[rows], totals[rows], share)
        if np.isfinite(strength):
            shrunk = (counts[rows] + strength * share) / (totals[rows, None] + strength)
            lifts[rows] = np.log(shrunk / share)
    return lifts


def _likeness(counts: Gaps, totals: Gaps, share: Gaps) -> float:
    """Give the strength in events of the Dirichlet prior that the rows of counts were drawn with.

    By the method of moments: chi-square per degree of freedom of a row of n events is expected to
    be (n + strength) / (1 + strength). Infinity where the rows differ no more than by chance.
    """
    expected = totals[:, None] * share
    excess = ((counts - expected) ** 2 / expected).sum() / (len(share) - 1)
    if len(share) < 2 or excess <= len(counts):
        return float("inf")
    return max(0.0, float((totals.sum() - excess) / (excess - len(counts))))


def _learn_weights(people: csr_matrix, met: csr_matrix, groups: NDArray[np.integer]) -> Gaps:
    """Weigh the attributes by what they tell of people whom the lifts were not learned from."""
    n_groups, n_items = groups.max() + 1, met.shape[1]
    order = np.random.default_rng(0).permutation(people.shape[0])
    most = max(1, SCORES_AT_ONCE // n_items // n_groups)
    blocks = []
    for fold in range(FOLDS):
        out, rest = (
            order[fold::FOLDS],
            np.concatenate([order[other::FOLDS] for other in range(FOLDS) if other != fold]),
        )
        if not len(rest):
            continue
        lifts = _lifts(people[rest], met[rest], groups)
        asked = people[out[:most]]
        features = np.stack(
            [asked[:, groups == group] @ lifts[groups == group] for group in range(n_groups)]
        ).astype(np.float32)
        base = np.tile(_log_shares(met[rest]), (asked.shape[0], 1)).astype(np.float32)
        blocks.append(Guesses(features, base, met[out[:most]]))
    if not blocks:
        return np.zeros(n_groups)
    weights = np.maximum(fit_log_linear(blocks), 0)
    gains = np.concatenate(
        [log_likelihoods(b, weights) - log_likelihoods(b, np.zeros(n_groups)) for b in blocks]
    )
    sure = len(gains) > 1 and gains.mean() > 2 * gains.std(ddof=1) / np.sqrt(len(gains))
    return weights if sure else np.zeros(n_groups)
