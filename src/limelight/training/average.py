"""Averaged weights, which generalise better than those of any one step."""

from __future__ import annotations

import torch
from torch import nn


def follow(average: nn.Module, network: nn.Module, step: int, n_steps: float) -> None:
    """Move an exponential average of weights towards ``network``'s after ``step``, the first being
    0. It is over about ``n_steps`` steps, over fewer in the beginning (Polyak & Juditsky 1992)."""
    share = 1 / min(max(1.0, n_steps), 2 + step / 10)
    with torch.no_grad():
        for kept, new in zip(average.parameters(), network.parameters(), strict=True):
            kept.lerp_(new, share)
