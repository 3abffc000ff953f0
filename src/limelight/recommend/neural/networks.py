"""The networks: histories of item indices in, a vector for every place out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor, nn

from limelight.recommend.neural.layers import CausalAttention, linear, nearness

Drop = Callable[[Tensor], Tensor]


class SequenceNetwork(nn.Module, ABC):
    """Maps every place of a history to a vector whose products with the titles' are their scores.

    The titles' vectors are those that the history is read by, too (tied embeddings, Press & Wolf
    2017), and each title has a bias.
    """

    time_gaps = False

    def __init__(self, n_items: int, width: int) -> None:
        """Make vectors of ``width`` for ``n_items`` titles."""
        super().__init__()
        self.vectors = nn.Parameter(torch.randn(n_items, width) * width**-0.5)
        self.bias = nn.Parameter(torch.zeros(n_items))

    def forward(
        self, items: Tensor, drop: Drop, low: torch.dtype, times: Tensor | None = None
    ) -> Tensor:
        """Read histories int64 (n, length), filled up at the end by -1, in products of type
        ``low``; give float32 (n, length, width), each place knowing only itself and those before.

        ``times`` int64 (n, length), microseconds, matter where the network minds ``time_gaps``.
        """
        read = nn.functional.embedding(items.clamp(min=0), self.vectors)
        read = drop(read.to(low) * self.vectors.shape[1] ** 0.5)
        near = nearness(times, low) if self.time_gaps and times is not None else None
        return self.mix(read, drop, near).float()

    @abstractmethod
    def mix(self, read: Tensor, drop: Drop, near: Tensor | None) -> Tensor:
        """Let each place of (n, length, width) learn from those before it."""


class SelfAttentionNetwork(SequenceNetwork):
    """SASRec (Kang & McAuley 2018) with normalised inputs of each layer and attention that knows
    distances in place of positions."""

    def __init__(
        self, n_items: int, width: int, layers: int, heads: int, length: int, *, time_gaps: bool
    ) -> None:
        """Stack ``layers`` of attention with ``heads`` heads over at most ``length`` places."""
        super().__init__(n_items, width)
        self.time_gaps = time_gaps
        self.layers = nn.ModuleList(
            _Layer(width, heads, length, time_gaps=time_gaps) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def mix(self, read: Tensor, drop: Drop, near: Tensor | None) -> Tensor:
        """Apply layer after layer."""
        for layer in self.layers:
            read = layer(read, drop, near)
        return norm(self.norm, read)


class _Layer(nn.Module):
    def __init__(self, width: int, heads: int, length: int, *, time_gaps: bool) -> None:
        super().__init__()
        self.before_attention, self.before_hidden = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = CausalAttention(width, heads, length, time_gaps=time_gaps)
        self.hidden, self.out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        # What is added to the input starts small, so that depth does not drown it.
        for layer in (self.attention.out, self.out):
            nn.init.normal_(layer.weight, std=0.02)

    def forward(self, x: Tensor, drop: Drop, near: Tensor | None) -> Tensor:
        x = x + drop(self.attention(norm(self.before_attention, x), near))
        hidden = drop(torch.relu(linear(self.hidden, norm(self.before_hidden, x))))
        return x + drop(linear(self.out, hidden))


class RecurrentNetwork(SequenceNetwork):
    """GRU4Rec (Hidasi et al. 2016): gated recurrent units (Cho et al. 2014) over the history."""

    def __init__(self, n_items: int, width: int, layers: int) -> None:
        """Stack ``layers`` of units."""
        super().__init__(n_items, width)
        self.units = nn.ModuleList(nn.GRU(width, width, batch_first=True) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def mix(self, read: Tensor, drop: Drop, near: Tensor | None) -> Tensor:
        """Run along the history, each layer adding to the one below."""
        for units in self.units:
            # The state of many steps needs float32.
            read = read + drop(units(read.float())[0].to(read.dtype))
        return norm(self.norm, read)


def norm(layer: nn.LayerNorm, x: Tensor) -> Tensor:
    """Normalise in float32 (Ba et al. 2016).

    PyTorch's own gradient of weight and bias is not the same in every run, so they come after it.
    """
    normalised = nn.functional.layer_norm(x.float(), layer.normalized_shape)
    return (normalised * layer.weight + layer.bias).to(x.dtype)
