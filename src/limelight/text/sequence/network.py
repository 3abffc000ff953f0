"""What both encoder-decoders share: reading a source, and what is likely to be said next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
import torch.nn.functional as fn
from torch import Tensor, nn

from limelight.text.sequence.vocabulary import PAD

State = dict[str, Tensor]
"""What a decoder knows of what it said, each (n, …); rows can be chosen and repeated."""

LEAST = 1e-30
"""What a subword that does not stand in the source is copied with, so that there is a logarithm."""


class Memory(NamedTuple):
    """An encoded source: vectors (n, s, width), subwords (n, s), and where there are any (n, s)."""

    vectors: Tensor
    ids: Tensor
    there: Tensor

    def rows(self, chosen: Tensor) -> Memory:
        """Give the memories of some rows, in that order."""
        return Memory(*(part[chosen] for part in self))


class Said(NamedTuple):
    """What a decoder makes of target subwords: vectors (n, t, width) and attention (n, t, s)."""

    vectors: Tensor
    attention: Tensor
    state: State


class Network(nn.Module, ABC):
    """An encoder and a decoder that says a subword of its vocabulary, or copies one of the source.

    The probability of a subword is a mixture: ``gate`` times the softmax over the vocabulary, and
    the rest times the attention on those places of the source where the subword stands (the
    pointer-generator of See et al. 2017). Embeddings are shared by source, target and output.
    """

    def __init__(self, n_subwords: int, width: int, dropout: float) -> None:
        """Make the parts that both architectures have."""
        super().__init__()
        self.width, self.drop = width, nn.Dropout(dropout)
        self.embedding = nn.Embedding(n_subwords, width, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)
        self.bias = nn.Parameter(torch.zeros(n_subwords))
        self.gate = nn.Linear(width, 1)

    @abstractmethod
    def encode(self, ids: Tensor) -> Memory:
        """Read sources, int64 (n, s), filled up with PAD."""

    @abstractmethod
    def decode(self, memory: Memory, ids: Tensor, state: State) -> Said:
        """Read target subwords (n, t) that follow on ``state``; {} is the beginning."""

    def logarithms(self, memory: Memory, said: Said) -> Tensor:
        """Give the logarithms of the probabilities of all next subwords, (n, t, n_subwords)."""
        own = torch.log_softmax(self._logits(said), -1)
        gate = self.gate(said.vectors).float()
        where = memory.ids[:, None].expand(-1, said.attention.shape[1], -1)
        copied = torch.zeros_like(own).scatter_add_(2, where, said.attention.float())
        return _mixed(gate, own, copied)

    def loss(self, memory: Memory, said: Said, wanted: Tensor, smoothing: float) -> Tensor:
        """Give the mean of minus the logarithm of the probability of ``wanted`` (n, t), PAD apart.

        ``smoothing`` of the loss asks the vocabulary's part for a little of every subword (label
        smoothing, Szegedy et al. 2016).
        """
        own = torch.log_softmax(self._logits(said), -1)
        gate = self.gate(said.vectors).float().squeeze(-1)
        found = own.gather(2, wanted[..., None]).squeeze(-1)
        stands = memory.ids[:, None] == wanted[..., None]
        copied = (said.attention.float() * stands).sum(-1)
        likely = _mixed(gate, found, copied)
        each = -(1 - smoothing) * likely - smoothing * own.mean(-1)
        return each[wanted != PAD].mean()

    def _logits(self, said: Said) -> Tensor:
        return fn.linear(self.drop(said.vectors), self.embedding.weight, self.bias).float()


def _mixed(gate: Tensor, own: Tensor, copied: Tensor) -> Tensor:
    """Mix in logarithms: a gate near 0 must not hide what is wrong about the vocabulary's part."""
    found: Tensor = torch.logaddexp(
        fn.logsigmoid(gate) + own, fn.logsigmoid(-gate) + copied.clamp_min(LEAST).log()
    )
    return found
