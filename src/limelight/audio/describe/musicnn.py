"""The musicnn network: what music sounds like, in words and as a vector.

Pons and Serra 2019, "musicnn: pre-trained convolutional neural networks for music audio tagging";
trained on MagnaTagATune (Law et al. 2009).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from limelight.audio.describe.tags import LABELS, N_EMBEDDING
from limelight.errors import CorruptError

EPSILON = 1e-3
"""What TensorFlow's batch normalisation adds to a variance."""

FILTERS = ((204, 7, 38), (204, 7, 67), (51, 128, 1), (51, 64, 1), (51, 32, 1))
"""How many of the first filters there are of which frames and mel bands."""


class Normalised(nn.Module):
    """A convolution or a dense layer, ReLU, then batch normalisation, as musicnn orders them."""

    def __init__(self, layer: nn.Conv1d | nn.Conv2d | nn.Linear, norm: nn.Module) -> None:
        """Put ``norm`` behind ``layer``."""
        super().__init__()
        self.layer = layer
        self.norm = norm

    def forward(self, values: Tensor) -> Tensor:
        """Give the normalised activations."""
        normalised: Tensor = self.norm(torch.relu(self.layer(values)))
        return normalised


class MusicNN(nn.Module):
    """Log-mel patches (batch, 187, 96) to probabilities (batch, 50) and embeddings (batch, 200).

    Timbral filters see 38 or 67 mel bands over 7 frames, temporal ones a single band over 128, 64
    or 32 frames; each keeps its loudest band. Three residual convolutions over time follow, and the
    maximum and mean over time of all of these layers.
    """

    def __init__(self) -> None:
        """Make the network without its weights."""
        super().__init__()
        self.norm = nn.BatchNorm2d(1, EPSILON)
        self.front = nn.ModuleList(
            Normalised(nn.Conv2d(1, n, (frames, bands)), nn.BatchNorm2d(n, EPSILON))
            for n, frames, bands in FILTERS
        )
        widths = [sum(n for n, _, _ in FILTERS), 64, 64]
        self.middle = nn.ModuleList(
            Normalised(nn.Conv1d(width, 64, 7, padding=3), nn.BatchNorm1d(64, EPSILON))
            for width in widths
        )
        n_pooled = 2 * (widths[0] + 3 * 64)
        self.pooled = nn.BatchNorm1d(n_pooled, EPSILON)
        self.dense = Normalised(nn.Linear(n_pooled, N_EMBEDDING), nn.BatchNorm1d(200, EPSILON))
        self.out = nn.Linear(N_EMBEDDING, len(LABELS))

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Give the probabilities of LABELS and the embeddings (the penultimate layer)."""
        x = self.norm(patches[:, None])
        front = torch.cat(
            [
                # As many frames out as in; a filter of an even length looks one frame ahead.
                block(nn.functional.pad(x, (0, 0, (frames - 1) // 2, frames // 2))).amax(dim=3)
                for block, (_, frames, _) in zip(self.front, FILTERS, strict=True)
            ],
            dim=1,
        )
        first, second, third = self.middle
        one = first(front)
        two = one + second(one)
        three = two + third(two)
        layers = torch.cat([front, one, two, three], dim=1)
        pooled = torch.stack([layers.amax(dim=2), layers.mean(dim=2)], dim=2).flatten(1)
        embeddings = self.dense(self.pooled(pooled))
        return torch.sigmoid(self.out(embeddings)), embeddings


def convert(variables: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """Rename and turn the variables of a TensorFlow checkpoint into those of MusicNN.

    Raises CorruptError where one is missing or of another shape.
    """
    found: dict[str, NDArray[np.float32]] = {}
    norms = ["norm", *(f"front.{number}.norm" for number in range(5))]
    norms += [*(f"middle.{number}.norm" for number in range(3)), "pooled", "dense.norm"]
    parts = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean"}
    parts["running_var"] = "moving_variance"
    layers = {f"front.{i}.layer": _numbered("conv2d", i) for i in range(5)}
    layers |= {f"middle.{i}.layer": _numbered("conv2d", 5 + i) for i in range(3)}
    layers |= {"dense.layer": "dense", "out": "dense_1"}
    try:
        for number, ours in enumerate(norms):
            theirs = _numbered("batch_normalization", number)
            for part, name in parts.items():
                found[f"{ours}.{part}"] = variables[f"{theirs}/{name}"]
        for ours, theirs in layers.items():
            kernel = variables[f"{theirs}/kernel"]
            if ours.startswith("middle"):
                kernel = kernel[:, :, 0, :]  # (frames, features, 1, n)
            found[f"{ours}.weight"] = np.ascontiguousarray(_outputs_first(kernel))
            found[f"{ours}.bias"] = variables[f"{theirs}/bias"]
    except (KeyError, IndexError) as error:
        raise CorruptError(f"the checkpoint is not musicnn's: {error} is missing") from error
    return found


def _numbered(name: str, number: int) -> str:
    """Name a variable as TensorFlow does, which counts from the second one on."""
    return f"{name}_{number}" if number else name


def _outputs_first(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn (..., in, out) into (out, in, ...)."""
    axes = (kernel.ndim - 1, kernel.ndim - 2, *range(kernel.ndim - 2))
    return kernel.transpose(axes)
