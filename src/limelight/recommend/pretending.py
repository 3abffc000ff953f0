"""Known titles that pretend to be new: how much to make of what titles like them are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.progress import Progress, silent
from limelight.recommend.interactions import Histories
from limelight.recommend.likeness import Likeness
from limelight.recommend.models.base import Model, Scores
from limelight.recommend.topk import top_k

SHARE, MOST_PRETENDERS, MOST_KNOWN, N_USERS = 0.1, 400, 2_500, 500
FEWEST = 30
POWERS = (0.0, 0.2, 0.4)
SHARES_OF_TASTE = (0.0, 0.25, 0.5, 0.75, 1.0)
LONGEST_LIST = 50
"""Lists by which the scale is set; a tenth of a catalogue at most."""


@dataclass(frozen=True)
class Pull:
    """How scores of known titles turn into one of a new title.

    ``gains`` are what the parts' scores count; every known title's weight is divided by its
    popularity to the ``power``, and the sum multiplied by that of the new title as guessed from the
    same known titles.
    """

    gains: tuple[float, float] = (1.0, 0.0)
    power: float = 0.0

    def by_popularity(self, weights: csr_matrix, popularity: NDArray[np.float64]) -> csr_matrix:
        """Let popularity count in the weights (n_items, n_items) of known titles in new ones."""
        known = popularity > 0
        logs = np.zeros(len(popularity))
        logs[known] = np.log(popularity[known])
        logs[known] -= logs[known].mean()
        scaled = weights.copy()
        guessed = np.repeat(weights @ logs, np.diff(weights.indptr))
        scaled.data *= np.exp(self.power * (guessed - logs[weights.indices])).astype(np.float32)
        return scaled


def popularity_of(histories: Histories) -> NDArray[np.float64]:
    """Sum the weights of each title's events, float64 (n_items,)."""
    return np.bincount(histories.items, histories.weights, histories.n_items).astype(np.float64)


def learn_pull(
    parts: Sequence[Model],
    histories: Histories,
    likeness: Likeness,
    described: csr_matrix,
    known: NDArray[np.int64],
    random: np.random.Generator,
    progress: Progress = silent,
) -> Pull:
    """Hide a tenth of the known titles, and find the pull that ranks and places them best.

    The power and the share of taste are those by which people's hidden titles come first among all
    hidden ones (NDCG of the whole list); the scale is the one with which the hidden titles take as
    many places of the best lists as they take by the scores that they have when they are known.
    """
    if len(known) < FEWEST:
        return Pull((1.0, 0.0))
    drawn = random.permutation(known)
    n_hidden = min(int(np.ceil(SHARE * len(known))), MOST_PRETENDERS)
    hidden = np.sort(drawn[:n_hidden])
    rest = np.sort(drawn[n_hidden:][:MOST_KNOWN])
    is_hidden = np.zeros(histories.n_items, np.bool_)
    is_hidden[hidden] = True
    hides = is_hidden[histories.items]
    answers, shown = histories.where(hides), histories.where(~hides)
    askable = np.flatnonzero((answers.lengths > 0) & (shown.lengths > 0))
    asked = np.sort(random.permutation(askable)[:N_USERS])
    if not len(asked):
        return Pull((1.0, 0.0))
    answers, shown = answers[asked], shown[asked]
    progress(0, None, "letting known titles pretend to be new")
    scores = [part.score(shown) for part in parts]
    units = [max(float(one[:, rest].std()), 1e-9) for one in scores]
    wanted = answers.matrix(binary=True)[:, hidden].toarray() > 0
    popularity = popularity_of(histories)
    weights = likeness.interpolate(described, rest, hidden, len(rest))
    best, found = -1.0, Pull()
    guess = np.zeros_like(wanted, np.float32)
    for power in POWERS:
        matrix = Pull(power=power).by_popularity(weights, popularity)[hidden].T.tocsr()
        guesses = [one @ matrix for one in scores]
        for share in SHARES_OF_TASTE if len(parts) > 1 else (0.0,):
            gains = (1 - share, share * units[0] / units[-1])
            tried = sum(gain * one for gain, one in zip(gains, guesses, strict=False))
            worth = _ndcg(np.asarray(tried), wanted)
            if worth > best:
                best, found, guess = worth, Pull(gains, power), np.asarray(tried, np.float32)
    length = min(LONGEST_LIST, len(known) // 10)
    scale = _scale(np.array(scores[0]), guess, hidden, shown, length)
    return Pull((found.gains[0] * scale, found.gains[1] * scale), found.power)


def _ndcg(scores: Scores, wanted: NDArray[np.bool_]) -> float:
    order = np.argsort(-scores, axis=1, kind="stable")
    discounts = 1 / np.log2(np.arange(wanted.shape[1]) + 2)
    gained = (np.take_along_axis(wanted, order, 1) * discounts).sum(axis=1)
    return float((gained / np.cumsum(discounts)[wanted.sum(axis=1) - 1]).mean())


def _scale(
    scores: Scores, guess: Scores, hidden: NDArray[np.int64], shown: Histories, length: int
) -> float:
    """Find by halving the factor of the guess with which hidden titles take as many places of the
    best lists as by their own scores; 1 where those take none."""

    def places(scale: float | None) -> int:
        mixed = scores
        if scale is not None:
            mixed = scores.copy()
            mixed[:, hidden] = np.float32(scale) * guess
        items, _ = top_k(mixed, length, exclude=shown)
        return int(np.isin(items, hidden).sum())

    target = places(None)
    if not target:
        return 1.0
    low, high = np.log(0.05), np.log(20.0)
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (middle, high) if places(float(np.exp(middle))) < target else (low, middle)
    return float(np.exp((low + high) / 2))
