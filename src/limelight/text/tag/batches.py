"""Texts of like lengths laid under each other, and trees laid out level by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from limelight.text.tag.brackets import Tree
from limelight.text.tag.reading import PAD, Read

UNEVEN = 10.0
"""Words by which lengths are taken for alike: the same texts are not always learned together."""


@dataclass(frozen=True)
class Level:
    """Nodes that can be made at once: each joins ``left`` and ``right``, int64 (n_nodes,)."""

    left: Tensor
    right: Tensor


@dataclass(frozen=True)
class Forest:
    """The trees of a batch of n texts, t words the longest.

    Numbers below n * t are words, text by text; further ones are nodes in the order of ``levels``.
    ``owner`` (n_nodes,) says of which text a node is, ``leaves`` (n_words,) which numbers are
    words, and ``leaf_owner`` of which text those are.
    """

    levels: tuple[Level, ...]
    owner: Tensor
    leaves: Tensor
    leaf_owner: Tensor


@dataclass(frozen=True)
class Batch:
    """Words as numbers, int64 (n, t), filled up with PAD, and the texts' trees if they have any."""

    ids: Tensor
    forest: Forest | None

    @property
    def there(self) -> Tensor:
        """Say where there is a word, bool (n, t)."""
        return self.ids != PAD


def laid(texts: Sequence[Read]) -> Batch:
    """Lay texts under each other."""
    ids = np.full((len(texts), max(len(text.ids) for text in texts)), PAD, np.int64)
    for row, text in enumerate(texts):
        ids[row, : len(text.ids)] = text.ids
    trees = [text.tree for text in texts if text.tree is not None]
    forest = _forest(trees, [len(text.ids) for text in texts], ids.shape[1]) if trees else None
    return Batch(torch.from_numpy(ids), forest)


def grouped(lengths: Sequence[int], size: int, random: np.random.Generator) -> list[list[int]]:
    """Part rows into groups of ``size`` and of like lengths, in random order."""
    order = np.argsort(np.array(lengths) + random.uniform(0, UNEVEN, len(lengths)))
    groups = [order[start : start + size].tolist() for start in range(0, len(order), size)]
    return [groups[place] for place in random.permutation(len(groups))]


def _forest(trees: Sequence[Tree], lengths: Sequence[int], longest: int) -> Forest:
    """Number the nodes of all trees by level, then by text."""
    level = np.concatenate([tree.level for tree in trees])
    owner = np.repeat(np.arange(len(trees)), [len(tree.level) for tree in trees])
    order = np.argsort(level, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) + len(trees) * longest
    first = np.cumsum([0, *(len(tree.level) for tree in trees)])
    children = []
    for side in ("left", "right"):
        numbers = []
        for row, (tree, n) in enumerate(zip(trees, lengths, strict=True)):
            # Words stay in their row of the batch; nodes go to where their level puts them.
            known = np.concatenate(
                [np.arange(n) + row * longest, place[first[row] : first[row + 1]]]
            )
            numbers.append(known[getattr(tree, side)])
        children.append(np.concatenate(numbers)[order])
    edges = np.flatnonzero(np.diff(level[order])) + 1
    lefts, rights = (np.split(one, edges) for one in children)
    levels = (
        Level(torch.from_numpy(one), torch.from_numpy(other))
        for one, other in zip(lefts, rights, strict=True)
        if len(one)
    )
    words = [np.arange(n) + row * longest for row, n in enumerate(lengths)]
    return Forest(
        tuple(levels),
        torch.from_numpy(owner[order]),
        torch.from_numpy(np.concatenate(words)),
        torch.from_numpy(np.repeat(np.arange(len(lengths)), lengths)),
    )
