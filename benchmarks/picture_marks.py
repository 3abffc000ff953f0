"""Learns how likely what looks like a scratch or a speck is one: the weights in strokes and specks.

    python benchmarks/picture_marks.py FOLDER

FOLDER holds photographs of one's own, in folders too; none of those that other benchmarks report
on. Squares of 256 x 256 are cut from them, every second one is made grey, some get grain, and each
is looked at as it is and damaged in two ways (see spoiling.py). A third of the photographs judge.
Strokes are judged once more by what grey pictures show of them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import spoiling
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from limelight.image import specks, strokes
from limelight.image.damage import planes
from limelight.image.formats import BY_SUFFIX

Photograph = NDArray[np.uint8]


def squares(folder: Path) -> list[Photograph]:
    """Cut one square from each photograph, of anywhere and at any of its sizes."""
    random, found = np.random.default_rng(0), []
    for file in sorted(file for file in folder.rglob("*") if file.suffix.lower() in BY_SUFFIX):
        whole = cv2.imread(str(file))
        if whole is None or min(whole.shape[:2]) < spoiling.SIDE:
            continue
        shorter = min(whole.shape[:2])
        share = random.uniform(spoiling.SIDE, min(shorter, 3 * spoiling.SIDE)) / shorter
        size = [max(round(side * share), spoiling.SIDE) for side in whole.shape[1::-1]]
        small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
        top, left = random.integers(0, np.array(small.shape[:2]) - spoiling.SIDE + 1)
        cut = small[top : top + spoiling.SIDE, left : left + spoiling.SIDE, ::-1]
        found.append(np.ascontiguousarray(cut))
    return found


def versions(picture: Photograph, number: int) -> list[tuple[Photograph, NDArray[np.bool_]]]:
    """Give a photograph damaged in two ways, and as it is, with what is hidden."""
    random, found = np.random.default_rng(number), []
    for way in range(3):
        taken = picture
        if (number + way) % 2:
            taken = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
        if random.random() < 0.3:
            grain = random.normal(0, random.uniform(1, 8), (*taken.shape[:2], 1))
            taken = np.clip(np.rint(taken + grain), 0, 255).astype(np.uint8)
        if way < 2:
            found.append((spoiling.damaged, spoiling.worn)[way](taken, 1000 + number))
        else:
            found.append((taken, np.zeros(taken.shape[:2], bool)))
    return found


def learn(name: str, names: Sequence[str], rows: list[tuple[Any, ...]], most: int) -> None:
    """Fit, judge by a third of the photographs, and print what all of them teach."""
    evidence, damage, pixels, of = (np.concatenate(column) for column in zip(*rows, strict=True))
    true, judging = damage > 0.5, of % 3 == 0
    middle, width = evidence.mean(axis=0), evidence.std(axis=0)
    scaled, counts = (evidence - middle) / width, np.minimum(pixels, most)
    kept = ~judging
    model = LogisticRegression(max_iter=300)
    model.fit(scaled[kept], true[kept], sample_weight=counts[kept])
    said = judging & (model.decision_function(scaled) > 0)
    right = pixels[said & true].sum()
    print(f"{name}: {len(true):,}, {true.mean():.1%} of them damage")
    print(f"recall {right / pixels[judging & true].sum():.3f}, of pixels")
    print(f"precision {right / pixels[said].sum():.3f}, photographs without damage included")
    model.fit(scaled, true, sample_weight=counts)
    weights = model.coef_[0] / width
    print(f"BIAS {model.intercept_[0] - weights @ middle:.3f}")
    print(", ".join(f"{one}: {weight:.3f}" for one, weight in zip(names, weights, strict=True)))


def main(folder: str) -> None:
    lines, spots = [], []
    for number, picture in enumerate(squares(Path(folder))):
        for made, hidden in versions(picture, number):
            seen = planes(made)
            near = cv2.dilate(hidden.astype(np.uint8), np.ones((3, 3), np.uint8)).ravel()
            for some in strokes.strokes(*seen):
                count = np.bincount(some.of)
                share = np.bincount(some.of, hidden[some.rows, some.columns]) / count
                lines.append((some.evidence, share, count, np.full(len(count), number)))
            for labels, evidence in specks.specks(*seen):
                count = np.bincount(labels.ravel())[1:]
                share = np.bincount(labels.ravel(), near)[1:] / count
                spots.append((evidence, share, count, np.full(len(count), number)))
    learn("strokes", strokes.EVIDENCE, lines, 150)
    grey = [(strokes.products(evidence), *rest) for evidence, *rest in lines]
    left = [strokes.EVIDENCE[place] for place in strokes.WITHOUT_COLOUR]
    pairs = [f"{one} x {other}" for one, other in combinations_with_replacement(left, 2)]
    learn("strokes without colour", [*left, *pairs], grey, 150)
    learn("specks", specks.EVIDENCE, spots, 60)


if __name__ == "__main__":
    main(sys.argv[1])
