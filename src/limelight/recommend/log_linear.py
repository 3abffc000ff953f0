"""How much each of several guesses deserves: a softmax over titles, fitted by Newton's method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Matrix = NDArray[np.float32]
Weights = NDArray[np.float64]

STEPS = 30
ENOUGH = 1e-6
"""Nats an event below which a step is no longer worth another."""


@dataclass(frozen=True, eq=False)
class Guesses:
    """Some rows' guesses, and what was chosen.

    features  float32 (n_features, n_rows, n_items), logarithms up to a factor
    base      float32 (n_rows, n_items), a guess that keeps the weight 1; -inf bars a title
    chosen    sparse (n_rows, n_items), how often each title was
    """

    features: Matrix
    base: Matrix
    chosen: csr_matrix


def fit_log_linear(blocks: Sequence[Guesses], ridge: float = 1e-3) -> Weights:
    """Find weights, float64 (n_features,), that make the choices likeliest.

    ``p(item | row)`` is proportional to ``exp(base + weights @ features)``: a conditional logit
    (McFadden 1974) and a logarithmic pool of the guesses (Genest and Zidek 1986). The likelihood
    is concave, so there is one best answer; ``ridge``, a share of the choices, keeps weights of
    guesses that say the same finite.
    """
    n_features = len(blocks[0].features)
    weights = np.zeros(n_features)
    n_choices = max(1.0, float(sum(block.chosen.sum() for block in blocks)))
    penalty = ridge * n_choices
    value, slope, bend = _sums(blocks, weights)
    for _ in range(STEPS):
        step = np.linalg.solve(bend + penalty * np.eye(n_features), slope - penalty * weights)
        length, gained = 1.0, -np.inf
        while length > 1e-4:
            moved = weights + length * step
            found = _sums(blocks, moved)
            gained = found[0] - value - penalty / 2 * float(moved @ moved - weights @ weights)
            if gained >= 0:
                break
            length /= 2
        if gained < 0:
            break
        weights, (value, slope, bend) = moved, found
        if gained < ENOUGH * n_choices:
            break
    return weights


def log_likelihoods(block: Guesses, weights: Weights) -> Weights:
    """Give the log-likelihood of each row's choices, float64 (n_rows,)."""
    scores, normalizers = _scores(block, weights)
    return _likelihoods(block, scores, normalizers)


def _sums(blocks: Sequence[Guesses], weights: Weights) -> tuple[float, Weights, Weights]:
    """Give the log-likelihood, its gradient and the negative of its Hessian."""
    n_features = len(weights)
    value, slope, bend = 0.0, np.zeros(n_features), np.zeros((n_features, n_features))
    for block in blocks:
        scores, normalizers = _scores(block, weights)
        value += float(_likelihoods(block, scores, normalizers).sum())
        counts, chosen = _counts(block), block.chosen.tocoo()
        shares = np.exp(scores - normalizers[:, None])
        expected = np.einsum("ri,fri->fr", shares, block.features)
        shares *= counts[:, None]
        for first, of_first in enumerate(block.features):
            slope[first] += float(chosen.data @ of_first[chosen.row, chosen.col])
            slope[first] -= float(counts @ expected[first])
            product = (shares * of_first).ravel()
            for second in range(first + 1):
                found = float(product @ block.features[second].ravel())
                found -= float(counts @ (expected[first] * expected[second]))
                bend[first, second] += found
                bend[second, first] = bend[first, second]
    return value, slope, bend


def _likelihoods(block: Guesses, scores: Matrix, normalizers: Matrix) -> Weights:
    chosen = block.chosen.tocoo()
    sums = np.bincount(chosen.row, chosen.data * scores[chosen.row, chosen.col], len(scores))
    return np.asarray(sums - _counts(block) * normalizers, np.float64)


def _scores(block: Guesses, weights: Weights) -> tuple[Matrix, Matrix]:
    """Give the unnormalized logarithms, (n_rows, n_items), and their normalizers, (n_rows,)."""
    scores = block.base.copy()
    for weight, feature in zip(weights.astype(np.float32), block.features, strict=True):
        scores += weight * feature
    top = scores.max(axis=1, keepdims=True)
    normalizers = np.log(np.exp(scores - top).sum(axis=1)) + top[:, 0]
    return scores, normalizers


def _counts(block: Guesses) -> Weights:
    return np.asarray(block.chosen.sum(axis=1), np.float64).ravel()
