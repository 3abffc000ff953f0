"""A self-attending encoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from limelight.text.tag.batches import Batch
from limelight.text.tag.encoders.encoder import Encoder
from limelight.text.tag.reading import LONGEST

HEADS = 4


class SelfAttention(Encoder):
    """A block of a Transformer (Vaswani et al. 2017) with learned places.

    A text is the mean of its words' states, weighted by how much a learned query attends to each
    (Yang et al. 2016).
    """

    def __init__(self, n_dimensions: int, width: int, dropout: float) -> None:
        """Make the block; words are brought to its width."""
        super().__init__(width)
        self.entry = nn.Linear(n_dimensions, width)
        self.places = nn.Embedding(LONGEST, width)
        nn.init.normal_(self.places.weight, std=0.02)
        self.block = nn.TransformerEncoderLayer(
            width, HEADS, 2 * width, dropout, batch_first=True, norm_first=True
        )
        self.norm = nn.LayerNorm(width)
        self.query = nn.Linear(width, 1)
        self.drop = nn.Dropout(dropout)

    def forward(self, vectors: Tensor, batch: Batch) -> Tensor:
        """Give (n, width)."""
        places = torch.arange(vectors.shape[1], device=vectors.device)
        states = self.entry(vectors) + self.places(places)
        states = self.norm(self.block(states, src_key_padding_mask=~batch.there))
        weights = self.query(states).squeeze(2).masked_fill(~batch.there, float("-inf")).softmax(1)
        found: Tensor = self.drop((weights[..., None] * states).sum(1))
        return found
