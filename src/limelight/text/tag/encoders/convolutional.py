"""A convolutional encoder: filters over neighbouring words."""

from __future__ import annotations

import torch
import torch.nn.functional as fn
from torch import Tensor, nn

from limelight.text.tag.batches import Batch
from limelight.text.tag.encoders.encoder import Encoder

SPANS = (3, 4, 5)


class Convolutional(Encoder):
    """The network of Kim (2014): filters of 3, 4 and 5 words, each by where it answers most."""

    def __init__(self, n_dimensions: int, width: int, dropout: float) -> None:
        """Make ``width`` filters, or up to two fewer, a third of each span."""
        each = max(width // len(SPANS), 1)
        super().__init__(each * len(SPANS))
        self.filters = nn.ModuleList(nn.Conv1d(n_dimensions, each, span) for span in SPANS)
        self.drop = nn.Dropout(dropout)

    def forward(self, vectors: Tensor, batch: Batch) -> Tensor:
        """Give (n, width)."""
        # Nothing stands before and behind a text, so that the shortest has as many words as spans.
        edge = max(SPANS) - 1
        signal = fn.pad((vectors * batch.there[..., None]).transpose(1, 2), (edge, edge))
        answers = [fn.relu(one(signal)).amax(2) for one in self.filters]
        found: Tensor = self.drop(torch.cat(answers, 1))
        return found
