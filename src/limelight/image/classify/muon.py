"""Steps that move a layer in all directions alike.

Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

# A polynomial whose powers bring singular values between 0 and 1 near to 1 in few steps.
QUINTIC = (3.4445, -4.7750, 2.0315)
ITERATIONS = 3


class Muon(Optimizer):
    """Nesterov momentum whose step has all its singular values made about 1.

    For convolutions before a normalisation, where only the direction of the weights counts: they
    are kept at the length of a matrix of such singular values, so that ``lr`` is the share of it
    that one step moves.
    """

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float = 0.6) -> None:
        """Take parameters of two dimensions or more, the outputs first."""
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move every parameter that has a gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    ahead = self._ahead(weight.grad, self.state[weight], group["momentum"])
                    self._move(weight, ahead, group["lr"])

    def _ahead(self, gradient: Tensor, state: dict[str, Any], momentum: float) -> Tensor:
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(gradient)
        buffer: Tensor = state["momentum_buffer"]
        buffer.mul_(momentum).add_(gradient)
        return gradient.add(buffer, alpha=momentum)

    def _move(self, weight: Tensor, ahead: Tensor, rate: float) -> None:
        weight.mul_(len(weight) ** 0.5 / weight.norm())
        step = even(ahead.reshape(len(ahead), -1)).reshape(weight.shape)
        weight.add_(step, alpha=-rate)


def even(matrix: Tensor) -> Tensor:
    """Bring the singular values of a matrix (rows, columns) near to 1, by products alone."""
    a, b, c = QUINTIC
    x = matrix.bfloat16()
    x = x / (x.norm() + 1e-7)
    if tall := len(x) > x.shape[1]:
        x = x.T
    for _ in range(ITERATIONS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    evened: Tensor = x.T if tall else x
    return evened.to(matrix.dtype)
