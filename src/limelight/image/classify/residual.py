"""Our network: what the CIFAR-10 speed records taught, with a residual connection in every stage.

Page, "How to train your ResNet", 2018; tysam-code, hlb-CIFAR10, 2023; Jordan, "94 % on CIFAR-10 in
3.29 seconds on a single GPU", 2024 (arXiv 2404.00498): a first layer that whitens patches and is
never trained, convolutions that begin as the identity, normalisation without gains.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

MEAN = (0.4914, 0.4822, 0.4465)  # of photographs' channels, and their spread
SPREAD = (0.2470, 0.2435, 0.2616)
PATCH = 2
LEAST_VARIANCE = 5e-4  # of a direction that whitening enlarges
FORGETTING = 0.4  # of the normalisation's statistics, with every batch


class ResidualNetwork(nn.Module):
    """Whitened patches, three stages that each halve the picture, and the classes.

    Takes (n, 3, height, width) from 0 to 1, of any size from 16 x 16 on, gives (n, n_classes)
    logits. ``widths`` are the channels of the stages, ``depth`` the convolutions in each.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, n_classes: int, widths: tuple[int, int, int], depth: int = 2) -> None:
        """Begin with the identity and random weights; `whiten` must see pictures first."""
        super().__init__()
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1))
        self.register_buffer("spread", torch.tensor(SPREAD).view(3, 1, 1))
        whitened = 2 * 3 * PATCH * PATCH
        self.whitening = nn.Conv2d(3, whitened, PATCH, bias=False).requires_grad_(False)
        befores = (whitened, *widths)
        self.stages = nn.Sequential(
            *(Stage(before, width, depth) for before, width in zip(befores, widths, strict=False))
        )
        self.head = nn.Linear(widths[-1], n_classes, bias=False)
        self.begin_head()

    def begin_head(self) -> None:
        """Give the head random weights of spread 1; its output is divided by its width."""
        self.head.reset_parameters()
        with torch.no_grad():
            self.head.weight /= self.head.weight.std()

    @torch.no_grad()
    def whiten(self, pictures: Tensor) -> None:
        """Set the first layer to the directions in which patches of ``pictures`` vary.

        Each is scaled to a variance of 1, and there is its negative too, since the activation after
        it keeps only what is positive.
        """
        pictures = (pictures - self.mean) / self.spread
        patches = functional.unfold(pictures, PATCH).transpose(1, 2).reshape(-1, 3 * PATCH * PATCH)
        variances, directions = torch.linalg.eigh(patches.T @ patches / len(patches))
        scaled = directions.T / (variances[:, None] + LEAST_VARIANCE).sqrt()
        filters = torch.cat([scaled, -scaled]).reshape(self.whitening.weight.shape)
        self.whitening.weight.copy_(filters)

    def features(self, pictures: Tensor) -> Tensor:
        """Give what the classes are told by, (n, widths[-1])."""
        x = functional.gelu(self.whitening((pictures - self.mean) / self.spread))
        found: Tensor = self.stages(x).amax((2, 3))
        return found

    def forward(self, pictures: Tensor) -> Tensor:
        """Give the logits."""
        features = self.features(pictures)
        logits: Tensor = self.head(features) / features.shape[1]
        return logits


class Stage(nn.Module):
    """Widen and halve the picture, then add what further convolutions make of it."""

    def __init__(self, before: int, width: int, depth: int) -> None:
        """Take ``before`` channels, give ``width``."""
        super().__init__()
        self.widen = _convolution(before, width)
        self.norm = _Normalisation(width)
        self.convolutions = nn.ModuleList(_convolution(width, width) for _ in range(depth - 1))
        self.norms = nn.ModuleList(_Normalisation(width) for _ in range(depth - 1))

    def forward(self, x: Tensor) -> Tensor:
        """Take (n, before, height, width), give (n, width, height // 2, width // 2)."""
        x = functional.gelu(self.norm(functional.max_pool2d(self.widen(x), 2)))
        y = x
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            y = functional.gelu(norm(convolution(y)))
        return x + y


class _Normalisation(nn.BatchNorm2d):
    """Over the batch, with offsets and without gains, which the next convolution has anyway."""

    def __init__(self, width: int) -> None:
        super().__init__(width, momentum=FORGETTING)
        self.weight.requires_grad_(False)


def _convolution(before: int, width: int) -> nn.Conv2d:
    """Pass on what comes in (where the width allows), beside random filters."""
    convolution = nn.Conv2d(before, width, 3, padding=1, bias=False)
    nn.init.dirac_(convolution.weight.data[:before])
    return convolution
