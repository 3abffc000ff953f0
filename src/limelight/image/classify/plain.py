"""The network that everyone writes first."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class PlainNetwork(nn.Module):
    """Two convolutions of 32 and 64 filters, each pooled, a dense layer of 64, and the classes.

    Takes (n, 3, size, size) from 0 to 1, gives (n, n_classes) logits.
    """

    def __init__(self, n_classes: int, size: int) -> None:
        """Begin with PyTorch's random weights."""
        super().__init__()
        side = ((size - 2) // 2 - 2) // 2  # 3 x 3 filters without a border, then pooled by 2, twice
        self.conv1 = nn.Conv2d(3, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dense = nn.Linear(64 * side * side, 64)
        self.head = nn.Linear(64, n_classes)

    def features(self, pictures: Tensor) -> Tensor:
        """Give what the classes are told by, (n, 64)."""
        x = functional.max_pool2d(functional.relu(self.conv1(pictures)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        return functional.relu(self.dense(x.flatten(1)))

    def forward(self, pictures: Tensor) -> Tensor:
        """Give the logits."""
        logits: Tensor = self.head(self.features(pictures))
        return logits
