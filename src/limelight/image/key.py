"""What stands before a green or blue screen, cut out with soft edges, in linear light."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError

Picture = NDArray[np.uint8] | NDArray[np.uint16]
Values = NDArray[np.float32]
Colour = Literal["green", "blue"]

CHANNELS = {"green": 1, "blue": 2}
LEAST_SCREEN = 0.02
"""Dominance of the screen's colour, of full linear light, below which there is no screen."""
SURE = 0.85
DARKEST = 20
"""The screen's shadows may be so many times darker than its lights."""
COARSE = 8
TOLERANCE = 0.03
"""Shares of opacity that a screen's grain, and spill on what stands before it, may feign."""
REACHES, LEAST_REACH = 48, 6
"""Edges are as wide as the picture's shorter side by so much, or six pixels."""
ENOUGH = 0.3
"""The share of sure screen in a neighbourhood that is enough to know the screen by."""
ASTRAY = 0.15


def key(picture: Picture, colour: str = "green") -> Picture:
    """Cut out what stands before a screen of ``colour``: "green" or "blue".

    ``picture`` is (height, width, 3), sRGB or a video's R'G'B', uint8 or uint16; so is the answer,
    (height, width, 4): the colours without the screen's light, and alpha that is not multiplied in.

    In linear light, a pixel's excess of the screen's colour over the larger of the two others,
    against that of the screen nearby, is the share of the screen in it (colour difference keying,
    Vlahos 1964). At edges, where the colours that stand behind the edge are known from beside it,
    the share is where the pixel lies on the line between them and the screen. The screen's light is
    subtracted by that share, and what excess is left is spill.
    Raises BadInputError for another colour or shape.
    """
    if colour not in CHANNELS:
        raise BadInputError(f"a screen is green or blue, not {colour!r}")
    if picture.ndim != 3 or picture.shape[2] < 3:
        raise BadInputError(f"a picture is (height, width, 3), not {picture.shape}")
    top = np.iinfo(picture.dtype).max
    light = _linear(picture[..., :3])
    main = CHANNELS[colour]
    excess = _excess(light, main)
    screen = _screen(light, excess)
    alpha: Values = np.ones(excess.shape, np.float32)
    if screen is not None:
        nearby = np.maximum(_excess(screen, main), LEAST_SCREEN)
        share = _refined((excess / nearby).astype(np.float32), light, screen)
        alpha = np.clip((1 - share - TOLERANCE) / (1 - 2 * TOLERANCE), 0, 1).astype(np.float32)
        solid = np.maximum(alpha, 1 / 255)[..., None]
        light = ((light - (1 - alpha[..., None]) * screen) / solid).astype(np.float32)
        others = np.delete(light, main, axis=2).max(axis=2)
        light[..., main] = np.minimum(light[..., main], others)
        light[alpha == 0] = 0
    found = np.empty((*alpha.shape, 4), picture.dtype)
    found[..., :3] = np.rint(_coded(light) * top)
    found[..., 3] = np.rint(alpha * top)
    return found


def over(front: Picture, back: Picture) -> Picture:
    """Lay a picture with alpha over one without, of the same size and dtype, in linear light."""
    top = np.iinfo(front.dtype).max
    alpha = front[..., 3:].astype(np.float32) / np.float32(top)
    light: Values = _linear(front[..., :3]) * alpha + _linear(back[..., :3]) * (1 - alpha)
    found: Picture = np.empty((*front.shape[:2], 3), front.dtype)
    found[:] = np.rint(_coded(light) * top)
    clear, solid = front[..., 3] == 0, front[..., 3] == top
    found[clear] = back[clear][:, :3]
    found[solid] = front[solid][:, :3]
    return found


def _excess(light: Values, main: int) -> Values:
    others = np.delete(light, main, axis=2).max(axis=2)
    found: Values = light[..., main] - others
    return found


def _screen(light: Values, excess: Values) -> Values | None:
    """Give the screen's light everywhere, as it is seen nearby; None where there is no screen."""
    typical = float(np.quantile(excess, 0.95))
    if typical < LEAST_SCREEN:
        return None
    # Saturation knows the screen in its shadows too, where its excess is small.
    purity = excess / np.maximum(light.max(axis=2), LEAST_SCREEN)
    pure = float(np.median(purity[excess > typical / 2]))
    sure = ((purity > SURE * pure) & (excess > typical / DARKEST)).astype(np.float32)
    height, width = excess.shape
    size = (max(width // COARSE, 1), max(height // COARSE, 1))
    sure_light = cv2.resize(light * sure[..., None], size, interpolation=cv2.INTER_AREA)
    sure_light = sure_light.reshape(size[1], size[0], 3)
    weight = cv2.resize(sure, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0])
    # As near as there is some of it: beginning with the mean of all, filled in ever more finely.
    found = np.broadcast_to(
        (light * sure[..., None]).sum(axis=(0, 1)) / sure.sum(), sure_light.shape
    )
    spread = float(max(size))
    while spread >= 0.5:
        seen = cv2.GaussianBlur(sure_light, (0, 0), spread).reshape(sure_light.shape)
        much = cv2.GaussianBlur(weight, (0, 0), spread).reshape(weight.shape)[..., None]
        share = np.clip(much / ENOUGH, 0, 1)
        found = share * seen / np.maximum(much, 1e-6) + (1 - share) * found
        spread /= 2
    large: Values = cv2.resize(found.astype(np.float32), (width, height))
    return large.reshape(height, width, 3)


def _refined(share: Values, light: Values, screen: Values) -> Values:
    """Correct shares at edges: what has less than no excess there hides some of the screen's."""
    reach = max(round(min(share.shape) / REACHES), LEAST_REACH)
    around = cv2.boxFilter(share, -1, (3, 3))  # without the noise
    clear = (around > 0.9).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    near = cv2.dilate(clear, disc)
    # What is surely no mixture: away from the screen by more than an edge is wide.
    solid = ((around < 0.1) & (near == 0)).astype(np.float32)
    weight = cv2.GaussianBlur(solid, (0, 0), reach)
    colour = cv2.GaussianBlur(light * solid[..., None], (0, 0), reach)
    colour = colour.reshape(light.shape) / np.maximum(weight, 1e-4)[..., None]
    line = colour - screen
    length = np.maximum((line**2).sum(axis=2), 1e-6)
    place = np.clip(((light - screen) * line).sum(axis=2) / length, 0, 1)
    astray = light - screen - place[..., None] * line
    # How well the two colours explain the pixel, and whether there was anything to learn from.
    fits = np.exp(-((astray**2).sum(axis=2)) / (ASTRAY**2 * length))
    trust = np.where((near > 0) & (weight > 1e-3), fits, 0)
    found: Values = share + trust * (1 - place - share)
    found[solid > 0] = 0
    found[cv2.erode(clear, np.ones((3, 3), np.uint8)) > 0] = 1
    return found


def _linear(coded: Picture) -> Values:
    """Undo the gamma of sRGB (IEC 61966-2-1)."""
    top = np.iinfo(coded.dtype).max
    levels = np.arange(top + 1, dtype=np.float64) / top
    table = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    found: Values = table.astype(np.float32)[coded]
    return found


def _coded(light: Values) -> Values:
    light = np.clip(light, 0, 1)
    found: Values = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return found
