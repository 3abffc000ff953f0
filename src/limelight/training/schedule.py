"""How the learning rate moves over a training."""

from __future__ import annotations

import math


def warm_then_cosine(step: int, n_steps: int, warm_up: int, last: float) -> float:
    """Give the share of the full rate at ``step``, the first being 0.

    It rises linearly over ``warm_up`` steps, or over a tenth of all where that is fewer, and falls
    along a cosine to ``last`` (Loshchilov & Hutter 2017).
    """
    falling = 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(1, n_steps))))
    warm = min(1.0, (step + 1) / min(warm_up, max(1, n_steps // 10)))
    return warm * (last + (1 - last) * falling)
