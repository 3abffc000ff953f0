"""A writer on one page: its training curves, and texts with what each word looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limelight.media.page import write_page
from limelight.text.sequence.writer import Writer, Written

CELL, LEFT, TOP = 15, 110, 120
WIDTH, HEIGHT, EDGE = 460, 240, 40


@dataclass(frozen=True)
class Sample:
    """A text, what it was written of, and what people wrote of the same."""

    written: Written
    references: tuple[str, ...]


@dataclass(frozen=True)
class HeatMap:
    """Attention as an SVG: cells (x, y, share), and words with their places."""

    width: int
    height: int
    cells: list[tuple[int, int, float]]
    across: list[tuple[int, str]]
    down: list[tuple[int, str]]


def write_report(path: Path, writer: Writer, samples: Sequence[Sample]) -> Path:
    """Write the page, whole or not at all; it loads nothing from anywhere.

    Raises MissingExtraError without jinja2 and UnavailableError where ``path`` can't be written.
    """
    curve = writer.curve
    return write_page(
        path,
        "limelight.text.sequence",
        "writer.html",
        settings=writer.settings,
        minutes=float(curve[:, 2].sum() / 60),
        epochs=len(curve),
        best=None
        if not len(curve) or np.isnan(curve[:, 1]).all()
        else float(np.nanmin(curve[:, 1])),
        lines=curve_lines(curve),
        low=float(np.nanmin(curve[:, :2])) if len(curve) else 0.0,
        high=float(np.nanmax(curve[:, :2])) if len(curve) else 0.0,
        samples=[(sample, heat_map(sample.written)) for sample in samples],
        cell=CELL,
        left=LEFT,
        top=TOP,
    )


def heat_map(written: Written) -> HeatMap:
    """Lay attention out: a row a subword that was written, a column one of the source."""
    n_rows, n_columns = written.attention.shape
    cells = [
        (LEFT + CELL * column, TOP + CELL * row, round(float(share), 3))
        for (row, column), share in np.ndenumerate(written.attention)
        if share >= 0.02
    ]
    across = [(LEFT + CELL * k + CELL // 2, word) for k, word in enumerate(written.source)]
    down = [(TOP + CELL * k + CELL - 4, word) for k, word in enumerate(written.subwords)]
    return HeatMap(LEFT + CELL * n_columns + 8, TOP + CELL * n_rows + 8, cells, across, down)


def curve_lines(curve: NDArray[np.float32]) -> dict[str, str]:
    """Give the points of the losses over the epochs, in training and held out."""
    if not len(curve):
        return {}
    low, high = float(np.nanmin(curve[:, :2])), float(np.nanmax(curve[:, :2]))
    found = {}
    for column, name in enumerate(("training", "validation")):
        known = [(k, loss) for k, loss in enumerate(curve[:, column].tolist()) if not isnan(loss)]
        if known:
            found[name] = " ".join(
                f"{EDGE + (WIDTH - 2 * EDGE) * k / max(len(curve) - 1, 1):.1f},"
                f"{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (loss - low) / ((high - low) or 1):.1f}"
                for k, loss in known
            )
    return found
