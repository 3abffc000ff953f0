"""People found in pictures by MediaPipe's selfie segmentation, best where they are near."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any
from zipfile import ZipFile

import cv2
import numpy as np

from limelight.extras import require
from limelight.image.picture import Picture, Values
from limelight.weights import path as weights_path

FOLDER = "mediapipe/modules/selfie_segmentation"
WIDE, SQUARE = "selfie_segmentation_landscape.tflite", "selfie_segmentation.tflite"

_lock = threading.Lock()


def people(picture: Picture) -> Values:
    """Say how surely each place is a person, 0 to 1, in the network's own size, 256 wide.

    Raises UnavailableError where the weights "selfie" were not fetched, MissingExtraError without
    ai-edge-litert.
    """
    picture = picture[..., :3]
    shallow = picture if picture.dtype == np.uint8 else (picture >> 8).astype(np.uint8)
    wide = picture.shape[1] > picture.shape[0]
    with _lock:  # it works on one picture at a time
        interpreter = _interpreter(WIDE if wide else SQUARE)
        taken, given = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
        _, height, width, _ = taken["shape"]
        small = cv2.resize(shallow, (int(width), int(height)), interpolation=cv2.INTER_AREA)
        interpreter.set_tensor(taken["index"], small[None].astype(np.float32) / 255)
        interpreter.invoke()
        found: Values = interpreter.get_tensor(given["index"])[0, ..., 0].copy()
    return found


@cache
def _interpreter(model: str) -> Any:
    litert = require("ai_edge_litert.interpreter", "image", "Finding people")
    with ZipFile(weights_path("selfie")) as wheel:
        interpreter = litert.Interpreter(model_content=wheel.read(f"{FOLDER}/{model}"))
    interpreter.allocate_tensors()
    return interpreter
