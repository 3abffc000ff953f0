"""What a blend learns its weights from: training that lacks the newest events, and those events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limelight.recommend.interactions import Histories

FEWEST = 20
"""Questions below which weights would be guesses."""

STRETCH = 0.1


@dataclass(frozen=True, eq=False)
class Questions:
    """Row h asks what followed ``histories[h]``; models fitted on ``train`` can't know."""

    train: Histories
    histories: Histories
    answers: Histories


def last_title(histories: Histories) -> Questions | None:
    """Ask for everybody's newest title, if they have another. None where too few have."""
    place = np.arange(len(histories.items)) - histories.offsets[histories.owners]
    asked = (place == histories.lengths[histories.owners] - 1) & (place > 0)
    return _questions(histories, ~asked, asked)


def last_stretch(histories: Histories) -> Questions | None:
    """Ask for everything after the moment at which a tenth of the events is still to come.

    Only those who came before are asked. None where the events have no times or too few are asked.
    """
    if histories.times is None:
        return None
    place = int((1 - STRETCH) * len(histories.times))
    before = histories.times < np.partition(histories.times, place)[place]
    return _questions(histories, before, ~before)


def _questions(
    histories: Histories, shown: NDArray[np.bool_], asked: NDArray[np.bool_]
) -> Questions | None:
    known, answers = histories.where(shown), histories.where(asked)
    # Titles met before are not ranked, so that nothing can be learned from their coming again.
    answers = answers.where(~np.isin(_pairs(answers), _pairs(known)))
    rows = np.flatnonzero((answers.lengths > 0) & (known.lengths > 0))
    if len(rows) < FEWEST:
        return None
    return Questions(known[np.flatnonzero(known.lengths)], known[rows], answers[rows])


def _pairs(rows: Histories) -> NDArray[np.int64]:
    """One number for each event's pair of row and title."""
    pairs: NDArray[np.int64] = rows.owners.astype(np.int64) * rows.n_items + rows.items
    return pairs


def sample(questions: Histories, most: int) -> NDArray[np.intp]:
    """Draw at most that many rows, the same each time."""
    n = len(questions)
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, most, replace=False))
