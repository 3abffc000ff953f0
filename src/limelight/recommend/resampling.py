"""How sure a mean over users is: bootstrap intervals and a paired randomisation test, both seeded.

Values are float64 (n_users, n_metrics); a NaN is a value that does not exist and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

DRAWS_AT_ONCE = 2**22
"""Random numbers held at a time (32 MiB), so that memory does not grow with the users."""


def bootstrap_interval(
    values: Values, level: float = 0.95, resamples: int = 1000, seed: int = 0
) -> tuple[Values, Values]:
    """Give the percentile interval of each metric's mean: low and high, each (n_metrics,).

    Users are drawn with replacement (Efron & Tibshirani 1993, chapter 13).
    """
    rng = np.random.default_rng(seed)
    n_users, n_metrics = values.shape
    known = ~np.isnan(values)
    columns = np.hstack([np.where(known, values, 0), known])
    means = np.full((resamples, n_metrics), np.nan)
    for rows in _chunks(resamples, n_users):
        draws = [np.bincount(rng.integers(n_users, size=n_users), minlength=n_users) for _ in rows]
        sums = np.asarray(draws, np.float64) @ columns
        totals, counts = sums[:, :n_metrics], sums[:, n_metrics:]
        np.divide(totals, counts, out=means[rows.start : rows.stop], where=counts > 0)
    low, high = (np.full(n_metrics, np.nan) for _ in range(2))
    some = known.any(axis=0)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low[some], high[some] = np.nanquantile(means[:, some], tails, axis=0)
    return low, high


def randomisation_test(differences: Values, resamples: int = 10_000, seed: int = 0) -> Values:
    """Give the two-sided p-value of each metric's mean difference, (n_metrics,).

    If the two models were alike, each user's difference could as well have the other sign: the
    p-value is the share of random sign flips that bring a mean at least as far from zero (Fisher's
    test as in Smucker et al. 2007), the observed one counted too (Phipson & Smyth 2010).
    """
    rng = np.random.default_rng(seed)
    filled = np.nan_to_num(differences, nan=0.0)
    telling = filled[filled.any(axis=1)]
    # Sums that are equal on paper differ in the last digits, and must count as equal.
    observed = np.abs(telling.sum(axis=0)) - 1e-12 * np.abs(telling).sum(axis=0)
    as_far = np.ones(filled.shape[1])
    for rows in _chunks(resamples, len(telling)):
        signs = rng.integers(2, size=(len(rows), len(telling)), dtype=np.int8) * 2.0 - 1
        as_far += (np.abs(signs @ telling) >= observed).sum(axis=0)
    return as_far / (resamples + 1)


def _chunks(resamples: int, n_users: int) -> Iterator[range]:
    """Cut the resamples into runs that fit the memory."""
    step = max(1, DRAWS_AT_ONCE // max(1, n_users))
    for start in range(0, resamples, step):
        yield range(start, min(start + step, resamples))
