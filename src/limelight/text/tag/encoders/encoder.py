"""What all encoders have in common: words' vectors in, one vector a text out."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn

from limelight.text.tag.batches import Batch


class Encoder(nn.Module, ABC):
    """Reads texts. ``width`` is the length of the vectors that it gives."""

    reads_trees = False

    def __init__(self, width: int) -> None:
        """Say how long a text's vector is."""
        super().__init__()
        self.width = width

    @abstractmethod
    def forward(self, vectors: Tensor, batch: Batch) -> Tensor:
        """Make of words' vectors (n, t, d) the vectors of texts (n, width)."""


def highest(states: Tensor, there: Tensor) -> Tensor:
    """Take of states (n, t, d) the highest value of each dimension where there is a word."""
    found: Tensor = states.masked_fill(~there[..., None], float("-inf")).amax(1)
    return found
