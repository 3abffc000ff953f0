"""A classifier's worth on one page: classes, confusions, mistakes, calibration, curves."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.image.classify.classifier import Classifier
from limelight.image.classify.evaluation import Evaluation
from limelight.media.page import write_page

WIDTH, HEIGHT = 420, 300  # of a plot, and its margins
LEFT, RIGHT, TOP, BOTTOM = 52, 404, 12, 254
WORST = 24
TICKS = 5


@dataclass(frozen=True)
class Mistake:
    """A picture as a data address, what it shows, what was said of it, and how surely."""

    address: str
    shows: str
    said: str
    probability: float
    name: str


@dataclass(frozen=True)
class Plot:
    """Lines as an SVG's points, and labelled places on both axes."""

    lines: dict[str, str]
    points: list[tuple[float, float]]
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    title_across: str
    title_up: str


def write_report(path: str | Path, classifier: Classifier, evaluation: Evaluation) -> Path:
    """Write the page, whole or not at all; it loads nothing from anywhere.

    Raises MissingExtraError without jinja2 and UnavailableError where ``path`` can't be written.
    """
    confusion = evaluation.confusion
    shares = confusion / np.maximum(confusion.sum(1, keepdims=True), 1)
    seen = [one.n for one in evaluation.by_class]
    return write_page(
        Path(path),
        "limelight.image.classify",
        "classifier.html",
        evaluation=evaluation,
        classifier=classifier,
        confusion=list(zip(evaluation.labelled.classes, confusion.tolist(), shares, strict=True)),
        mistakes=_mistakes(evaluation),
        reliability=_reliability(evaluation),
        curves=_curves(classifier.curve),
        spread=(min(seen), max(seen)),
    )


def _mistakes(evaluation: Evaluation) -> list[Mistake]:
    labelled, classes = evaluation.labelled, evaluation.labelled.classes
    return [
        Mistake(
            _address(labelled.pictures[row]),
            classes[labelled.labels[row]],
            classes[evaluation.said[row]],
            float(evaluation.probabilities[row].max()),
            Path(labelled.names[row]).name if labelled.names else f"no. {row}",
        )
        for row in evaluation.worst(WORST)
    ]


def _address(picture: NDArray[np.uint8]) -> str:
    _, data = cv2.imencode(".png", picture[..., ::-1])
    return f"data:image/png;base64,{b64encode(data.tobytes()).decode()}"


def _reliability(evaluation: Evaluation) -> Plot:
    bins = evaluation.bins
    points = np.array([[one.sureness, one.accuracy] for one in bins])
    lines = {"even": np.array([[0, 0], [1, 1]]), "main": points}
    return _plot(lines, (0, 1), (0, 1), "how sure it is", "how often it is right", percent=True)


def _curves(curve: NDArray[np.float32]) -> list[Plot]:
    """Plot loss and, where pictures were watched, accuracy over the epochs."""
    if len(curve) < 2:
        return []
    epochs = (0.0, float(curve[-1, 0]))
    found = []
    for column, name in ((1, "training loss"), (2, "accuracy on watched pictures")):
        known = curve[~np.isnan(curve[:, column])]
        if len(known) > 1:
            percent = column == 2
            top = 1.0 if percent else float(known[:, column].max()) * 1.05
            lines = {"main": known[:, [0, column]]}
            found.append(_plot(lines, epochs, (0.0, top), "epoch", name, percent, known[:, 0]))
    return found


def _plot(
    lines: dict[str, NDArray[np.floating]],
    across: tuple[float, float],
    up: tuple[float, float],
    title_across: str,
    title_up: str,
    percent: bool = False,
    epochs: NDArray[np.floating] | None = None,
) -> Plot:
    def x(value: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * (value - across[0]) / (across[1] - across[0]), 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - up[0]) / (up[1] - up[0]), 1)

    placed = {name: [(x(a), y(b)) for a, b in line] for name, line in lines.items()}
    steps = np.linspace(0, 1, TICKS + 1)
    form = "{:.0%}" if percent else "{:.2f}"
    heights = [up[0] + step * (up[1] - up[0]) for step in steps]
    if epochs is None:
        widths = [(x(step), f"{step:.0%}") for step in steps]
    else:
        every = max(1, -(-len(epochs) // 8))
        widths = [(x(float(one)), f"{one:g}") for one in epochs[every - 1 :: every]]
    return Plot(
        {name: " ".join(f"{a},{b}" for a, b in line) for name, line in placed.items()},
        placed["main"],
        widths,
        [(y(height), form.format(height)) for height in heights],
        title_across,
        title_up,
    )
