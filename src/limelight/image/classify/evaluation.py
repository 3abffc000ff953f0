"""How well a classifier knows pictures whose classes are known."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.image.classify.calibration import Bin, calibration_error, reliability
from limelight.image.classify.classifier import Classifier
from limelight.image.classify.labelled import Labelled
from limelight.progress import Progress, silent

Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True)
class ClassQuality:
    """How well one class is known; None where nothing was said to be it, or nothing was it."""

    name: str
    n: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class Evaluation:
    """What a classifier said of ``labelled`` pictures: ``probabilities`` are (n, n_classes)."""

    labelled: Labelled
    probabilities: NDArray[np.float32]

    @cached_property
    def said(self) -> NDArray[np.int64]:
        """The likeliest class of each picture, (n,)."""
        found: NDArray[np.int64] = self.probabilities.argmax(1)
        return found

    @property
    def accuracy(self) -> float:
        """The share of pictures whose likeliest class is their own."""
        return float((self.said == self.labelled.labels).mean())

    @property
    def interval(self) -> tuple[float, float]:
        """Where the accuracy on ever more such pictures lies, with 95 % (Wilson, 1927)."""
        n, p = len(self.labelled), self.accuracy
        middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
        return max(0.0, float(middle - half)), min(1.0, float(middle + half))

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """Pictures of each class (rows) by what was said of them (columns)."""
        n = len(self.labelled.classes)
        pairs = np.bincount(self.labelled.labels * n + self.said, minlength=n * n)
        return pairs.reshape(n, n)

    @property
    def by_class(self) -> list[ClassQuality]:
        """Precision, recall and F1 of every class."""
        hits = np.diag(self.confusion)
        there, told = self.confusion.sum(1), self.confusion.sum(0)
        rows = zip(self.labelled.classes, hits, there, told, strict=True)
        return [
            ClassQuality(
                name,
                int(n),
                _share(hit, said),
                _share(hit, n),
                _share(2 * hit, n + said),
            )
            for name, hit, n, said in rows
        ]

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the classes that there are pictures of."""
        return float(np.mean([one.f1 or 0.0 for one in self.by_class if one.n]))

    @property
    def bins(self) -> list[Bin]:
        """How right the answers are, by how sure they are."""
        return reliability(self.probabilities, self.labelled.labels)

    @property
    def calibration_error(self) -> float:
        """The expected calibration error over 15 bins."""
        return calibration_error(self.bins)

    def worst(self, n: int) -> NDArray[np.intp]:
        """Give the rows of the pictures that it was surest of and wrong."""
        wrong = np.flatnonzero(self.said != self.labelled.labels)
        return wrong[np.argsort(-self.probabilities[wrong].max(1), kind="stable")[:n]]

    def facts(self, n_worst: int = 20) -> dict[str, Any]:
        """Give all of it as JSON has it."""
        low, high = self.interval
        classes, names = self.labelled.classes, self.labelled.names
        worst = [
            {
                "picture": names[row] if names else int(row),
                "class": classes[self.labelled.labels[row]],
                "said": classes[self.said[row]],
                "probability": float(self.probabilities[row].max()),
            }
            for row in self.worst(n_worst)
        ]
        return {
            "pictures": len(self.labelled),
            "accuracy": self.accuracy,
            "low": low,
            "high": high,
            "macro_f1": self.macro_f1,
            "calibration_error": self.calibration_error,
            "classes": [asdict(one) for one in self.by_class],
            "confusion": self.confusion.tolist(),
            "reliability": [asdict(one) for one in self.bins],
            "worst": worst,
        }


def evaluate(classifier: Classifier, labelled: Labelled, progress: Progress = silent) -> Evaluation:
    """Judge a classifier by pictures of its size. Raises BadInputError for classes it lacks."""
    labelled = labelled.named(classifier.classes)
    return Evaluation(labelled, classifier.probabilities(labelled.pictures, progress))


def _share(part: np.integer, whole: np.integer) -> float | None:
    return float(part / whole) if whole else None
