"""Large holes by LaMa, a network that its users bring as an ONNX file.

Suvorov et al. 2022, "Resolution-robust large mask inpainting with Fourier convolutions", as
exported by Carve: ``image`` (1, 3, 512, 512) from 0 to 1 and ``mask`` (1, 1, 512, 512) in, the
filled picture out, from 0 to 255 or to 1.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.image.inpainting.holes import Hole, Values
from limelight.weights import path as weights_path

SIDE = 512
"""What a network takes that says of no size what it takes."""

_lock = threading.Lock()


def lama(values: Values, hole: Hole, unusable: Hole, file: Path | None = None) -> None:
    """Fill ``hole`` within ``values``, (height, width, 3), in place.

    ``values`` is a hole and its surroundings, made as small as the network needs and the filling
    as large as the hole. ``file`` is an ONNX file of LaMa's form, else the weights "lama". Raises
    UnavailableError where they were not brought, BadInputError where the file is no such network,
    MissingExtraError without onnxruntime.
    """
    apart = hole | unusable
    with _lock:  # it takes a gigabyte
        session = _session(weights_path("lama") if file is None else file)
        high, wide = _sides(session, file)
        height, width = hole.shape
        scale = min(high / height, wide / width, 1.0)
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        small = cv2.resize(values, size, interpolation=cv2.INTER_AREA).reshape(*size[::-1], 3)
        blocked = cv2.resize(apart.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
        edge = ((0, high - size[1]), (0, wide - size[0]))
        picture = np.pad(small, (*edge, (0, 0)), "symmetric")
        mask = np.pad(blocked, edge, "symmetric").astype(np.float32)
        fed = [np.ascontiguousarray(picture.transpose(2, 0, 1)[None]), mask[None, None]]
        names = [one.name for one in session.get_inputs()]
        try:
            answers = session.run(None, dict(zip(names, fed, strict=True)))
        except Exception as error:  # ONNX Runtime's errors have no class in common
            raise BadInputError(f"the network {file or 'lama'} fails: {error}") from error
    answer = np.asarray(answers[0], np.float32)
    if answer.shape != (1, 3, high, wide):
        raise BadInputError(f"the network {file or 'lama'} gives {answer.shape}, not one picture")
    found = answer[0].transpose(1, 2, 0)[: size[1], : size[0]]
    if found.max() > 2:
        found = found / 255
    large = cv2.resize(found, (width, height), interpolation=cv2.INTER_CUBIC)
    values[hole] = large.reshape(values.shape)[hole]


def _sides(session: Any, file: Path | None) -> tuple[int, int]:
    shapes = [one.shape for one in session.get_inputs()]
    channels = [shape[1] for shape in shapes if len(shape) == 4]
    if channels != [3, 1]:
        raise BadInputError(
            f"the network {file or 'lama'} doesn't take a picture (1, 3, height, width) and a "
            "mask (1, 1, height, width); Carve's lama_fp32.onnx does"
        )
    high, wide = (side if isinstance(side, int) else SIDE for side in shapes[0][2:])
    return high, wide


@cache
def _session(file: Path) -> Any:
    runtime = require("onnxruntime", "image", "Filling holes by LaMa")
    if not file.is_file():
        raise BadInputError(f"there is no file {file}")
    try:
        return runtime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise BadInputError(f"{file} is no network that can be run: {error}") from error
