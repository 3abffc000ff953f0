"""Where the marks of a plot stand, in the units of its SVG; the templates draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH = 720
GLYPH = 7.3  # the mean width of a letter at the plots' font size
LONGEST = 30  # letters of a label


@dataclass(frozen=True)
class Estimate:
    """A model's value with its confidence interval, and where it stands on a second axis."""

    label: str
    value: float
    low: float
    high: float
    across: float = 0.0


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis."""

    place: float
    text: str


@dataclass(frozen=True)
class Mark:
    """An estimate, placed: a bar's end or a point, its interval, and its label."""

    estimate: Estimate
    x: float
    y: float
    low: float
    high: float
    is_best: bool
    label: str
    label_x: float = 0.0
    label_y: float = 0.0
    anchor: str = "start"


@dataclass(frozen=True)
class Plot:
    """Everything that a template draws."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    marks: list[Mark]
    ticks: list[Tick]
    ticks_up: list[Tick]


def bars(estimates: Sequence[Estimate]) -> Plot:
    """Lay out a horizontal bar for each estimate, the best on top."""
    ordered = sorted(estimates, key=lambda estimate: -estimate.value)
    row, top = 44, 8
    left = 16 + GLYPH * max(len(_short(estimate.label)) for estimate in ordered)
    right, bottom = WIDTH - 70.0, top + row * len(ordered)
    axis = _Axis(0, max(estimate.high for estimate in ordered), left, right)
    marks = [
        Mark(
            estimate,
            axis(estimate.value),
            top + row * (place + 0.5),
            axis(estimate.low),
            axis(estimate.high),
            place == 0,
            _short(estimate.label),
        )
        for place, estimate in enumerate(ordered)
    ]
    return Plot(WIDTH, bottom + 36, left, right, top, bottom, marks, axis.ticks(), [])


def scatter(estimates: Sequence[Estimate]) -> Plot:
    """Lay out a point for each estimate, ``across`` to the right and its value upwards."""
    ordered = sorted(estimates, key=lambda estimate: -estimate.value)
    height, left, right, top, bottom = 440, 64.0, WIDTH - 24.0, 16.0, 440 - 64.0
    axis = _Axis(0, max(estimate.across for estimate in ordered), left, right)
    up = _Axis(0, max(estimate.high for estimate in ordered), bottom, top)
    points = [(axis(estimate.across), up(estimate.value)) for estimate in ordered]
    taken = [(x - 8, y - 8, x + 8, y + 8) for x, y in points]
    taken += [(x, up(e.high), x, up(e.low)) for (x, _), e in zip(points, ordered, strict=True)]
    marks = []
    for place, (estimate, (x, y)) in enumerate(zip(ordered, points, strict=True)):
        label = _short(estimate.label)
        text = _place_label(x, y, GLYPH * len(label), right, taken)
        low, high = up(estimate.low), up(estimate.high)
        best = place == 0
        marks.append(Mark(estimate, x, y, low, high, best, label, text.x, text.y, text.anchor))
    return Plot(WIDTH, height, left, right, top, bottom, marks, axis.ticks("%"), up.ticks())


Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Place:
    x: float
    y: float
    anchor: str
    start: float
    width: float

    @property
    def box(self) -> Box:
        return self.start, self.y - 13, self.start + self.width, self.y + 4


def _place_label(x: float, y: float, width: float, right: float, taken: list[Box]) -> _Place:
    """Find where a label hides least, right, left, above or below its point, and take it."""
    places = [
        _Place(x + 13, y + 5, "start", x + 13, width),
        _Place(x - 13, y + 5, "end", x - 13 - width, width),
        _Place(x, y - 15, "middle", x - width / 2, width),
        _Place(x, y + 25, "middle", x - width / 2, width),
    ]
    inside = [place for place in places if place.box[0] >= 0 and place.box[2] <= right] or places
    best = min(inside, key=lambda place: sum(_overlap(place.box, other) for other in taken))
    taken.append(best.box)
    return best


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"


class _Axis:
    """Maps values to places, from ``low`` at ``start`` to a round number at ``end``."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        high = high if high > low else low + 1
        rough = (high - low) / 5
        power = 10.0 ** floor(log10(rough))
        self.step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough)
        self.low, self.high = low, low + self.step * ceil((high - low) / self.step - 1e-9)
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)

    def ticks(self, unit: str = "") -> list[Tick]:
        digits = max(0, ceil(-log10(self.step) - 1e-9) + (1 if "25" in f"{self.step:g}" else 0))
        scale, digits = (100, max(0, digits - 2)) if unit == "%" else (1, digits)
        count = round((self.high - self.low) / self.step)
        values = [self.low + self.step * number for number in range(count + 1)]
        return [
            Tick(self(value), f"{value * scale:.{digits}f}{unit and ' ' + unit}")
            for value in values
        ]
