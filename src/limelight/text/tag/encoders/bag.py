"""A bag of words: their mean, then a feed-forward network."""

from __future__ import annotations

from torch import Tensor, nn

from limelight.text.tag.batches import Batch
from limelight.text.tag.encoders.encoder import Encoder


class BagOfWords(Encoder):
    """The deep averaging network of Iyyer et al. (2015), with one hidden layer."""

    def __init__(self, n_dimensions: int, width: int, dropout: float) -> None:
        """Make a layer from the mean of words to a text."""
        super().__init__(width)
        self.layer = nn.Sequential(nn.Linear(n_dimensions, width), nn.ReLU(), nn.Dropout(dropout))

    def forward(self, vectors: Tensor, batch: Batch) -> Tensor:
        """Give (n, width)."""
        there = batch.there[..., None]
        found: Tensor = self.layer((vectors * there).sum(1) / there.sum(1))
        return found
