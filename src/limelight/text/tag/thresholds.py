"""Scores from which on a label is given, chosen on texts that nothing was learned from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limelight.text.tag.examples import Truth

USUAL = 0.5
ENOUGH = 10
"""Texts that a label needs for a threshold of its own; rarer ones share one."""


def shared(scores: NDArray[np.float32], truth: Truth) -> tuple[float, float]:
    """Give the one threshold with the best micro F1, and that F1.

    ``scores`` are (n, n_labels). Without a text that has a label it is 0.5, and F1 is 0.
    """
    return _best(scores.ravel(), truth.ravel())


def each(scores: NDArray[np.float32], truth: Truth) -> NDArray[np.float32]:
    """Give every label the threshold with its best F1 (Lewis et al. 1996), float32 (n_labels,).

    Labels of fewer than `ENOUGH` texts take the one of all labels together: of few texts, the best
    is mostly luck (Yang 2001).
    """
    found = np.full(scores.shape[1], shared(scores, truth)[0], np.float32)
    for place in np.flatnonzero(truth.sum(0) >= ENOUGH):
        found[place], _ = _best(scores[:, place], truth[:, place])
    return found


def _best(scores: NDArray[np.float32], truth: Truth) -> tuple[float, float]:
    """Look at every threshold at once: from the highest score down, hits only add up."""
    n = int(truth.sum())
    if not n:
        return USUAL, 0.0
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    f1 = 2 * truth[order].cumsum() / (np.arange(1, len(order) + 1) + n)
    # Equal scores are given or withheld together.
    last = np.append(ordered[:-1] != ordered[1:], True)
    place = int(np.argmax(np.where(last, f1, -1.0)))
    below = ordered[place + 1] if place + 1 < len(ordered) else 0.0
    middle = (float(ordered[place]) + float(below)) / 2
    # Between neighbours too close for a float between them, the score itself.
    return (middle if below < np.float32(middle) else float(ordered[place])), float(f1[place])
