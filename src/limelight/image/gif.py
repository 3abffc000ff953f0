"""GIF's 256 colours: exact where a frame has no more, else the best of them with dithering."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]

CLEAR = 255
"""The index of the colour that isn't shown."""


def quantised(image: Image.Image) -> Image.Image:
    """Give a picture with a palette; what is more than half transparent becomes clear."""
    colours = np.asarray(image.convert("RGB"))
    hidden = np.zeros(colours.shape[:2], bool)
    if image.mode in ("RGBA", "LA"):
        hidden = np.asarray(image.getchannel("A")) < 128
    indices, table = _palette(colours, hidden)
    made = Image.frombytes("P", image.size, np.where(hidden, CLEAR, indices).astype("u1").tobytes())
    made.putpalette(table.ljust(768, b"\0") if hidden.any() else table)
    if hidden.any():
        made.info["transparency"] = CLEAR
    return made


def _palette(colours: Bytes, hidden: NDArray[np.bool_]) -> tuple[Bytes, bytes]:
    """Give each place's index among at most 255 colours, and these colours."""
    packed = colours.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    found = np.unique(packed[~hidden])
    if len(found) <= CLEAR:
        indices = np.searchsorted(found, packed).clip(0, max(len(found) - 1, 0))
        table = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
        return indices.astype(np.uint8), table.astype(np.uint8).tobytes()
    seen = np.where(hidden[..., None], 0, colours).astype(np.uint8)
    made = Image.fromarray(seen).quantize(CLEAR, dither=Image.Dither.FLOYDSTEINBERG)
    return np.asarray(made), bytes(made.getpalette() or ())
