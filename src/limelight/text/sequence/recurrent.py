"""An encoder-decoder of gated recurrent units with additive attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from limelight.text.sequence.continuing import Continuing
from limelight.text.sequence.network import Memory, Network, Said, State
from limelight.text.sequence.vocabulary import PAD


class RecurrentNetwork(Network):
    """GRUs (Cho et al. 2014) with additive attention (Bahdanau et al. 2015).

    The encoder reads both ways. The decoder's first layer asks, its second reads what it was
    answered, as in GNMT (Wu et al. 2016): so a whole target is one call of each layer in training,
    instead of a step a subword.
    """

    def __init__(self, n_subwords: int, width: int, layers: int, dropout: float) -> None:
        """Make a network; ``layers`` are the encoder's."""
        super().__init__(n_subwords, width, dropout)
        self.encoder = nn.GRU(
            width,
            width // 2,
            layers,
            batch_first=True,
            bidirectional=True,
            dropout=dropout if layers > 1 else 0.0,
        )
        self.asking = nn.GRU(width, width, batch_first=True)
        self.reading = nn.GRU(2 * width, width, batch_first=True)
        # Half as wide: numbers for every pair of subwords are most of a step's memory traffic.
        compared = width // 2
        self.query, self.key = nn.Linear(width, compared), nn.Linear(width, compared, bias=False)
        self.weight = nn.Linear(compared, 1, bias=False)
        self.continuing = Continuing(width)
        self.beginning = nn.Linear(width, width)
        # Normalised, not squashed by tanh: squashed ones saturate, and then all say the same.
        self.together = nn.Sequential(nn.Linear(2 * width, width), nn.LayerNorm(width))

    def encode(self, ids: Tensor) -> Memory:
        """Read sources both ways."""
        there = ids != PAD
        packed = pack_padded_sequence(
            self.drop(self.embedding(ids)), there.sum(1).cpu(), True, enforce_sorted=False
        )
        read, _ = self.encoder(packed)
        vectors, _ = pad_packed_sequence(read, True, total_length=ids.shape[1])
        return Memory(vectors, ids, there, [self.key(vectors)])

    def decode(self, memory: Memory, ids: Tensor, state: State) -> Said:
        """Ask, look back at the source, and read what is there."""
        if not state:
            lengths = memory.there.sum(1, keepdim=True)
            mean = (memory.vectors * memory.there[..., None]).sum(1) / lengths
            begun = torch.tanh(self.beginning(mean))
            state = {"asking": begun, "reading": torch.zeros_like(begun)}
        asked, asking = self.asking(self.drop(self.embedding(ids)), state["asking"][None])
        scores = torch.tanh(self.query(asked)[:, :, None] + memory.looked_at[0][:, None])
        continued, copying = self.continuing(asked, memory, ids, state.get("copying"))
        scores = self.weight(scores).squeeze(-1).float() + continued
        attention = scores.masked_fill(~memory.there[:, None], -torch.inf).softmax(-1)
        context = attention.to(memory.vectors.dtype) @ memory.vectors
        read, reading = self.reading(
            self.drop(torch.cat([asked, context], -1)), state["reading"][None]
        )
        vectors = self.together(torch.cat([read, context], -1))
        after = {"asking": asking[0], "reading": reading[0], "copying": copying}
        return Said(vectors, attention, after)
