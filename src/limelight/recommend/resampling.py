"""How sure a mean over users is: bootstrap intervals and a paired randomisation test, both seeded.

Values are float64 (n_users, n_metrics); a NaN is a value that does not exist and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

DRAWS_AT_ONCE = 2**20
"""Random draws held at a time (8 MiB as numbers), so that memory does not grow with the users."""

MOST_UNITS = 2**13
"""More users than this are resampled in as many random groups, so that time stops growing: the mean
over groups of equal size spreads as the mean over users does, and 8,192 are plenty to see how."""


def bootstrap_interval(
    values: Values, level: float = 0.95, resamples: int = 1000, seed: int = 0
) -> tuple[Values, Values]:
    """Give the percentile interval of each metric's mean: low and high, each (n_metrics,).

    Users are drawn with replacement (Efron & Tibshirani 1993, chapter 13).
    """
    rng = np.random.default_rng(seed)
    n_metrics = values.shape[1]
    known = ~np.isnan(values)
    columns = _grouped(np.hstack([np.where(known, values, 0), known]), rng)
    means = np.full((resamples, n_metrics), np.nan)
    n = len(columns)
    for rows in _chunks(resamples, n):
        draws = [np.bincount(rng.integers(n, size=n), minlength=n) for _ in rows]
        sums = np.asarray(draws, np.float64) @ columns
        totals, counts = sums[:, :n_metrics], sums[:, n_metrics:]
        np.divide(totals, counts, out=means[rows.start : rows.stop], where=counts > 0)
    interval = np.full((2, n_metrics), np.nan)
    some = known.any(axis=0)
    if some.any():
        tails = [(1 - level) / 2, (1 + level) / 2]
        interval[:, some] = np.nanquantile(means[:, some], tails, axis=0)
    return interval[0], interval[1]


def randomisation_test(differences: Values, resamples: int = 10_000, seed: int = 0) -> Values:
    """Give the two-sided p-value of each metric's mean difference, (n_metrics,).

    If the two models were alike, each user's difference could as well have the other sign: the
    p-value is the share of random sign flips that bring a mean at least as far from zero (Fisher's
    test as in Smucker et al. 2007), the observed one counted too (Phipson & Smyth 2010).
    """
    rng = np.random.default_rng(seed)
    filled = np.nan_to_num(differences, nan=0.0)
    telling = _grouped(filled[filled.any(axis=1)], rng)
    total, n = telling.sum(axis=0), len(telling)
    # Sums that are equal on paper differ in the last digits, and must count as equal.
    observed = np.abs(total) - 1e-12 * np.abs(telling).sum(axis=0)
    as_far = np.ones(filled.shape[1])
    for rows in _chunks(resamples, n):
        bytes_of_signs = rng.integers(256, size=(len(rows), -(-n // 8)), dtype=np.uint8)
        plus = np.unpackbits(bytes_of_signs, axis=1, count=n).astype(np.float64)
        as_far += (np.abs(2 * (plus @ telling) - total) >= observed).sum(axis=0)
    return as_far / (resamples + 1)


def _grouped(columns: Values, rng: np.random.Generator) -> Values:
    """Sum the rows of many users in random groups of equal size, give or take one."""
    if len(columns) <= MOST_UNITS:
        return columns
    starts = np.arange(MOST_UNITS) * len(columns) // MOST_UNITS
    sums: Values = np.add.reduceat(columns[rng.permutation(len(columns))], starts)
    return sums


def _chunks(resamples: int, n: int) -> Iterator[range]:
    """Cut the resamples into runs that fit the memory."""
    step = max(1, DRAWS_AT_ONCE // max(1, n))
    for start in range(0, resamples, step):
        yield range(start, min(start + step, resamples))
