"""The subject of a picture, whatever it is, found by IS-Net or BiRefNet as ONNX files.

Qin et al. 2022, "Highly accurate dichotomous image segmentation"; Zheng et al. 2024, "Bilateral
reference for high-resolution dichotomous image segmentation".
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.image.picture import Picture, Values
from limelight.weights import path as weights_path

SIDE = 1024
"""What networks take that say of no size what they take."""


@dataclass(frozen=True)
class Kind:
    """How a network wants its pictures, and whether its answers are still to be made shares."""

    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    logits: bool


PLAIN = Kind((0.5, 0.5, 0.5), (1.0, 1.0, 1.0), logits=False)
IMAGENET = Kind((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), logits=True)
NETWORKS = {"isnet": PLAIN, "birefnet": IMAGENET, "birefnet-lite": IMAGENET}

_lock = threading.Lock()


def subject(picture: Picture, by: str = "isnet", file: Path | None = None) -> Values:
    """Say how surely each place is of the subject, 0 to 1, in the network's own size.

    ``by`` is one of `NETWORKS`; ``file`` is an ONNX file of that kind, else the weights of that
    name. Raises UnavailableError where they were not fetched, BadInputError where the file is no
    such network, MissingExtraError without onnxruntime.
    """
    kind = NETWORKS[by]
    top = np.float32(np.iinfo(picture.dtype).max)
    with _lock:  # such networks take gigabytes
        session = _session(weights_path(by) if file is None else file)
        taken = session.get_inputs()[0]
        sides = [side if isinstance(side, int) else SIDE for side in taken.shape[2:]]
        if len(taken.shape) != 4 or taken.shape[1] not in (3, "3") or len(sides) != 2:
            raise BadInputError(f"the network {file} takes no pictures (1, 3, height, width)")
        small = cv2.resize(picture[..., :3], (sides[1], sides[0]), interpolation=cv2.INTER_AREA)
        mean = np.array(kind.mean, np.float32)
        values = (small / top - mean) / np.array(kind.deviation, np.float32)
        dtype = np.float16 if taken.type == "tensor(float16)" else np.float32
        fed = np.ascontiguousarray(values.transpose(2, 0, 1)[None], dtype)
        try:
            answers = session.run(None, {taken.name: fed})
        except Exception as error:  # ONNX Runtime's errors have no class in common
            raise BadInputError(f"the network {file or by} fails: {error}") from error
    # IS-Net gives its finest answer first, BiRefNet last.
    answer = np.asarray(answers[-1 if kind.logits else 0], np.float32)
    if answer.ndim != 4 or answer.shape[:2] != (1, 1):
        raise BadInputError(f"the network {file or by} gives {answer.shape}, not one opacity")
    share = answer[0, 0]
    if kind.logits:
        share = 1 / (1 + np.exp(-np.clip(share, -30, 30)))
    found: Values = np.clip(share, 0, 1).astype(np.float32)
    return found


@cache
def _session(file: Path) -> Any:
    runtime = require("onnxruntime", "image", "Finding the subject of a picture")
    if not file.is_file():
        raise BadInputError(f"there is no file {file}")
    try:
        return runtime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise BadInputError(f"{file} is no network that can be run: {error}") from error
