"""Faces in a picture, by a small network (YOLOv8n of NudeNet, MIT; its classes of faces alone)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.extras import require

CLASSES = frozenset({"FACE_FEMALE", "FACE_MALE"})
SURE = 0.4


@dataclass(frozen=True)
class Face:
    """Where a face is, in pixels from the top left, and how sure that is (0 to 1)."""

    left: int
    top: int
    width: int
    height: int
    score: float


def faces(picture: NDArray[np.uint8]) -> list[Face]:
    """Find the faces in a picture (height, width, 3), red, green, blue, the surest first.

    Raises MissingExtraError where the package nudenet is absent.
    """
    found = _detector().detect(np.ascontiguousarray(picture[..., ::-1]))
    return sorted(
        (_face(one) for one in found if one["class"] in CLASSES and one["score"] >= SURE),
        key=lambda face: -face.score,
    )


def _face(one: dict[str, Any]) -> Face:
    left, top, width, height = map(int, one["box"])
    return Face(left, top, width, height, float(one["score"]))


@cache
def _detector() -> Any:
    package = require("nudenet", "image", "Finding faces")
    return package.NudeDetector(providers=["CPUExecutionProvider"])
