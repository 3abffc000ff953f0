"""Whether a classifier is as sure as it is right (Guo et al., ICML 2017)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

BINS = 15
COOLEST, HOTTEST = 0.05, 20.0


@dataclass(frozen=True)
class Bin:
    """Answers whose sureness lies between ``low`` and ``high``: their number and means."""

    low: float
    high: float
    n: int
    sureness: float
    accuracy: float


def reliability(probabilities: NDArray[np.floating], labels: NDArray[np.int64]) -> list[Bin]:
    """Sort answers into bins of equal width by how sure they are; empty ones are left out."""
    sure, right = probabilities.max(1), probabilities.argmax(1) == labels
    places = np.minimum((sure * BINS).astype(int), BINS - 1)
    found = []
    for place in range(BINS):
        inside = places == place
        if n := int(inside.sum()):
            means = float(sure[inside].mean()), float(right[inside].mean())
            found.append(Bin(place / BINS, (place + 1) / BINS, n, *means))
    return found


def calibration_error(bins: list[Bin]) -> float:
    """Give the expected calibration error: the mean distance of sureness from accuracy."""
    n = sum(one.n for one in bins)
    return sum(one.n * abs(one.sureness - one.accuracy) for one in bins) / n


def best_temperature(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """Find what to divide logits by so that the labels are likeliest; 1 where nothing is to learn.

    Where all answers are right no temperature is the best, and where all are wrong none helps.
    """
    right = logits.argmax(1) == labels
    if right.all() or not right.any():
        return 1.0

    def unlikeliness(log_temperature: float) -> float:
        scaled = logits.astype(np.float64) / np.exp(log_temperature)
        own = scaled[np.arange(len(labels)), labels]
        return float((logsumexp(scaled, axis=1) - own).mean())

    edges = (np.log(COOLEST), np.log(HOTTEST))
    return float(np.exp(minimize_scalar(unlikeliness, bounds=edges, method="bounded").x))
