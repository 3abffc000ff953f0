"""Parts of people in a picture, by a small network (YOLOv8n of NudeNet, MIT)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.extras import require

LEAST = 0.2
"""The network tells of nothing that it is less sure of."""

_lock = threading.Lock()


@dataclass(frozen=True)
class Part:
    """What was found, as ``"face-female"``, where, in pixels from the top left, and how surely."""

    name: str
    left: int
    top: int
    width: int
    height: int
    score: float


def parts(picture: NDArray[np.uint8]) -> list[Part]:
    """Find parts of people in a picture (height, width, 3), red, green, blue, the surest first.

    It is seen with 320 pixels to the longer side. Raises MissingExtraError where the package
    nudenet is absent.
    """
    with _lock:
        detector = _detector()
    found = detector.detect(np.ascontiguousarray(picture[..., ::-1]))
    return sorted(map(_part, found), key=lambda part: -part.score)


def _part(one: dict[str, Any]) -> Part:
    left, top, width, height = map(int, one["box"])
    name = str(one["class"]).lower().replace("_", "-")
    return Part(name, left, top, width, height, float(one["score"]))


@cache
def _detector() -> Any:
    package = require("nudenet", "image", "Finding people")
    return package.NudeDetector(providers=["CPUExecutionProvider"])
