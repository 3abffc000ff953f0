"""A recurrent encoder: gated units in both directions."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from limelight.text.tag.batches import Batch
from limelight.text.tag.encoders.encoder import Encoder, highest


class Recurrent(Encoder):
    """Bidirectional GRU (Cho et al. 2014), the highest state over time (Collobert et al. 2011)."""

    def __init__(self, n_dimensions: int, width: int, dropout: float) -> None:
        """Make units for both directions, ``width`` together."""
        super().__init__(width)
        self.units = nn.GRU(n_dimensions, width // 2, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(dropout)

    def forward(self, vectors: Tensor, batch: Batch) -> Tensor:
        """Give (n, width)."""
        lengths = batch.there.sum(1)
        packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.units(packed)[0], batch_first=True)
        found: Tensor = self.drop(highest(states, batch.there))
        return found
