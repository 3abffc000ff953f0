"""How a training went: the loss of the pictures learned from, and of those held out."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from limelight.media.whole import replacing

COLUMNS = ("step", "loss", "unseen_loss", "seconds")
WIDTH, HEIGHT, EDGE = 640, 320, 48
COLOURS = {"loss": "#3b6fd4", "unseen_loss": "#d4703b"}


def write_curves(folder: Path, curve: Sequence[Sequence[float]]) -> None:
    """Write ``curve.csv`` and ``curve.svg``; rows are step, loss, unseen loss and seconds."""
    with replacing(folder / "curve.csv") as draft, draft.open("w", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(COLUMNS)
        for row in curve:
            others = ["" if math.isnan(value) else f"{value:.6g}" for value in row[1:]]
            lines.writerow([int(row[0]), *others])
    with replacing(folder / "curve.svg") as draft:
        draft.write_text(_drawn(curve), encoding="utf-8")


def _drawn(curve: Sequence[Sequence[float]]) -> str:
    losses = [value for row in curve for value in row[1:3] if not math.isnan(value)]
    low, high = min(losses), max(losses)
    last, span = curve[-1][0], (high - low) or 1.0

    def at(step: float, loss: float) -> str:
        x = EDGE + (WIDTH - 2 * EDGE) * step / last
        return f"{x:.1f},{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (loss - low) / span:.1f}"

    parts = []
    for place, (name, colour) in enumerate(COLOURS.items()):
        points = [at(row[0], row[1 + place]) for row in curve if not math.isnan(row[1 + place])]
        if points:
            line = " ".join(points)
            parts.append(
                f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
            )
            said = name.replace("_", " ")
            parts.append(
                f'<text x="{WIDTH - 150}" y="{24 + 18 * place}" fill="{colour}">{said}</text>'
            )
    for loss in (low, high):
        y = at(0, loss).split(",")[1]
        parts.append(f'<text x="4" y="{y}">{loss:.3f}</text>')
    parts.append(f'<text x="{EDGE}" y="{HEIGHT - 16}">0 to {int(last):,} steps</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13" fill="#555">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>{"".join(parts)}</svg>\n'
    )
