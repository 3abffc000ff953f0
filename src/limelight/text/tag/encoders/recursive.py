"""A recursive encoder: a binary tree of long short-term memory units."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from limelight.text.tag.batches import Batch, Forest
from limelight.text.tag.encoders.encoder import Encoder


class Recursive(Encoder):
    """The binary Tree-LSTM of Tai, Socher and Manning (2015), over the trees of `brackets`.

    All nodes of a level, of all texts, are made at once. A text is the highest value of each
    dimension over its words and phrases.
    """

    reads_trees = True

    def __init__(self, n_dimensions: int, width: int, dropout: float) -> None:
        """Make the gates of words and of nodes."""
        super().__init__(width)
        self.word = nn.Linear(n_dimensions, 3 * width)
        self.node = nn.Linear(2 * width, 5 * width)
        with torch.no_grad():
            self.node.bias[width : 3 * width] = 1.0  # to begin with, nothing is forgotten
        self.drop = nn.Dropout(dropout)

    def forward(self, vectors: Tensor, batch: Batch) -> Tensor:
        """Give (n, width)."""
        forest = batch.forest
        if forest is None:
            raise ValueError("a recursive encoder needs the trees of the texts")
        entered, out, new = self.word(vectors.flatten(0, 1)).chunk(3, 1)
        memory = entered.sigmoid() * new.tanh()
        states = out.sigmoid() * memory.tanh()
        for level in forest.levels:
            joined = torch.cat([states[level.left], states[level.right]], 1)
            entered, kept_left, kept_right, out, new = self.node(joined).chunk(5, 1)
            made = (
                entered.sigmoid() * new.tanh()
                + kept_left.sigmoid() * memory[level.left]
                + kept_right.sigmoid() * memory[level.right]
            )
            memory = torch.cat([memory, made])
            states = torch.cat([states, out.sigmoid() * made.tanh()])
        found: Tensor = self.drop(self._highest(states, forest, len(batch.ids)))
        return found

    def _highest(self, states: Tensor, forest: Forest, n_texts: int) -> Tensor:
        n_nodes = len(forest.owner)
        rows = torch.cat([states[forest.leaves], states[len(states) - n_nodes :]])
        owner = torch.cat([forest.leaf_owner, forest.owner])[:, None].expand_as(rows)
        lowest = rows.new_full((n_texts, self.width), float("-inf"))
        return lowest.scatter_reduce(0, owner, rows, "amax")
