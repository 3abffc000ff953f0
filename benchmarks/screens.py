"""Foregrounds of known opacity before green and blue screens, mixed in linear light.

Everything is made from scikit-image's photographs by a stated recipe and a fixed seed, at three
times the size and shrunk by areas, so that hairs are thinner than a pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from skimage import data

from limelight.image.picture import Picture, Values, coded, light_of

HEIGHT, WIDTH = 300, 400
FINER = 3
SCREENS = {"green": (0.05, 0.36, 0.08), "blue": (0.03, 0.09, 0.5)}
"""Linear light of a screen, as cameras see painted ones: not pure."""


@dataclass(frozen=True)
class Shot:
    """A picture before a screen, and what is true of it: opacity and the front's own light."""

    name: str
    colour: str
    picture: Picture
    alpha: Values
    front: Values


def shots(seed: int = 0) -> list[Shot]:
    """Make every kind of foreground before a green and a blue screen."""
    kinds: dict[str, Callable[[np.random.Generator], tuple[Values, Values]]] = {
        "hair": _hair,
        "fair hair": _fair_hair,
        "glass": _glass,
        "motion": _motion,
        "leaves": _holes,
    }
    found = []
    for place, (name, make) in enumerate(kinds.items()):
        for colour in SCREENS:
            rng = np.random.default_rng((seed, place))
            front, alpha = make(rng)
            found.append(_shot(name, colour, front, alpha, rng))
    return found


def uneven(colour: str, rng: np.random.Generator) -> Values:
    """Give a screen's light: darker to one side and to the corners, with folds."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    side = 0.45 + 0.55 * x / WIDTH if rng.random() < 0.5 else 1 - 0.55 * x / WIDTH
    corners = 1 - 0.35 * (((x / WIDTH - 0.5) ** 2 + (y / HEIGHT - 0.5) ** 2) / 0.5)
    lean = rng.uniform(-0.3, 0.3)
    folds = 1 + 0.08 * np.sin((x + lean * y) / rng.uniform(18, 30)) * (y / HEIGHT)
    tint = 1 + 0.1 * (y / HEIGHT - 0.5)[..., None] * np.float32([1, 0, -1])
    found: Values = (side * corners * folds)[..., None] * np.float32(SCREENS[colour]) * tint
    return found.astype(np.float32)


def clip(count: int, pixels: int, seed: int = 0) -> tuple[list[Picture], list[Values]]:
    """Film hair before a green screen, moving by ``pixels`` a frame: pictures and opacities."""
    rng = np.random.default_rng((seed, 99))
    front, alpha = _hair(rng)
    screen = uneven("green", rng)
    pictures, opacities = [], []
    for number in range(count):
        moved = np.roll(alpha, pixels * number, axis=1)
        light = np.roll(front, pixels * number, axis=1)
        pictures.append(_mixed(light, moved, screen, rng))
        opacities.append(moved)
    return pictures, opacities


def _shot(name: str, colour: str, front: Values, alpha: Values, rng: np.random.Generator) -> Shot:
    return Shot(name, colour, _mixed(front, alpha, uneven(colour, rng), rng), alpha, front)


def _mixed(front: Values, alpha: Values, screen: Values, rng: np.random.Generator) -> Picture:
    """Mix in linear light; screens shine on what is before them, at its edges most; add noise."""
    inward = cv2.distanceTransform((alpha > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    share = 0.12 * np.exp(-inward / 12)[..., None] + 0.02
    lit = front + share * screen * (0.3 + front)
    mixed = alpha[..., None] * lit + (1 - alpha[..., None]) * screen
    noisy = mixed + rng.normal(0, 1, mixed.shape) * np.sqrt(mixed * 4e-5 + 4e-7)
    return np.rint(255 * coded(noisy.astype(np.float32))).astype(np.uint8)


def _photograph(name: str, crop: tuple[slice, slice]) -> Values:
    """Give a photograph's light at the finer size, without what is greener or bluer than red."""
    light = light_of(np.ascontiguousarray(getattr(data, name)()[..., :3][crop]))
    light = cv2.resize(light, (WIDTH * FINER, HEIGHT * FINER), interpolation=cv2.INTER_CUBIC)
    light = np.clip(light, 0, 1)
    light[..., 1:] = np.minimum(light[..., 1:], np.maximum(light[..., :1], 0.0))
    return light.astype(np.float32)


def _shrunk(front: Values, alpha: Values) -> tuple[Values, Values]:
    """Shrink premultiplied, so that a thin hair keeps its own colour."""
    size = (WIDTH, HEIGHT)
    small = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    light = cv2.resize(front * alpha[..., None], size, interpolation=cv2.INTER_AREA)
    plain = cv2.resize(front, size, interpolation=cv2.INTER_AREA)
    own = np.where(small[..., None] > 1e-3, light / np.maximum(small, 1e-3)[..., None], plain)
    return own.astype(np.float32), small.astype(np.float32)


def _strands(
    front: Values, alpha: Values, rng: np.random.Generator, tone: tuple[float, float, float]
) -> None:
    """Draw curved hairs of many widths and shades around a head."""
    centre = np.array([WIDTH * 0.5, HEIGHT * 0.62]) * FINER
    for _ in range(420):
        angle = rng.uniform(-np.pi * 1.02, np.pi * 0.02)
        start = centre + np.array([np.cos(angle) * 74, np.sin(angle) * 92]) * FINER
        along, bend = angle + rng.normal(0, 0.35), rng.normal(0, 0.02)
        length = rng.uniform(10, 62) * FINER
        points = [start]
        for _ in range(12):
            along += bend * 12 / FINER + rng.normal(0, 0.04)
            points.append(points[-1] + length / 12 * np.array([np.cos(along), np.sin(along)]))
        shade = np.float32(tone) * np.float32(rng.uniform(0.4, 1.7))
        line = np.rint(np.array(points) * 8).astype(np.int32)[:, None]
        width = int(rng.choice([1, 1, 1, 2, 2, 3]))
        cv2.polylines(front, [line], False, tuple(map(float, shade)), width + 2, cv2.LINE_AA, 3)
        cv2.polylines(alpha, [line], False, 1.0, width, cv2.LINE_AA, 3)


def _head(
    rng: np.random.Generator, photograph: Values, tone: tuple[float, float, float]
) -> tuple[Values, Values]:
    alpha = np.zeros((HEIGHT * FINER, WIDTH * FINER), np.float32)
    middle = (int(WIDTH * 0.5 * FINER), int(HEIGHT * 0.62 * FINER))
    front = photograph.copy()
    scalp = np.zeros_like(alpha)
    cv2.ellipse(scalp, middle, (78 * FINER, 96 * FINER), 0, 180, 360, 1.0, -1, cv2.LINE_AA)
    cv2.ellipse(scalp, middle, (60 * FINER, 70 * FINER), 0, 0, 360, 0.0, -1, cv2.LINE_AA)
    grain = cv2.GaussianBlur(rng.normal(1, 0.5, alpha.shape).astype(np.float32), (0, 0), 1.5)
    hair = np.clip(grain, 0.2, 2)[..., None] * np.float32(tone)
    front = front * (1 - scalp[..., None]) + hair * scalp[..., None]
    _strands(front, alpha, rng, tone)
    cv2.ellipse(alpha, middle, (78 * FINER, 96 * FINER), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    shoulders = (middle[0], int(HEIGHT * 1.12 * FINER))
    cv2.ellipse(alpha, shoulders, (150 * FINER, 70 * FINER), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    return _shrunk(np.ascontiguousarray(front, np.float32), alpha)


def _hair(rng: np.random.Generator) -> tuple[Values, Values]:
    face = _photograph("astronaut", (slice(0, 300), slice(60, 400)))
    return _head(rng, face, (0.06, 0.03, 0.018))


def _fair_hair(rng: np.random.Generator) -> tuple[Values, Values]:
    face = _photograph("chelsea", (slice(0, 300), slice(50, 450)))
    return _head(rng, face, (0.42, 0.27, 0.12))


def _glass(rng: np.random.Generator) -> tuple[Values, Values]:
    """A goblet: a thin body, denser at its rim, with highlights, its lower half smoked."""
    y, x = np.mgrid[0 : HEIGHT * FINER, 0 : WIDTH * FINER].astype(np.float32) / FINER
    away = np.hypot((x - 200) / 95, (y - 120) / 100)
    body = np.clip((1 - away) * 60, 0, 1)
    alpha = body * (0.12 + 0.75 * np.clip((away - 0.8) / 0.2, 0, 1) ** 2)
    front = np.full((*alpha.shape, 3), 0.35, np.float32) * np.float32([1.0, 0.93, 0.9])
    for at, size in (((165, 85), (10, 28)), ((240, 150), (6, 18))):
        shine = np.exp(-(((x - at[0]) / size[0]) ** 2 + ((y - at[1]) / size[1]) ** 2) * 2)
        alpha = alpha + (1 - alpha) * 0.9 * shine
        front += (1 - front) * shine[..., None]
    smoke = body * np.clip((y - 130) / 3, 0, 1)
    alpha = alpha * (1 - smoke) + smoke * np.maximum(alpha, 0.6)
    front = front * (1 - smoke[..., None]) + smoke[..., None] * np.float32([0.14, 0.12, 0.11])
    stem = np.clip((8 - np.abs(x - 200)) * 2, 0, 1) * ((y > 215) & (y < 270))
    foot = np.clip((1 - np.hypot((x - 200) / 70, (y - 278) / 12)) * 30, 0, 1)
    solid = np.maximum(stem, foot)
    photograph = _photograph("coffee", (slice(100, 400), slice(100, 500)))
    front = front * (1 - solid[..., None]) + photograph * solid[..., None]
    alpha = np.maximum(alpha * (1 - solid), solid)
    return _shrunk(front.astype(np.float32), alpha.astype(np.float32))


def _motion(rng: np.random.Generator) -> tuple[Values, Values]:
    """A limb blurred by its movement: wide, smooth edges."""
    front = _photograph("astronaut", (slice(150, 450), slice(20, 420)))
    alpha = np.zeros(front.shape[:2], np.float32)
    for begin, end, width in (((60, 300), (190, 90), 60), ((190, 90), (330, 60), 44)):
        ends = [(int(p[0] * FINER), int(p[1] * FINER)) for p in (begin, end)]
        cv2.line(alpha, *ends, 1.0, width * FINER, cv2.LINE_AA)
    steps = 30 * FINER
    kernel = np.eye(steps, dtype=np.float32) / steps
    light = cv2.filter2D(front * alpha[..., None], -1, kernel)
    alpha = cv2.filter2D(alpha, -1, kernel)
    own = np.where(alpha[..., None] > 1e-3, light / np.maximum(alpha, 1e-3)[..., None], front)
    return _shrunk(own.astype(np.float32), alpha)


def _holes(rng: np.random.Generator) -> tuple[Values, Values]:
    """Lace: a cloth full of holes of all sizes, sharp edges everywhere."""
    front = _photograph("retina", (slice(300, 1100), slice(200, 1200)))
    coarse = rng.normal(0, 1, (HEIGHT // 6, WIDTH // 6)).astype(np.float32)
    field = cv2.resize(coarse, (WIDTH * FINER, HEIGHT * FINER), interpolation=cv2.INTER_CUBIC)
    alpha = np.clip(field * 8 + 2, 0, 1)
    edge = 40 * FINER
    alpha[:edge] = alpha[-edge:] = alpha[:, :edge] = alpha[:, -edge:] = 0
    return _shrunk(front, alpha.astype(np.float32))
