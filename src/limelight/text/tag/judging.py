"""How well tags agree with those that people gave: accuracy, precision, recall, F1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.text.tag.examples import Truth


@dataclass(frozen=True)
class Quality:
    """Precision, recall and their harmonic mean, each 0 where nothing was said or was there."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class LabelQuality:
    """How well one label is given; ``n`` texts have it, ``said`` are said to."""

    label: str
    n: int
    said: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Judgement:
    """``accuracy`` is the share of texts whose labels are all right and complete.

    ``micro`` counts all pairs of text and label alike; ``macro`` is the mean over those labels
    that some text has, so that rare ones weigh as much.
    """

    n: int
    accuracy: float
    micro: Quality
    macro: Quality
    by_label: tuple[LabelQuality, ...]

    def facts(self) -> dict[str, Any]:
        """Give all of it as JSON has it."""
        return asdict(self)


def judge(labels: Sequence[str], truth: Truth, said: Truth) -> Judgement:
    """Compare what was said with what is true, bool (n, n_labels) both."""
    hits, there, told = (truth & said).sum(0), truth.sum(0), said.sum(0)
    precision, recall, f1 = _quality(hits, there, told)
    each = zip(labels, there, told, precision, recall, f1, strict=True)
    some = there > 0
    micro = _quality(*(values.sum(keepdims=True) for values in (hits, there, told)))
    return Judgement(
        len(truth),
        float((truth == said).all(1).mean()) if len(truth) else 0.0,
        Quality(*(float(value[0]) for value in micro)),
        Quality(_mean(precision[some]), _mean(recall[some]), _mean(f1[some])),
        tuple(
            LabelQuality(name, int(n), int(n_said), float(p), float(r), float(f))
            for name, n, n_said, p, r, f in each
        ),
    )


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _quality(
    hits: NDArray[np.integer], there: NDArray[np.integer], told: NDArray[np.integer]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    return hits / np.maximum(told, 1), hits / np.maximum(there, 1), _f1(hits, there, told)


def _f1(
    hits: NDArray[np.integer], there: NDArray[np.integer], told: NDArray[np.integer]
) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 2 * hits / np.maximum(there + told, 1)
    return found
