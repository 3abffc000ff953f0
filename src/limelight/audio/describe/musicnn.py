"""The musicnn network: what music sounds like, in words and as a vector.

Pons and Serra 2019, "musicnn: pre-trained convolutional neural networks for music audio tagging";
trained on MagnaTagATune (Law et al. 2009). It is small enough for NumPy: a fourth of the time and
memory of a description would else go into loading PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from limelight.audio.describe.spectrogram import N_MELS, Floats
from limelight.audio.describe.tags import LABELS, N_EMBEDDING, PATCH_FRAMES
from limelight.errors import CorruptError

EPSILON = 1e-3
"""What TensorFlow's batch normalisation adds to a variance."""

FILTERS = ((7, 38, 204), (7, 67, 204), (128, 1, 51), (64, 1, 51), (32, 1, 51))
"""Frames and mel bands that the first filters see, and how many there are."""

WIDTH, N_MIDDLE = sum(n for _, _, n in FILTERS), 64
N_POOLED = 2 * (WIDTH + 3 * N_MIDDLE)

Layer = Callable[[Floats], Floats]


class MusicNN:
    """Log-mel patches (187, 96) to probabilities (50,) and embeddings (200,).

    Timbral filters see 38 or 67 mel bands over 7 frames, temporal ones a single band over 128, 64
    or 32 frames; each keeps its loudest band. Three residual convolutions over time follow, and the
    maximum and mean over time of all of these layers.
    """

    def __init__(self, variables: Mapping[str, Floats]) -> None:
        """Take the variables of the authors' TensorFlow checkpoint.

        Raises CorruptError where one is missing or of another shape.
        """
        self._variables = variables
        self._norm = self._normalisation(0, 1)
        self._front = [
            (shape, self._layer("conv2d", number, (*shape[:2], 1, shape[2]), 1 + number))
            for number, shape in enumerate(FILTERS)
        ]
        self._middle = [
            self._layer("conv2d", 5 + number, (7, width, 1, N_MIDDLE), 6 + number)
            for number, width in enumerate((WIDTH, N_MIDDLE, N_MIDDLE))
        ]
        self._pooled = self._normalisation(9, N_POOLED)
        self._dense = self._layer("dense", 0, (N_POOLED, N_EMBEDDING), 10)
        self._out = self._linear("dense", 1, (N_EMBEDDING, len(LABELS)))

    def __call__(self, patch: Floats) -> tuple[Floats, Floats]:
        """Give the probabilities of LABELS and the embedding (the penultimate layer)."""
        x = self._norm(patch)
        front = np.concatenate(
            [_seen(x, frames, bands, layer) for (frames, bands, _), layer in self._front], axis=1
        )
        first, second, third = self._middle
        one = first(_around(front))
        two = one + second(_around(one))
        three = two + third(_around(two))
        layers = np.concatenate([front, one, two, three], axis=1)
        pooled = np.stack([layers.max(axis=0), layers.mean(axis=0)], axis=1).ravel()
        embedding = self._dense(self._pooled(pooled))
        likely = np.reciprocal(1 + np.exp(-self._out(embedding)))
        return likely, embedding

    def _layer(self, name: str, number: int, shape: tuple[int, ...], norm: int) -> Layer:
        """Make a convolution or a dense layer, ReLU, then normalisation, in musicnn's order."""
        linear, normalised = self._linear(name, number, shape), self._normalisation(norm, shape[-1])
        return lambda values: normalised(np.maximum(linear(values), 0))

    def _linear(self, name: str, number: int, shape: tuple[int, ...]) -> Layer:
        kernel = self._variable(name, number, "kernel", shape).reshape(-1, shape[-1])
        bias = self._variable(name, number, "bias", shape[-1:])
        return lambda values: values @ kernel + bias

    def _normalisation(self, number: int, size: int) -> Layer:
        scale, shift, mean, variance = (
            self._variable("batch_normalization", number, part, (size,))
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        factor = scale / np.sqrt(variance + np.float32(EPSILON))
        offset = shift - mean * factor
        return lambda values: values * factor + offset

    def _variable(self, name: str, number: int, part: str, shape: tuple[int, ...]) -> Floats:
        """Find a variable; TensorFlow counts layers of a name from the second one on."""
        full = f"{name}_{number}/{part}" if number else f"{name}/{part}"
        found = self._variables.get(full)
        if found is None or found.shape != shape:
            what = "missing" if found is None else f"of the shape {found.shape}, not {shape}"
            raise CorruptError(f"the checkpoint is not musicnn's: {full} is {what}")
        return found


def _seen(patch: Floats, frames: int, bands: int, layer: Layer) -> Floats:
    """Let filters see all places of a patch, and keep the loudest band: (187, filters)."""
    # As many frames out as in; a filter of an even length looks one frame ahead.
    padded = np.pad(patch, (((frames - 1) // 2, frames // 2), (0, 0)))
    places = np.lib.stride_tricks.sliding_window_view(padded, (frames, bands))
    seen = layer(places.reshape(-1, frames * bands))
    loudest: Floats = seen.reshape(PATCH_FRAMES, N_MELS - bands + 1, -1).max(axis=1)
    return loudest


def _around(features: Floats) -> Floats:
    """Give with every frame of (187, features) three before and after: (187, 7 * features)."""
    padded = np.pad(features, ((3, 3), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 7, axis=0)
    return windows.swapaxes(1, 2).reshape(len(features), -1)
