"""How well a ranking finds the answers that were held out, one value a user.

A ranking is first turned into :class:`Hits`, from finished lists (:func:`hits_in_lists`) or
straight from scores with ties broken against the answer (:func:`hits_by_score`); every metric is a
function of those. Relevance is binary, and averaging over users is the caller's. k is the width of
the hits: a list that is shorter than k is judged as if it were filled up with titles that are not
relevant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.recommend.interactions import Histories

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Hits:
    """Which places of each user's list hold a relevant title.

    found       bool (n_users, k)
    n_relevant  int64 (n_users,), distinct relevant titles, those that no list reached too
    """

    found: NDArray[np.bool_]
    n_relevant: NDArray[np.int64]

    @property
    def k(self) -> int:
        """Length of the lists."""
        return int(self.found.shape[1])

    def at(self, k: int) -> Hits:
        """Look at the first ``k`` places only."""
        return Hits(self.found[:, :k], self.n_relevant)


def hits_in_lists(ranked: NDArray[np.integer], relevant: Histories) -> Hits:
    """Find the relevant titles in finished lists.

    ``ranked`` is int (n_users, k), best first, -1 where a list is short; row u is judged against
    the distinct titles that row u of ``relevant`` speaks for. Raises BadInputError where a list
    holds a title twice, which would count a hit twice, or one that is not in the catalogue.
    """
    if len(ranked) != len(relevant):
        raise BadInputError(f"{len(ranked):,} lists can't be judged by {len(relevant):,} answers")
    if ranked.size and not (ranked.min() >= -1 and ranked.max() < relevant.n_items):
        raise BadInputError(
            f"ranked titles must lie between 0 and {relevant.n_items - 1}, or be -1"
        )
    ordered = np.sort(ranked, axis=1)
    twice = np.flatnonzero(((np.diff(ordered, axis=1) == 0) & (ordered[:, 1:] >= 0)).any(axis=1))
    if len(twice):
        raise BadInputError(f"list {twice[0]} holds a title twice ({len(twice):,} such lists)")
    answers = np.unique(_keys(relevant.positive()))
    wanted = ranked + np.arange(len(ranked), dtype=np.int64)[:, None] * relevant.n_items
    found = np.isin(wanted, answers) & (ranked >= 0)
    return Hits(found, np.bincount(answers // relevant.n_items, minlength=len(ranked)))


def hits_by_score(
    scores: NDArray[np.float32], relevant: Histories, k: int, seen: Histories | None = None
) -> Hits:
    """Find the places that relevant titles take in the ranking by score, ties broken against them.

    ``scores`` is float32 (n_users, n_items). Titles in ``seen`` are not ranked, nor are those
    scored -inf; a relevant title among them stays a miss. The j-th best of a user's relevant titles
    takes the rank j plus the number of other ranked titles that score as much or more, so with one
    answer its rank is 1 plus the titles at least as good, and a model that gives one score to
    everything finds nothing. Raises BadInputError where a score is NaN.
    """
    if scores.shape != (len(relevant), relevant.n_items):
        raise BadInputError(
            f"scores of shape {scores.shape} can't be judged by answers of {len(relevant):,} users "
            f"among {relevant.n_items:,} titles"
        )
    if np.isnan(scores).any():
        raise BadInputError("the scores hold NaN, which has no place in a ranking")
    if seen is None:
        seen = Histories.from_lists([[]] * len(relevant), relevant.n_items)
    relevant = relevant.positive()
    found = np.zeros((len(relevant), k), np.bool_)
    n_relevant = np.zeros(len(relevant), np.int64)
    _place_answers(
        np.ascontiguousarray(scores, np.float32),
        (relevant.offsets, relevant.items),
        (seen.offsets, seen.items),
        found,
        n_relevant,
    )
    return Hits(found, n_relevant)


def accuracy(hits: Hits) -> Values:
    """Whether the first title is relevant: top-1 accuracy, the share of right answers.

    The accuracy of a classifier over the whole catalogue says nothing about a ranking: nearly every
    title is rightly left out, so that even an empty list scores above .99.
    """
    return hit_rate(hits.at(1))


def precision(hits: Hits) -> Values:
    """Share of the k places that hold a relevant title (Manning et al. 2008, 8.4)."""
    return _divide(hits.found.sum(axis=1), np.full(len(hits.found), hits.k))


def recall(hits: Hits) -> Values:
    """Share of the relevant titles that the list holds (Manning et al. 2008, 8.4)."""
    return _divide(hits.found.sum(axis=1), hits.n_relevant)


def capped_recall(hits: Hits) -> Values:
    """Hits over min(k, relevant titles), which a perfect list brings to 1.

    This is what the new-users literature calls Recall@20 and Recall@50 (Mult-VAE: Liang et al.
    2018, section 4.2). It is never below :func:`recall`.
    """
    return _divide(hits.found.sum(axis=1), np.minimum(hits.k, hits.n_relevant))


def f1(hits: Hits) -> Values:
    """Harmonic mean of precision and recall (van Rijsbergen 1979)."""
    return _divide(2 * hits.found.sum(axis=1), hits.k + hits.n_relevant)


def hit_rate(hits: Hits) -> Values:
    """1 where the list holds a relevant title, else 0 (HR; with one answer it equals recall)."""
    return np.asarray(hits.found.any(axis=1), np.float64)


def ndcg(hits: Hits) -> Values:
    """Discounted cumulative gain over that of the best list possible (Järvelin & Kekäläinen 2002).

    A hit at rank r gains 1 / log2(r + 1); the best list has min(k, relevant titles) hits on top.
    """
    gains = 1 / np.log2(np.arange(2, hits.k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(gains)])[np.minimum(hits.k, hits.n_relevant)]
    return _divide(hits.found @ gains, ideal)


def reciprocal_rank(hits: Hits) -> Values:
    """1 / rank of the first relevant title, 0 where the list has none (MRR: Voorhees 1999)."""
    return _divide(hit_rate(hits), hits.found.argmax(axis=1) + 1)


def average_precision(hits: Hits) -> Values:
    """Precision at the rank of every hit, summed, over the relevant titles (MAP).

    As in trec_eval's map_cut, relevant titles that the list misses count as zero, also where there
    are more of them than k.
    """
    precisions = np.cumsum(hits.found, axis=1) / np.arange(1, hits.k + 1)
    return _divide((precisions * hits.found).sum(axis=1), hits.n_relevant)


def _divide(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Values:
    """Divide; a user without a relevant title gets 0, as in ranx and RecBole."""
    quotients = np.zeros(len(part))
    np.divide(part, whole, out=quotients, where=np.asarray(whole) != 0)
    return quotients


def _keys(rows: Histories) -> NDArray[np.int64]:
    """One number for each pair of row and title."""
    keys: NDArray[np.int64] = rows.owners.astype(np.int64) * rows.n_items + rows.items
    return keys


@numba.njit(parallel=True, cache=True, nogil=True)
def _place_answers(
    scores: NDArray[np.float32],
    relevant: tuple[NDArray[np.int64], NDArray[np.int32]],
    seen: tuple[NDArray[np.int64], NDArray[np.int32]],
    found: NDArray[np.bool_],
    n_relevant: NDArray[np.int64],
) -> None:
    """Mark in ``found`` the places that answers take; each row of scores is read at most once."""
    n_items, k = scores.shape[1], found.shape[1]
    for row in numba.prange(len(scores)):
        is_answer = np.zeros(n_items, np.bool_)
        is_rival = np.ones(n_items, np.bool_)
        for event in range(seen[0][row], seen[0][row + 1]):
            is_rival[seen[1][event]] = False
        first, end = relevant[0][row], relevant[0][row + 1]
        to_place = np.empty(end - first, np.float32)
        n_placed = 0
        for event in range(first, end):
            item = relevant[1][event]
            if is_answer[item]:
                continue
            is_answer[item] = True
            n_relevant[row] += 1
            if is_rival[item] and scores[row, item] > -np.inf:
                is_rival[item] = False
                to_place[n_placed] = scores[row, item]
                n_placed += 1
        answers = np.sort(to_place[:n_placed])
        # rivals[j] counts the titles that beat the j lowest answers and no more.
        rivals = np.zeros(n_placed + 1, np.int64)
        # Answers below this one have fallen out of the k places; `ahead` counts its rivals.
        lowest = ahead = 0
        for item in range(n_items):
            if lowest == n_placed:
                break
            score = scores[row, item]
            if score >= answers[lowest] and is_rival[item]:
                rivals[np.searchsorted(answers, score, "right")] += 1
                ahead += 1
                while lowest < n_placed and ahead + n_placed - lowest > k:
                    lowest += 1
                    ahead -= rivals[lowest]
        place = 0
        for answer in range(n_placed - 1, lowest - 1, -1):
            place += rivals[answer + 1]
            if place >= k:
                break
            found[row, place] = True
            place += 1
