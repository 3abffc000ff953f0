"""Photographs, and what time does to them: scratches, dust and folds by a stated recipe."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data
from sklearn.datasets import load_sample_image

Photograph = NDArray[np.uint8]
Mask = NDArray[np.bool_]

SIDE = 256
"""Photographs are cut to squares, twice that large, and made half as large: the grain goes."""
CUTS = {
    "astronaut": ("astronaut", 0, 0),
    "temple": ("china", 0, 100),
    "cat": ("chelsea", 0, 0),
    "coffee": ("coffee", 0, 80),
    "rocket": ("rocket", 0, 100),
    "camera": ("camera", 0, 0),
    "brick": ("brick", 0, 0),
    "grass": ("grass", 0, 0),
    "motorcycle": ("motorcycle", 100, 160),
    "retina": ("retina", 400, 500),
}


def photographs() -> dict[str, Photograph]:
    """Give ten squares of scikit-image's and scikit-learn's photographs, (256, 256, 3) each."""
    found = {}
    for name, (source, top, left) in CUTS.items():
        whole = _read(source)
        whole = np.repeat(whole[..., None], 3, axis=2) if whole.ndim == 2 else whole[..., :3]
        side = min(2 * SIDE, *whole.shape[:2])
        row, column = min(top, whole.shape[0] - side), min(left, whole.shape[1] - side)
        cut = np.ascontiguousarray(whole[row : row + side, column : column + side])
        found[name] = cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return found


def _read(source: str) -> Photograph:
    if source == "china":
        return load_sample_image("china.jpg")
    return data.stereo_motorcycle()[0] if source == "motorcycle" else getattr(data, source)()


def scratches(seed: int, count: int = 8, widest: int = 4, side: int = SIDE) -> Mask:
    """Draw lines of 1 to ``widest`` pixels from anywhere to anywhere."""
    random = np.random.default_rng(seed)
    hole = np.zeros((side, side), np.uint8)
    for _ in range(count):
        begin, end = random.integers(0, side, (2, 2)).tolist()
        cv2.line(hole, begin, end, 1, int(random.integers(1, widest + 1)))
    return hole > 0


def blocks(seed: int, count: int = 3, least: int = 24, most: int = 48, side: int = SIDE) -> Mask:
    """Draw rectangles."""
    random = np.random.default_rng(seed)
    hole = np.zeros((side, side), bool)
    for _ in range(count):
        high, wide = random.integers(least, most + 1, 2)
        top, left = random.integers(8, side - most - 8, 2)
        hole[top : top + high, left : left + wide] = True
    return hole


def damaged(picture: Photograph, seed: int) -> tuple[Photograph, Mask]:
    """Spoil a photograph: six scratches, forty specks of dust and a fold, half of them dark.

    Scratches are bent a little, 1 to 3 pixels wide, and cover 60 to 100 %; dust is 1 to 4 pixels
    in radius and covers 70 to 100 %; the fold goes straight across, 2 or 3 pixels wide, light, and
    covers 40 to 70 %. All have soft edges. Gives what is covered by 25 % or more, too.
    """
    random = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    made = picture.astype(np.float32)
    hidden = np.zeros((height, width), np.float32)

    def lay(shape: NDArray[np.uint8], light: bool, least: float, most: float) -> None:
        soft = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), 0.5)
        cover = soft * random.uniform(least, most)
        level = random.uniform(215, 255) if light else random.uniform(0, 40)
        made[:] = made * (1 - cover[..., None]) + level * cover[..., None]
        np.maximum(hidden, cover, out=hidden)

    for number in range(6):
        shape = np.zeros((height, width), np.uint8)
        begin = random.uniform(0, 1, 2) * (width, height)
        angle, length = random.uniform(0, np.pi), random.uniform(0.2, 0.7) * min(height, width)
        bend = random.uniform(-0.15, 0.15)
        along = np.linspace(-0.5, 0.5, 30)
        way = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-way[1], way[0]])
        points = begin + length * (along[:, None] * way + bend * along[:, None] ** 2 * across)
        cv2.polylines(
            shape, [np.rint(points).astype(np.int32)], False, 1, int(random.integers(1, 4))
        )
        lay(shape, number % 2 == 0, 0.6, 1.0)
    for number in range(40):
        shape = np.zeros((height, width), np.uint8)
        middle = tuple(random.integers(0, (width, height)).tolist())
        axes = tuple(random.integers(1, 5, 2).tolist())
        cv2.ellipse(shape, middle, axes, float(random.uniform(0, 180)), 0, 360, 1, -1)
        lay(shape, number % 2 == 0, 0.7, 1.0)
    shape = np.zeros((height, width), np.uint8)
    place, slope = random.uniform(0.25, 0.75), random.uniform(-0.06, 0.06)
    ends = [(0, place - slope), (1, place + slope)]
    if random.random() < 0.5:
        ends = [(b, a) for a, b in ends]
    begin, end = (tuple(int(v) for v in np.multiply(one, (width, height))) for one in ends)
    cv2.line(shape, begin, end, 1, int(random.integers(2, 4)))
    lay(shape, True, 0.4, 0.7)
    return np.clip(np.rint(made), 0, 255).astype(np.uint8), hidden > 0.25


def worn(picture: Photograph, seed: int) -> tuple[Photograph, Mask]:
    """Spoil a photograph otherwise: up to eight scratches, sixty specks and a fold, or none.

    Scratches wind, are 1 to 4 pixels wide, many of them upright, and cover 40 to 100 %; the fold
    may go aslant and covers 30 to 80 %. One white and one black of the print serve all, slightly
    tinted; edges are soft by 0.4 to 1 pixel. Gives what is covered by 25 % or more, too.
    """
    random = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    made = picture.astype(np.float32)
    hidden = np.zeros((height, width), np.float32)
    levels = random.uniform(0, 60), random.uniform(200, 255)

    def lay(shape: NDArray[np.uint8], light: bool, least: float, most: float) -> None:
        soft = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), random.uniform(0.4, 1.0))
        cover = soft * random.uniform(least, most)
        level = np.clip(levels[light] + random.normal(0, 10) + random.normal(0, 4, 3), 0, 255)
        made[:] = made * (1 - cover[..., None]) + level * cover[..., None]
        np.maximum(hidden, cover, out=hidden)

    for _ in range(random.integers(0, 9)):
        shape = np.zeros((height, width), np.uint8)
        upright, winds = random.random() < 0.4, random.random() < 0.3
        angle = np.pi / 2 + random.normal(0, 0.05) if upright else random.uniform(0, np.pi)
        turns = random.normal(0, 0.6 if winds else 0.15) / 40 + random.normal(0, 0.01, 40)
        angles = angle + np.cumsum(turns)
        steps = random.uniform(0.1, 1.0) * height / 40 * np.stack([np.cos(angles), np.sin(angles)])
        points = random.uniform(0, 1, 2) * (width, height) + np.cumsum(steps, axis=1).T
        ends = np.rint(8 * points).astype(np.int32)
        cv2.polylines(shape, [ends], False, 1, int(random.integers(1, 5)), shift=3)
        lay(shape, random.random() < 0.6, 0.4, 1.0)
    for _ in range(random.integers(0, 61)):
        shape = np.zeros((height, width), np.uint8)
        middle = tuple(random.integers(0, (width, height)).tolist())
        axes = tuple(random.integers(1, 5, 2).tolist())
        cv2.ellipse(shape, middle, axes, float(random.uniform(0, 180)), 0, 360, 1, -1)
        lay(shape, random.random() < 0.6, 0.5, 1.0)
    if random.random() < 0.6:
        shape = np.zeros((height, width), np.uint8)
        aslant = random.random() < 0.3
        places = random.uniform(0.1, 0.9, 2) if aslant else np.repeat(random.uniform(0.1, 0.9), 2)
        ends = np.stack([[0, 1], places], axis=1)[:, :: random.choice([1, -1])]
        begin, end = (tuple(int(v) for v in np.multiply(one, (width, height))) for one in ends)
        cv2.line(shape, begin, end, 1, int(random.integers(1, 5)))
        lay(shape, random.random() < 0.8, 0.3, 0.8)
    return np.clip(np.rint(made), 0, 255).astype(np.uint8), hidden > 0.25


def faded(picture: Photograph, seed: int) -> Photograph:
    """Fade a photograph as dyes do: each channel's range shrinks, and its middle drifts.

    Black rises to 8 to 30 %, white falls to 75 to 95 %; gammas of 0.75 to 1.3 part the channels.
    """
    random = np.random.default_rng(seed)
    black, white = random.uniform(0.08, 0.3, 3), random.uniform(0.75, 0.95, 3)
    made = (picture / 255.0) ** random.uniform(0.75, 1.3, 3) * (white - black) + black
    return np.rint(made * 255).astype(np.uint8)
