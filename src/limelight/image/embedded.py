"""Pictures within a page: data addresses, so that a page needs no other file."""

from __future__ import annotations

import base64

import cv2
import numpy as np

from limelight.image.picture import Picture, picture_of, values_of


def fitted(picture: Picture, side: int) -> Picture:
    """Shrink a picture so that no side is longer than ``side`` pixels; 8 bits come out."""
    if picture.dtype != np.uint8:
        picture = picture_of(values_of(picture), np.dtype(np.uint8))
    height, width = picture.shape[:2]
    if max(height, width) <= side:
        return picture
    scale = side / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    found: Picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return found.reshape(size[1], size[0], -1)


def data_address(picture: Picture, suffix: str = ".png") -> str:
    """Write a picture of 8 bits, as PNG or (without alpha) JPEG, into an address."""
    order = cv2.COLOR_RGB2BGR if picture.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    given, written = cv2.imencode(suffix, cv2.cvtColor(picture, order))
    if not given:
        raise ValueError(f"a picture of {picture.shape} can't be written as {suffix}")
    kind = suffix.replace(".", "image/").replace("jpg", "jpeg")
    return f"data:{kind};base64,{base64.b64encode(written.tobytes()).decode()}"
