"""Dropout that costs little on a CPU."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Dropout (Srivastava et al. 2014), eight values by one drawn number on a CPU, where PyTorch
    draws a number for each and takes longer than the layers between; the share is rounded to a
    multiple of 1/256. What is dropped follows from PyTorch's seed."""

    def __init__(self, share: float) -> None:
        """Drop ``share`` of the values, 0 to below 1."""
        super().__init__()
        self.dropped = min(round(share * 256), 255)

    def forward(self, x: Tensor) -> Tensor:
        """Zero some values and scale the others in training, so that the expectation stays."""
        if not self.training or not self.dropped:
            return x
        if x.device.type != "cpu":
            return nn.functional.dropout(x, self.dropped / 256)
        drawn = torch.empty(-(-x.numel() // 8), dtype=torch.int64).random_(-(2**63), None)
        kept = drawn.view(torch.uint8)[: x.numel()].view(x.shape) >= self.dropped
        return x * kept.to(x.dtype).mul_(256 / (256 - self.dropped))
