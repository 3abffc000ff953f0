"""What is trained how long: the plain network, and ours in sizes that suit a machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from limelight.errors import NotFoundError

SMALLEST_BATCH = 16
FEWEST_BATCHES = 8  # in an epoch
FEWEST_STEPS = 400  # in a training


@dataclass(frozen=True)
class Plan:
    """How to train a network.

    ``architecture`` is "plain" or "residual"; ``widths`` and ``depth`` are the latter's. Pictures
    are moved by up to ``shift`` pixels, a square of ``cut`` pixels is hidden, and with ``flip``
    every picture is mirrored in every other epoch. The learning rates rise over the first ``warm``
    share of the training and then fall to 0; the plain network's stays as it is. ``rate`` is of the
    convolutions, the share of their length that a step moves; the two others are of the gradient of
    a batch's summed loss.
    """

    architecture: str = "residual"
    epochs: float = 8
    batch: int = 500
    widths: tuple[int, int, int] = (64, 192, 192)
    depth: int = 2
    rate: float = 0.2
    head_rate: float = 0.2
    offset_rate: float = 0.02
    warm: float = 0.0
    smoothing: float = 0.2
    shift: int = 2
    cut: int = 0
    flip: bool = True
    seed: int = 0

    def suited(self, n: int) -> Plan:
        """Give the plan for ``n`` pictures: few are seen in smaller batches, and more often."""
        batch = max(SMALLEST_BATCH, min(self.batch, n // FEWEST_BATCHES))
        steps = max(1, n // batch)
        return replace(self, batch=batch, epochs=max(self.epochs, ceil(FEWEST_STEPS / steps)))


PLANS = {
    "plain": Plan("plain", 10, 32, rate=0.001, smoothing=0, shift=0, flip=False),
    "quick": Plan(epochs=4, widths=(32, 128, 128)),
    "standard": Plan(epochs=8),
    "large": Plan(epochs=40, batch=1000, widths=(128, 384, 512), depth=3, cut=12),
    "fine-tune": Plan(epochs=20, batch=32, rate=0.03, head_rate=0.01, offset_rate=6e-4, warm=0.2),
}


def plan_of(name: str) -> Plan:
    """Give a plan by name. Raises NotFoundError for an unknown one."""
    if name not in PLANS:
        raise NotFoundError(f"there is no plan {name!r}; there are {', '.join(PLANS)}")
    return PLANS[name]
