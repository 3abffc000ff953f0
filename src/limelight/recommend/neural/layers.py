"""What PyTorch has not, or not fast enough on a CPU: attention by distance."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

FORBIDDEN = -1e9

MINUTE = 60_000_000
SPANS = tuple(MINUTE * minutes for minutes in (1, 10, 60, 360, 1440, 10_080, 43_200, 259_200))
"""The spans of time by which gaps between events are told apart: a minute to half a year."""


def nearness(times: Tensor, low: torch.dtype) -> Tensor:
    """Say how near in time places are: exp(-gap / span), of type ``low``.

    times int64 (n, length), microseconds; gives (n, length, length, len(SPANS)), for each place
    and each place before it.
    """
    gaps = (times[:, :, None] - times[:, None, :]).clamp(min=0).float()
    spans = torch.tensor(SPANS, dtype=torch.float32, device=times.device)
    return torch.exp(gaps[..., None] * (-1 / spans)).to(low)


class _Attention(torch.autograd.Function):
    """softmax(q kᵀ / √d + bias) v by batched products, which in bfloat16 are faster than PyTorch's
    fused CPU kernel at these lengths, and give the bias its gradient."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
        scale = q.shape[-1] ** -0.5
        logits = torch.baddbmm(bias, q, k.transpose(1, 2), alpha=scale)
        weights = torch.softmax(logits, -1)
        ctx.save_for_backward(q, k, v, weights)
        return torch.bmm(weights, v)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, ...]:
        (out,) = gradients
        q, k, v, weights = ctx.saved_tensors
        to_weights = torch.bmm(out, v.transpose(1, 2))
        to_logits = weights * (to_weights - (to_weights * weights).sum(-1, keepdim=True))
        scale = q.shape[-1] ** -0.5
        to_q = torch.bmm(to_logits, k) * scale
        to_k = torch.bmm(to_logits.transpose(1, 2), q) * scale
        return to_q, to_k, torch.bmm(weights.transpose(1, 2), out), to_logits


class CausalAttention(nn.Module):
    """Multi-head self-attention that looks back, its logits shifted by a learned bias a distance.

    Vaswani et al. 2017, with the relative bias of Raffel et al. 2020, one number a head and
    distance: histories have no first position that means anything, but they have a latest one.
    With ``time_gaps`` also by the time between two events, as a sum of decays of several spans
    (HSTU, Zhai et al. 2024, has buckets).
    """

    def __init__(self, width: int, heads: int, length: int, *, time_gaps: bool) -> None:
        """Attend over at most ``length`` places."""
        super().__init__()
        self.heads = heads
        self.into = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        # Heads start by looking back differently far.
        slopes = torch.linspace(0.2, 1.5, heads)[:, None]
        self.by_distance = nn.Parameter(-torch.log1p(torch.arange(length).float()) * slopes)
        self.by_gap = nn.Parameter(torch.zeros(len(SPANS), heads)) if time_gaps else None

    def forward(self, x: Tensor, near: Tensor | None) -> Tensor:
        """Map (n, length, width) to the same shape; ``near`` is the places' nearness in time."""
        n, length, width = x.shape
        parts = linear(self.into, x).view(n, length, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4).reshape(3, n * self.heads, length, -1)
        place = torch.arange(length, device=x.device)
        distance = place[:, None] - place
        known = distance.clamp(0, self.by_distance.shape[1] - 1)
        bias = self.by_distance[:, known].masked_fill(distance < 0, FORBIDDEN).to(x.dtype)
        biases = bias.repeat(n, 1, 1)
        if self.by_gap is not None and near is not None:
            by_gap = (near @ self.by_gap.to(x.dtype)).permute(0, 3, 1, 2)
            biases = biases + by_gap.reshape(biases.shape)
        mixed: Tensor = _Attention.apply(q, k, v, biases)
        return linear(
            self.out, mixed.view(n, self.heads, length, -1).transpose(1, 2).reshape(x.shape)
        )


def linear(layer: nn.Linear, x: Tensor) -> Tensor:
    """Apply a layer in the type of ``x``; its weights stay float32."""
    bias = None if layer.bias is None else layer.bias.to(x.dtype)
    return nn.functional.linear(x, layer.weight.to(x.dtype), bias)


def keep_all(x: Tensor) -> Tensor:
    """Stand in for dropout where nothing is trained."""
    return x
