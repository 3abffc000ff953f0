"""Where a copy goes on: places of the source that follow on what was said last."""

from __future__ import annotations

import torch
import torch.nn.functional as fn
from torch import Tensor, nn

from limelight.text.sequence.network import Memory

LONGEST = 3
"""Subwords that have to be the same for the most credit."""


class Continuing(nn.Module):
    """What a place of the source is worth to the attention for following on the last subwords.

    A name of many subwords, met for the first time, is copied to its end only if the attention
    moves on by one place a step. CopyNet (Gu et al. 2016) tells its decoder what it copied from;
    here a place that follows on one, two or three of the last subwords gains as many learned
    numbers, which depend on what the decoder is about to say. They begin at one.
    """

    def __init__(self, width: int) -> None:
        """Make the numbers' layer."""
        super().__init__()
        self.worth = nn.Linear(width, LONGEST)
        nn.init.zeros_(self.worth.weight)
        nn.init.ones_(self.worth.bias)

    def forward(
        self, vectors: Tensor, memory: Memory, ids: Tensor, before: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Give what to add to the scores (n, t, s), and what the next step needs (n, LONGEST, s).

        ``vectors`` (n, t, width) are the decoder's after each of the subwords ``ids`` (n, t), and
        ``before`` is what the last step gave.
        """
        follows = fn.pad(ids[..., None] == memory.ids[:, None, :-1], (1, 0))
        worth = self.worth(vectors).float()
        added = worth[..., :1] * follows
        matched, last = follows, [follows[:, -1]]
        for length in range(1, LONGEST):
            first = (
                follows.new_zeros(follows[:, :1].shape)
                if before is None
                else (before[:, length - 1, None])
            )
            earlier = torch.cat([first, matched[:, :-1]], 1)
            matched = follows & fn.pad(earlier[..., :-1], (1, 0))
            added = added + worth[..., length : length + 1] * matched
            last.append(matched[:, -1])
        return added, torch.stack(last, 1)
