"""What both encoder-decoders share: reading a source, and what is likely to be said next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
import torch.nn.functional as fn
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx

from limelight.text.sequence.vocabulary import PAD
from limelight.training.dropout import Dropout

State = dict[str, Tensor]
"""What a decoder knows of what it said, each (n, …); rows can be chosen and repeated."""

LEAST = 1e-30
"""What a subword that does not stand in the source is copied with, so that there is a logarithm."""

ROWS = 64
"""Rows of logits whose softmax is taken at a time."""


class Memory(NamedTuple):
    """An encoded source: vectors (n, s, width), subwords (n, s), and where there are any (n, s).

    ``looked_at`` is what a decoder would otherwise make of the vectors at every step, each (n, …).
    """

    vectors: Tensor
    ids: Tensor
    there: Tensor
    looked_at: Sequence[Tensor] = ()

    def rows(self, chosen: Tensor) -> Memory:
        """Give the memories of some rows, in that order."""
        looked_at = [part[chosen] for part in self.looked_at]
        return Memory(self.vectors[chosen], self.ids[chosen], self.there[chosen], looked_at)


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
        self.width, self.drop = width, Dropout(dropout)
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
        own = torch.log_softmax(self._logits(said.vectors).float(), -1)
        gate = self.gate(said.vectors).float()
        where = memory.ids[:, None].expand(-1, said.attention.shape[1], -1)
        copied = torch.zeros_like(own).scatter_add_(2, where, said.attention.float())
        return _mixed(gate, own, copied)

    def loss(self, memory: Memory, said: Said, wanted: Tensor, smoothing: float) -> Tensor:
        """Give the mean of minus the logarithm of the probability of ``wanted`` (n, t), PAD apart.

        ``smoothing`` of the loss asks the vocabulary's part for a little of every subword (label
        smoothing, Szegedy et al. 2016).
        """
        asked = wanted != PAD
        vectors = said.vectors[asked]
        found, mean = _Likely.apply(self._logits(vectors), wanted[asked])
        gate = self.gate(vectors).float().squeeze(-1)
        stands = memory.ids[:, None] == wanted[..., None]
        copied = (said.attention.float() * stands).sum(-1)
        likely = _mixed(gate, found, copied[asked])
        loss: Tensor = (-(1 - smoothing) * likely - smoothing * mean).mean()
        return loss

    def _logits(self, vectors: Tensor) -> Tensor:
        return fn.linear(self.drop(vectors), self.embedding.weight, self.bias)


class _Likely(torch.autograd.Function):
    """The log-softmax of logits (m, n_subwords) at one subword a row, and its mean over all, both
    float32 (m). Some rows at a time, so that what lies between stays in the cache."""

    @staticmethod
    def forward(ctx: FunctionCtx, logits: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
        sums, means = torch.empty(2, len(logits), device=logits.device)
        for begin in range(0, len(logits), ROWS):
            some = slice(begin, begin + ROWS)
            whole = logits[some].float()
            sums[some], means[some] = whole.logsumexp(-1), whole.mean(-1)
        ctx.save_for_backward(logits, wanted, sums)
        found = logits.gather(1, wanted[:, None]).squeeze(1).float()
        return found - sums, means - sums

    @staticmethod
    def backward(ctx: Any, by_found: Tensor, by_mean: Tensor) -> tuple[Tensor, None]:
        logits, wanted, sums = ctx.saved_tensors
        by_logits = torch.empty_like(logits)
        by_sums, by_each = by_found + by_mean, by_mean / logits.shape[1]
        for begin in range(0, len(logits), ROWS):
            some = slice(begin, begin + ROWS)
            shares = logits[some].float().sub(sums[some, None]).exp_()
            shares.mul_(-by_sums[some, None]).add_(by_each[some, None])
            shares.scatter_add_(1, wanted[some, None], by_found[some, None])
            by_logits[some] = shares
        return by_logits, None


def _mixed(gate: Tensor, own: Tensor, copied: Tensor) -> Tensor:
    """Mix in logarithms: a gate near 0 must not hide what is wrong about the vocabulary's part."""
    found: Tensor = torch.logaddexp(
        fn.logsigmoid(gate) + own, fn.logsigmoid(-gate) + copied.clamp_min(LEAST).log()
    )
    return found
