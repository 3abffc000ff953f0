"""Cross-entropy over the whole catalogue without ever holding all its scores."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

ROWS = 1024
"""Scores are held for so many rows at a time: 7 MB of bfloat16 for 3,400 titles, as caches hold."""


class _SoftmaxLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, queries: Tensor, vectors: Tensor, bias: Tensor, targets: Tensor, low: torch.dtype
    ) -> Tensor:
        to_queries = torch.empty_like(queries)
        to_vectors = torch.zeros_like(vectors)
        to_bias = torch.zeros_like(bias)
        low_vectors, low_bias = vectors.to(low), bias.to(low)
        transposed = low_vectors.t().contiguous()
        asked = torch.zeros((ROWS, queries.shape[1]), dtype=low, device=queries.device)
        loss = torch.zeros((), device=queries.device)
        for start in range(0, len(queries), ROWS):
            rows = slice(start, start + ROWS)
            wanted = targets[rows]
            asked[: len(wanted)] = queries[rows]
            shares = torch.softmax(torch.addmm(low_bias, asked, transposed), 1)
            numbers = torch.arange(len(wanted), device=wanted.device)
            loss -= shares[numbers, wanted].float().clamp_min(1e-30).log().sum()
            shares[numbers, wanted] -= 1
            shares[len(wanted) :] = 0  # the last rows are filled up, so that one shape serves all
            to_queries[rows] = (shares @ low_vectors)[: len(wanted)]
            to_vectors += shares.t() @ asked
            to_bias += shares.sum(0, dtype=torch.float32)
        ctx.save_for_backward(*(part / len(queries) for part in (to_queries, to_vectors, to_bias)))
        return loss / len(queries)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (upstream,) = gradients
        return *(part * upstream for part in ctx.saved_tensors), None, None


def softmax_loss(
    queries: Tensor, vectors: Tensor, bias: Tensor, targets: Tensor, low: torch.dtype
) -> Tensor:
    """Give the mean cross-entropy of ``queries @ vectors.T + bias`` against ``targets``.

    queries (n, d), vectors (n_items, d), bias (n_items,), targets int64 (n,). The gradients are
    found in the same pass as the loss, some rows at a time, as Wijmans et al. 2024 (Cut Your
    Losses) do, with products in the type ``low``; sums are float32.
    """
    loss: Tensor = _SoftmaxLoss.apply(queries, vectors, bias, targets, low)
    return loss
