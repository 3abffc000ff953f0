"""What the columns of the report's tables are called and mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A metric in words: its name and cut ("@10"), and which value is best, if any."""

    key: str
    label: str
    cut: str
    meaning: str
    best: str


ACCURACY: dict[str, tuple[str, str]] = {
    "ndcg": ("NDCG", "Whether the title is in the list, and how near the top: 1 at the very top."),
    "hr": ("HR", "Hit rate: the share of people whose next title is in the list."),
    "mrr": ("MRR", "One over the rank of the title, 0 if it is not in the list."),
    "map": ("MAP", "Precision at each hit, averaged over everything that should be found."),
    "precision": ("Precision", "The share of the list that people went on to."),
    "recall": ("Recall", "The share of what people went on to that the list holds."),
    "capped_recall": (
        "Capped recall",
        "Recall against the best that a list this long could reach.",
    ),
    "f1": ("F1", "The harmonic mean of precision and recall."),
    "accuracy": ("Accuracy", "How often the very first title is right."),
}
BEYOND: dict[str, tuple[str, str, str]] = {
    "coverage": ("Coverage", "The share of the catalogue that is in anybody's list.", "highest"),
    "novelty": (
        "Novelty",
        "How surprising the titles are, in bits: rare ones tell more.",
        "highest",
    ),
    "diversity": ("Diversity", "How different the titles of one list are in category.", "highest"),
    "calibration": (
        "Miscalibration",
        "How far a list's categories are from those of the person's history; 0 is the same mix.",
        "lowest",
    ),
    "popularity": (
        "Popularity",
        "The share of people who know a recommended title, on average.",
        "",
    ),
    "popularity_lift": (
        "Popularity lift",
        "How much more popular the lists are than what people chose themselves; 0 is alike.",
        "nearest to 0",
    ),
    "gini": (
        "Gini",
        "How unequally titles are shown: 0 all alike, 1 always the same one.",
        "lowest",
    ),
}


def accuracy_metrics(keys: Iterable[str]) -> list[Metric]:
    """Describe those of the metrics, such as "ndcg@10", that say how often a model is right."""
    known = [
        (list(ACCURACY).index(name), key, name, cut)
        for key, name, cut in map(_parts, keys)
        if name in ACCURACY
    ]
    return [
        Metric(key, ACCURACY[name][0], cut, ACCURACY[name][1], "highest")
        for _, key, name, cut in sorted(known)
    ]


def other_metrics(keys: Iterable[str]) -> list[Metric]:
    """Describe the rest: what accuracy does not see."""
    return [
        Metric(key, label, "", meaning, best)
        for key, name, _ in map(_parts, keys)
        if name not in ACCURACY
        for label, meaning, best in [BEYOND.get(name, (key, "", ""))]
    ]


def _parts(key: str) -> tuple[str, str, str]:
    name, at, cut = key.partition("@")
    return key, name, at + cut
