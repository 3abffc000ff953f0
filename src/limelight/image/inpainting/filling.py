"""Holes in a picture filled from what surrounds them, each in the way that suits its size."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import cv2
import numpy as np

from limelight.errors import BadInputError
from limelight.image.inpainting.biharmonic import biharmonic
from limelight.image.inpainting.exemplar import exemplar
from limelight.image.inpainting.holes import Hole, numbered, places
from limelight.image.inpainting.lama import lama
from limelight.image.picture import Picture, picture_of, values_of

Way = Literal["auto", "biharmonic", "navier-stokes", "exemplar", "lama"]

THIN = 5.0
"""Pixels from a hole's middle to its edge up to which "auto" takes the biharmonic surface."""
REACH = 5
"""Pixels around a hole from which Navier-Stokes takes what flows into it."""
CONTEXT = 48
"""Pixels around a large hole, at least, that are looked at."""
APART = 8
"""Large holes that are nearer than that are filled as one."""


def inpaint(picture: Picture, hole: Hole, by: Way = "auto", network: Path | None = None) -> Picture:
    """Give ``picture`` with ``hole``, (height, width), filled; all else stays to the bit.

    "auto" takes the biharmonic surface for what is thin (scratches, dust), and for what is not,
    "exemplar": what the picture shows elsewhere. "navier-stokes" is OpenCV's (Bertalmio et al.
    2001). Only the neighbourhood of each hole is looked at. Alpha stays as it is. ``network`` is
    an ONNX file for "lama". Raises BadInputError where the hole has another size, is empty, leaves
    nothing to fill it from, or is too large for equations.
    """
    _check(picture, hole)
    found = picture.copy()
    colours = found[..., :3]
    left = hole
    if by in ("auto", "biharmonic"):
        smooth = thin(hole) if by == "auto" else hole
        biharmonic(colours, smooth)
        left = hole & ~smooth
    if by == "navier-stokes":
        for place in places(left, REACH, 2 * REACH):
            _flow(colours[place.rows, place.columns], place.hole)
    else:
        for place in places(left, APART, CONTEXT):
            seen = colours[place.rows, place.columns]
            others = left[place.rows, place.columns] & ~place.hole
            values = values_of(seen)
            if by == "lama":
                lama(values, place.hole, others, network)
            else:
                exemplar(values, place.hole, others)
            seen[place.hole] = picture_of(values, picture.dtype)[place.hole]
    return found


def known_way(by: str, network: Path | None) -> None:
    """Raise BadInputError for a way that there is not, and for a network that is of no use."""
    if by not in get_args(Way):
        raise BadInputError(f"by is one of {', '.join(get_args(Way))}, not {by!r}")
    if network and by != "lama":
        raise BadInputError("a network of your own needs by=lama beside it")


def thin(hole: Hole) -> Hole:
    """Give the holes of which no pixel is farther than `THIN` from what is known."""
    found = np.zeros_like(hole)
    within, labels = numbered(hole, 1)
    inner = hole[within]
    if not inner.any():
        return found
    # What is beyond the picture's border is not known either.
    deep = cv2.distanceTransform(hole[within].astype(np.uint8), cv2.DIST_L2, 5)
    deepest = np.zeros(labels.max() + 1, np.float32)
    np.maximum.at(deepest, labels[inner], deep[inner])
    found[within] = inner & (deepest <= THIN)[labels]
    return found


def _flow(colours: Picture, hole: Hole) -> None:
    """Fill by Navier-Stokes, in place; OpenCV has it for single channels of 16 bits."""
    mask = hole.astype(np.uint8)
    known = np.where(hole[..., None], 0, colours)  # OpenCV lets what is in a hole matter
    made = [
        cv2.inpaint(np.ascontiguousarray(one), mask, REACH, cv2.INPAINT_NS)
        for one in np.moveaxis(known, 2, 0)
    ]
    colours[hole] = np.dstack(made)[hole]


def _check(picture: Picture, hole: Hole) -> None:
    height, width = picture.shape[:2]
    if hole.shape != (height, width):
        raise BadInputError(
            f"the mask has {hole.shape[1]} x {hole.shape[0]} pixels and the picture, upright, "
            f"{width} x {height}; make the mask as large as the picture"
        )
    if not hole.any():
        raise BadInputError("the mask is empty; what is white in it is filled")
    if hole.all():
        raise BadInputError("the mask covers the whole picture; nothing is left to fill it from")
