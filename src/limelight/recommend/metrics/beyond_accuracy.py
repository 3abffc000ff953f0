"""What accuracy does not see: variety, novelty, fairness to tastes, and the pull of the popular.

``ranked`` is int (n_users, k), best first, -1 where a list is short. Values are one a user, or one
for all lists together where a single list has none. A value that does not exist for a user, such as
the variety of an empty list, is NaN.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.recommend.interactions import Histories

Ranked = NDArray[np.integer]
Values = NDArray[np.float64]


def popularity_of(histories: Histories) -> Values:
    """Share of the histories that hold each title, float64 (n_items,): the popularity below."""
    met = histories.positive().matrix(binary=True)
    counts = np.bincount(met.indices, minlength=histories.n_items)
    return counts / max(len(histories), 1)


def category_shares(categories: pl.Series) -> NDArray[np.float32]:
    """Turn each title's list of categories into equal shares, float32 (n_items, n_categories).

    Columns follow the categories in alphabetical order; a title without any has zeros.
    """
    lists = pl.DataFrame({"category": categories.cast(pl.List(pl.String))}).with_row_index("item")
    pairs = lists.explode("category").drop_nulls().unique()
    names = pairs["category"].unique().sort()
    shares = np.zeros((len(categories), len(names)), np.float32)
    shares[pairs["item"], pairs["category"].cast(pl.Enum(names)).to_physical()] = 1
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1)
    return shares


def coverage(ranked: Ranked, n_items: int) -> float:
    """Share of the ``n_items`` that could be listed that is in somebody's list (Herlocker 2004)."""
    return len(_exposure(ranked)) / n_items


def gini(ranked: Ranked, n_items: int) -> float:
    """How unequally the lists' places go to titles: 0 for equally, near 1 for all to one.

    Gini index over the ``n_items`` that could be listed, listed or not (Fleder & Hosanagar 2009);
    NaN where all lists are empty.
    """
    exposure = np.sort(_exposure(ranked))
    if not len(exposure):
        return float("nan")
    ranks = np.arange(n_items - len(exposure) + 1, n_items + 1)
    return float((2 * ranks - n_items - 1) @ exposure / (n_items * exposure.sum()))


def novelty(ranked: Ranked, popularity: Values, n_users: int) -> Values:
    """Mean self-information of a list's titles in bits, float64 (n_users,) (Zhou et al. 2010).

    A title that the share p of users met tells -log2(p). One that nobody met counts as if one of
    the ``n_users`` had.
    """
    return _mean_over_list(ranked, -np.log2(np.maximum(popularity, 1 / n_users)))


def mean_popularity(ranked: Ranked, popularity: Values) -> Values:
    """Mean popularity of a list's titles, float64 (n_users,) (ARP: Yin et al. 2012)."""
    return _mean_over_list(ranked, popularity)


def popularity_lift(ranked: Ranked, histories: Histories, popularity: Values) -> float:
    """How much more popular the lists are than what the users chose themselves.

    Mean over users of the list's mean popularity against the same of the histories, minus 1: 0
    keeps the users' taste, 1 doubles it (Abdollahpouri et al. 2020). NaN where there are no
    histories.
    """
    liked = histories.positive()
    counts = liked.lengths
    sums = np.bincount(liked.owners, popularity[liked.items], minlength=len(liked))
    chosen = _divide(sums, counts)
    both = ~np.isnan(chosen) & (ranked >= 0).any(axis=1)
    if not chosen[both].sum() > 0:
        return float("nan")
    return float(_mean_over_list(ranked, popularity)[both].mean() / chosen[both].mean() - 1)


def dislike_rate(ranked: Ranked, later: Histories) -> Values:
    """Share of a list's titles that the user came to reject, float64 (n_users,); 0 is best.

    Row u of ``later`` holds what user u did after the list was made; events whose weight is below
    zero reject. NaN for an empty list.
    """
    against = later.where(later.weights < 0)
    keys = against.owners.astype(np.int64) * later.n_items + against.items
    listed = ranked + np.arange(len(ranked), dtype=np.int64)[:, None] * later.n_items
    return _divide((np.isin(listed, keys) & (ranked >= 0)).sum(axis=1), (ranked >= 0).sum(axis=1))


def diversity(ranked: Ranked, vectors: NDArray[np.floating]) -> Values:
    """Mean of 1 - cosine over the pairs of a list, float64 (n_users,) (Ziegler et al. 2005).

    ``vectors`` is float (n_items, n_features): categories or any description of titles. A title
    with only zeros is unlike any other. NaN for lists of fewer than two titles.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = np.divide(vectors, lengths, out=np.zeros(vectors.shape), where=lengths > 0)
    lists = _as_matrix(ranked, len(vectors))
    # A sum's squared length holds the inner products of all pairs twice and of each self once.
    sums = lists @ directions
    selves = lists @ (lengths[:, 0] > 0)
    similar = np.einsum("uf,uf->u", sums, sums) - selves
    counts = (ranked >= 0).sum(axis=1)
    return 1 - _divide(similar, counts * (counts - 1))


def calibration(
    ranked: Ranked, histories: Histories, categories: NDArray[np.floating], alpha: float = 0.01
) -> Values:
    """How far a list's categories are from those of the history, float64 (n_users,); 0 is the same.

    Kullback-Leibler divergence KL(p || (1 - alpha) q + alpha p) in nats of the list's shares q from
    the history's p (Steck 2018, section 3). ``categories`` is float (n_items, n_categories), as
    from :func:`category_shares`. NaN where a history or a list has no categories.
    """
    wanted = histories.positive().matrix() @ categories
    given = _as_matrix(ranked, len(categories)) @ categories
    p, q = (_divide(mass, mass.sum(axis=1, keepdims=True)) for mass in (wanted, given))
    smoothed = (1 - alpha) * q + alpha * p
    ratio = np.divide(p, smoothed, out=np.ones_like(p), where=p > 0)
    return np.asarray((p * np.log(ratio)).sum(axis=1), np.float64)


def _exposure(ranked: Ranked) -> NDArray[np.int64]:
    """Places in all lists of each title that has any, int64 (n_listed,)."""
    counts = np.bincount(ranked[ranked >= 0])
    return counts[counts > 0]


def _as_matrix(ranked: Ranked, n_items: int) -> csr_matrix:
    """Say with ones which titles are in which list, float64 (n_users, n_items)."""
    offsets = np.concatenate([[0], np.cumsum((ranked >= 0).sum(axis=1))])
    items = ranked[ranked >= 0]
    return csr_matrix((np.ones(len(items)), items, offsets), shape=(len(ranked), n_items))


def _mean_over_list(ranked: Ranked, values: Values) -> Values:
    """Mean of the listed titles' values, NaN for an empty list."""
    filled = ranked >= 0
    sums = np.where(filled, values[ranked], 0).sum(axis=1)
    return _divide(sums, filled.sum(axis=1))


def _divide(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Values:
    """Divide, giving NaN where there is nothing to divide by."""
    quotients = np.full(part.shape, np.nan)
    np.divide(part, whole, out=quotients, where=np.asarray(whole) != 0)
    return quotients
