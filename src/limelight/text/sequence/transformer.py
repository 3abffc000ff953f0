"""An encoder-decoder of self-attention."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from limelight.text.sequence.continuing import Continuing
from limelight.text.sequence.network import Memory, Network, Said, State
from limelight.text.sequence.vocabulary import PAD
from limelight.training.dropout import Dropout

HEAD = 64
"""Numbers of a head of attention."""
INNER = 3
"""Times the width is the width of the layer in between."""
SLOWEST = 10_000.0
"""Places after which the slowest wave has turned by one radian."""
KEPT = ("keys", "values")


class TransformerNetwork(Network):
    """A Transformer (Vaswani et al. 2017), normalised before each part (Xiong et al. 2020).

    What may be copied is decided by an attention of its own, from the last layer; what it finds is
    known before anything is said, so that the end of a name is seen.
    """

    def __init__(self, n_subwords: int, width: int, layers: int, dropout: float) -> None:
        """Make a network of so many layers in the encoder and in the decoder each."""
        super().__init__(n_subwords, width, dropout)
        self.encoder = nn.ModuleList(_EncoderLayer(width, dropout) for _ in range(layers))
        self.decoder = nn.ModuleList(_DecoderLayer(width, dropout) for _ in range(layers))
        self.encoded, self.decoded = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.continuing, self.found = Continuing(width), nn.Linear(width, width)

    def encode(self, ids: Tensor) -> Memory:
        """Let every subword of the source look at all."""
        there = ids != PAD
        vectors = self._placed(ids, 0)
        for layer in self.encoder:
            vectors = layer(vectors, there[:, None, None])
        vectors = self.encoded(vectors)
        layers = cast(Iterable[_DecoderLayer], self.decoder)
        looked_at = [part for layer in layers for part in layer.source.looked_at(vectors)]
        return Memory(vectors, ids, there, [*looked_at, self.key(vectors)])

    def decode(self, memory: Memory, ids: Tensor, state: State) -> Said:
        """Let every target subword look at those before it, and at the source."""
        before = state["0.keys"].shape[2] if state else 0
        t = ids.shape[1]
        past = torch.ones(t, before + t, dtype=torch.bool, device=ids.device).tril(before)
        vectors = self._placed(ids, before)
        after: State = {}
        for number, layer in enumerate(self.decoder):
            held = {name: state[f"{number}.{name}"] for name in KEPT} if state else {}
            source = memory.looked_at[2 * number : 2 * number + 2]
            vectors, kept = layer(vectors, past, source, memory.there, held)
            after |= {f"{number}.{name}": kept[name] for name in KEPT}
        vectors = self.decoded(vectors)
        scores = self.query(vectors) @ memory.looked_at[-1].transpose(1, 2)
        continued, copying = self.continuing(vectors, memory, ids, state.get("copying"))
        scores = (scores / math.sqrt(self.width)).float() + continued
        attention = scores.masked_fill(~memory.there[:, None], -torch.inf).softmax(-1)
        vectors = vectors + self.found(attention.to(memory.vectors.dtype) @ memory.vectors)
        return Said(vectors, attention, {**after, "copying": copying})

    def _placed(self, ids: Tensor, before: int) -> Tensor:
        """Embed subwords and add the sines and cosines of their places."""
        places = torch.arange(before, before + ids.shape[1], device=ids.device)[:, None]
        rates = torch.exp(
            torch.arange(0, self.width, 2, device=ids.device) * (-math.log(SLOWEST) / self.width)
        )
        angles = places * rates
        waves = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)
        placed: Tensor = self.drop(self.embedding(ids) * math.sqrt(self.width) + waves)
        return placed


class _Attention(nn.Module):
    """Scaled dot products, several heads side by side.

    Multiplied out: for texts so short, PyTorch's fused attention takes several times as long on a
    CPU, most of it in its backward pass.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = max(width // HEAD, 1)
        self.query, self.key_value = nn.Linear(width, width), nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def looked_at(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Give keys and values, (n, heads, t, width of a head)."""
        keys, values = self.key_value(vectors).chunk(2, -1)
        return self._apart(keys).contiguous(), self._apart(values).contiguous()

    def forward(self, asking: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
        queries = self._apart(self.query(asking) * keys.shape[-1] ** -0.5)
        scores = queries @ keys.transpose(2, 3)
        shares = scores.float().masked_fill(~mask, -torch.inf).softmax(-1)
        found = shares.to(values.dtype) @ values
        together: Tensor = self.out(found.transpose(1, 2).flatten(2))
        return together

    def _apart(self, vectors: Tensor) -> Tensor:
        n, t, width = vectors.shape
        return vectors.view(n, t, self.heads, width // self.heads).transpose(1, 2)


def _inner(width: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.LayerNorm(width),
        nn.Linear(width, INNER * width),
        nn.GELU(),
        Dropout(dropout),
        nn.Linear(INNER * width, width),
        Dropout(dropout),
    )


class _EncoderLayer(nn.Module):
    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm, self.own = nn.LayerNorm(width), _Attention(width)
        self.drop, self.inner = Dropout(dropout), _inner(width, dropout)

    def forward(self, vectors: Tensor, there: Tensor) -> Tensor:
        normed = self.norm(vectors)
        vectors = vectors + self.drop(self.own(normed, *self.own.looked_at(normed), there))
        found: Tensor = vectors + self.inner(vectors)
        return found


class _DecoderLayer(nn.Module):
    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm, self.own = nn.LayerNorm(width), _Attention(width)
        self.source_norm, self.source = nn.LayerNorm(width), _Attention(width)
        self.drop, self.inner = Dropout(dropout), _inner(width, dropout)

    def forward(
        self,
        vectors: Tensor,
        past: Tensor,
        source: Sequence[Tensor],
        there: Tensor,
        held: State,
    ) -> tuple[Tensor, State]:
        normed = self.norm(vectors)
        keys, values = self.own.looked_at(normed)
        if held:
            keys = torch.cat([held["keys"], keys], 2)
            values = torch.cat([held["values"], values], 2)
        vectors = vectors + self.drop(self.own(normed, keys, values, past))
        found = self.source(self.source_norm(vectors), *source, there[:, None, None])
        vectors = vectors + self.drop(found)
        return vectors + self.inner(vectors), dict(zip(KEPT, (keys, values), strict=True))
