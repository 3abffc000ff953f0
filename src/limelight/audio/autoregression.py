"""Samples predicted from their neighbours: how what is missing is put back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve, solve_toeplitz
from scipy.signal import fftconvolve

Values = NDArray[np.float64]

ROUNDS = 2


def prediction_error_filter(samples: Values, order: int) -> Values:
    """The filter (1, a1, ..., a_order) that leaves least of ``samples`` (n,), n > order.

    By the autocorrelation method, with 90 dB of white noise below the samples, for tones that would
    predict themselves perfectly.
    """
    n = samples.size
    correlation = fftconvolve(samples, samples[::-1])[n - 1 : n + order]
    correlation[0] = correlation[0] * (1 + 1e-9) + 1e-20
    return np.concatenate([[1.0], solve_toeplitz(correlation[:-1], -correlation[1:])])


def interpolated(samples: Values, missing: NDArray[np.bool_], order: int) -> Values:
    """Put values at ``missing`` (n,) such that the prediction error of ``samples`` (n,) is least.

    The filter and the values are found in turn (Janssen, Veldhuis and Vries 1986), from a straight
    line on.
    """
    holes = np.flatnonzero(missing)
    there = np.flatnonzero(~missing)
    filled = samples.copy()
    if there.size == 0:
        return filled
    filled[holes] = np.interp(holes, there, samples[there])
    if there.size <= 2 * order:
        return filled
    known = np.where(missing, 0.0, samples)
    lags = np.abs(holes[:, None] - holes[None, :])
    for _ in range(ROUNDS):
        errors = prediction_error_filter(filled * np.hanning(filled.size + 2)[1:-1], order)
        correlation = np.convolve(errors, errors[::-1])[order:]
        system = np.where(lags <= order, correlation[np.minimum(lags, order)], 0.0)
        wanted = -np.convolve(np.convolve(known, errors), errors[::-1])[order + holes]
        try:
            filled[holes] = cho_solve(cho_factor(system), wanted)
        except LinAlgError:
            break
    return filled
