"""A tagger's worth on one page: label by label, and how it learned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limelight.media.page import write_page
from limelight.text.tag.judging import Judgement
from limelight.text.tag.tagger import LOGISTIC, Tagger

WIDTH, HEIGHT, EDGE = 460, 240, 40
READERS = {
    LOGISTIC: "logistic regression on TF-IDF",
    "bag": "a feed-forward network on a bag of words",
    "recurrent": "a recurrent network",
    "recursive": "a recursive network over a binary tree",
    "convolutional": "a convolutional network",
    "attention": "a self-attending network",
}


@dataclass(frozen=True)
class Plot:
    """A curve as an SVG's points, with its lowest and highest value."""

    name: str
    kind: str
    points: str
    low: float
    high: float


def write_report(path: Path, tagger: Tagger, judgement: Judgement, apart: bool) -> Path:
    """Write the page, whole or not at all; ``apart`` says that the texts are new to the tagger.

    Raises MissingExtraError without jinja2 and UnavailableError where ``path`` can't be written.
    """
    return write_page(
        path,
        "limelight.text.tag",
        "tagger.html",
        judgement=judgement,
        apart=apart,
        noun=tagger.noun,
        reader=READERS[tagger.settings.encoder],
        rows=list(zip(judgement.by_label, tagger.thresholds.tolist(), strict=True)),
        epochs=len(tagger.curve),
        plots=plots(tagger.curve),
    )


def plots(curve: NDArray[np.float32]) -> list[Plot]:
    """Plot the loss in training and the validation's F1 over the epochs, of two or more."""
    if len(curve) < 2:
        return []
    named = (("Loss in training", "loss"), ("F1 on texts held out", "validation"))
    found = []
    for column, (name, kind) in enumerate(named):
        values = curve[:, column].tolist()
        low, high = min(values), max(values)
        points = " ".join(
            f"{EDGE + (WIDTH - 2 * EDGE) * k / (len(values) - 1):.1f},"
            f"{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / ((high - low) or 1):.1f}"
            for k, value in enumerate(values)
        )
        found.append(Plot(name, kind, points, low, high))
    return found
