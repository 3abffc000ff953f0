"""What a network learns from: sources, and what people said of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from limelight.text.sequence.vocabulary import END, PAD, START, Vocabulary

Random = np.random.Generator


@dataclass(frozen=True)
class Example:
    """A source, and one text or several that say the same."""

    source: str
    targets: tuple[str, ...]


class Examples(Protocol):
    """Gives the pairs of an epoch, which may differ from epoch to epoch."""

    @property
    def marks(self) -> Sequence[str]:
        """Subwords of the sources that are never cut, such as "<subject>"."""

    def texts(self) -> Iterator[str]:
        """Give all texts that the vocabulary is learned on."""

    def pairs(self, random: Random) -> list[tuple[str, str]]:
        """Give pairs of source and target, in any order."""


@dataclass(frozen=True)
class Fixed:
    """The same pairs in every epoch."""

    examples: Sequence[Example]
    marks: Sequence[str] = ()

    def texts(self) -> Iterator[str]:
        """Give sources and targets."""
        for example in self.examples:
            yield example.source
            yield from example.targets

    def pairs(self, random: Random) -> list[tuple[str, str]]:
        """Give each source with each of its targets."""
        return [(one.source, target) for one in self.examples for target in one.targets]


@dataclass(frozen=True)
class Batch:
    """Subwords of sources (n, s), of targets from the start on (n, t) and to the end (n, t)."""

    source: Tensor
    said: Tensor
    wanted: Tensor


def batches(
    pairs: Sequence[tuple[str, str]], vocabulary: Vocabulary, subwords: int, random: Random
) -> list[Batch]:
    """Lay pairs of like lengths together, about ``subwords`` in a batch, in random order."""
    sources = vocabulary.encode([source for source, _ in pairs])
    targets = vocabulary.encode([target for _, target in pairs])
    lengths = np.array(
        [(len(s), len(t) + 1) for s, t in zip(sources, targets, strict=True)], np.int64
    ).reshape(-1, 2)
    # Nearly sorted: the same neighbours in every epoch would always be averaged together.
    order = np.argsort(lengths.sum(1) + random.uniform(0, 8, len(pairs)))
    groups: list[list[int]] = [[]]
    widest = np.zeros(2, np.int64)
    for row in order:
        wider = np.maximum(widest, lengths[row])
        if groups[-1] and wider.sum() * (len(groups[-1]) + 1) > subwords:
            groups.append([])
            wider = lengths[row]
        groups[-1].append(int(row))
        widest = wider
    laid = [
        Batch(
            padded([sources[row] for row in group]),
            padded([[START, *targets[row]] for row in group]),
            padded([[*targets[row], END] for row in group]),
        )
        for group in groups
        if group
    ]
    return [laid[place] for place in random.permutation(len(laid))]


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Lay rows of subwords under each other, int64 (n, longest), filled up with PAD."""
    found = torch.full((len(rows), max(map(len, rows))), PAD)
    for place, row in enumerate(rows):
        found[place, : len(row)] = torch.tensor(row, dtype=torch.int64)
    return found
