"""How people choose among candidates: the conditional logit, fitted to what they did choose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Matrix = NDArray[np.float32]
Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Choices:
    """Candidates, question by question.

    features  float32 (n_candidates, n_features)
    chosen    bool (n_candidates,)
    starts    int64 (n_questions,), each question's first candidate
    """

    features: Matrix
    chosen: NDArray[np.bool_]
    starts: NDArray[np.int64]


def fit_weights(choices: Choices, ridge: float) -> Vector:
    """Find the non-negative weights under which the choices are likeliest, float64 (n_features,).

    A candidate is chosen with a probability proportional to the exponential of its weighted
    features (McFadden 1974). The mean cross-entropy over questions, each choice of a question an
    equal share, plus ``ridge / 2`` times the squared weights; convex, minimised by L-BFGS-B.
    Questions that chose none of their candidates say nothing.
    """
    starts, features = choices.starts, choices.features
    lengths = np.diff(np.append(starts, len(features)))
    n_chosen = np.add.reduceat(choices.chosen, starts, dtype=np.float64)
    tells = n_chosen > 0
    share = np.repeat(np.divide(1, n_chosen, where=tells, out=np.zeros_like(n_chosen)), lengths)
    wanted = ((choices.chosen * share) @ features).astype(np.float64)
    n = max(1, int(tells.sum()))

    def loss(weights: Vector) -> tuple[float, Vector]:
        scores = (features @ weights.astype(np.float32)).astype(np.float64)
        highest = np.maximum.reduceat(scores, starts)
        likely = np.exp(scores - np.repeat(highest, lengths))
        total = np.add.reduceat(likely, starts)
        likely *= np.repeat(tells / total, lengths)
        value = (tells @ (np.log(total) + highest) - wanted @ weights) / n
        slope = (likely.astype(np.float32) @ features - wanted) / n
        return value + ridge * weights @ weights / 2, slope + ridge * weights

    bounds = [(0, None)] * features.shape[1]
    found = minimize(
        loss, np.full(features.shape[1], 0.1), jac=True, method="L-BFGS-B", bounds=bounds
    )
    weights: Vector = found.x
    return weights
