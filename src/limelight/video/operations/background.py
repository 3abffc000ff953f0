"""People cut out of whatever is behind them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from zipfile import ZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.image.key import over
from limelight.video.frame import Footage, Frame, Picture
from limelight.video.operation import Operation
from limelight.video.operations.behind import backgrounds
from limelight.video.operations.luma import luma_of, same_shot, tiny
from limelight.video.ordered import ordered, surrounded
from limelight.video.pictures import frame_of, picture_of
from limelight.weights import path as weights_path

FOLDER = "mediapipe/modules/selfie_segmentation"
WIDE, SQUARE = "selfie_segmentation_landscape.tflite", "selfie_segmentation.tflite"
REACH = 2
"""Frames before and after whose mattes a frame's own is averaged with."""
RADIUS, SMOOTHNESS = 4, 1e-3

Matte = NDArray[np.float32]

_lock = threading.Lock()


@dataclass(frozen=True)
class Background(Operation):
    """Cut out people and lay them over something else, or over their own background, blurred.

    MediaPipe's selfie segmentation finds them (`limelight weights fetch selfie` gets it), best
    where they are near and face the camera. Its mattes are averaged over five frames of a shot and
    fitted to the picture's edges by a guided filter (He and Sun 2015).
    """

    name: ClassVar[str] = "background"
    margin_seconds: ClassVar[int] = 1

    behind: Path | None = None
    """A picture or a video. Without one it is transparent: write ProRes or FFV1."""
    blur: float = 0.0
    """Blur what is behind them instead, by so much of the picture's width: 0.02."""

    def __post_init__(self) -> None:
        """Refuse two backgrounds at once, and blurs that are none."""
        if not 0 <= self.blur <= 0.2:
            raise BadInputError(f"blur is from 0 to 0.2 of the width, not {self.blur:g}")
        if self.behind and self.blur:
            raise BadInputError("something else behind and a blur exclude each other; give one")

    def stream(self, frames: Iterator[Frame], footage: Footage) -> Iterator[Frame]:
        """Find people in every frame, and steady what is found with the frames around it."""
        seen = ordered(_seen, frames)
        cut = ordered(lambda around: _cut_out(*around), surrounded(seen, REACH))
        if not self.behind:
            return ordered(lambda pair: self._alone(*pair), cut)
        pairs = _paired(cut, self.behind, footage)
        return ordered(lambda laid: frame_of(over(laid[1], laid[2]), laid[0]), pairs)

    def _alone(self, frame: Frame, person: Picture) -> Frame:
        if not self.blur:
            return frame_of(person, frame)
        before = picture_of(frame)
        behind = cv2.GaussianBlur(before[..., :3], (0, 0), max(self.blur * frame.width, 0.5))
        return frame_of(over(person, behind.reshape(*before.shape[:2], 3)), frame, before)


def _paired(
    cut: Iterator[tuple[Frame, Picture]], path: Path, footage: Footage
) -> Iterator[tuple[Frame, Picture, Picture]]:
    people: dict[int, Picture] = {}

    def frames() -> Iterator[Frame]:
        for frame, person in cut:
            people[id(frame)] = person
            yield frame

    for frame, behind in backgrounds(path, frames(), footage):
        yield frame, people.pop(id(frame)), behind


def _seen(frame: Frame) -> tuple[Frame, Matte, NDArray[np.float32]]:
    picture = picture_of(frame)[..., :3]
    model = WIDE if frame.width > frame.height else SQUARE
    return frame, _matte(picture, model), tiny(luma_of(frame))


def _cut_out(
    around: tuple[tuple[Frame, Matte, NDArray[np.float32]], ...], place: int
) -> tuple[Frame, Picture]:
    frame, _, shape = around[place]
    alike = [(at, one[1]) for at, one in enumerate(around) if same_shot(one[2], shape)]
    weights_of = [np.exp(-0.5 * (at - place) ** 2) for at, _ in alike]
    matte = np.average([one for _, one in alike], axis=0, weights=weights_of)
    picture = picture_of(frame)[..., :3]
    alpha = _guided(matte.astype(np.float32), picture)
    top = np.iinfo(picture.dtype).max
    alpha = np.clip((alpha - 0.2) / 0.7, 0, 1)
    return frame, np.dstack([picture, np.rint(alpha * top).astype(picture.dtype)])


def _guided(matte: Matte, picture: Picture) -> Matte:
    """Fit a small matte to a large picture's edges."""
    height, width = picture.shape[:2]
    grey = picture.astype(np.float32).mean(axis=2) / np.iinfo(picture.dtype).max
    size = (matte.shape[1], matte.shape[0])
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)

    def mean(values: Matte) -> Matte:
        found: Matte = cv2.boxFilter(values, -1, (2 * RADIUS + 1, 2 * RADIUS + 1))
        return found

    mean_grey, mean_matte = mean(small), mean(matte)
    slope = (mean(small * matte) - mean_grey * mean_matte) / (
        mean(small * small) - mean_grey**2 + SMOOTHNESS
    )
    offset = mean(mean_matte - slope * mean_grey)
    slope = mean(slope)
    large = [cv2.resize(one, (width, height)) for one in (slope, offset)]
    found: Matte = large[0] * grey + large[1]
    return found


def _matte(picture: Picture, model: str) -> Matte:
    """Say how surely each pixel is a person, in the network's own size."""
    shallow = picture if picture.dtype == np.uint8 else (picture >> 8).astype(np.uint8)
    interpreter = _interpreter(model)
    with _lock:  # it works on one picture at a time
        taken, given = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
        _, height, width, _ = taken["shape"]
        small = cv2.resize(shallow, (int(width), int(height)), interpolation=cv2.INTER_AREA)
        interpreter.set_tensor(taken["index"], small[None].astype(np.float32) / 255)
        interpreter.invoke()
        found: Matte = interpreter.get_tensor(given["index"])[0, ..., 0].copy()
    return found


@cache
def _interpreter(model: str) -> Any:
    litert = require("ai_edge_litert.interpreter", "video", "Finding people")
    with ZipFile(weights_path("selfie")) as wheel:
        interpreter = litert.Interpreter(model_content=wheel.read(f"{FOLDER}/{model}"))
    interpreter.allocate_tensors()
    return interpreter
