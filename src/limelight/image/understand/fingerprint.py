"""Perceptual hashes: bits in which the same picture stays the same after small changes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.image.picture import Picture
from limelight.image.understand.light import shrunk

FIELD, FREQUENCIES = 32, 8
FLAT = 2 / 255
"""Pictures whose luma deviates less from its mean show nothing that could be hashed."""
INNER = (0.03, 0.06)
"""Shares cut off every border for the further hashes, which match a picture's own crops."""
DIGITS = 16
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Fingerprint:
    """The pHash and the dHash of a picture, 64 bits each, and those of its inner parts.

    ``hashes`` are pairs (pHash, dHash): of the whole, and without 3 % and 6 % at every border.
    """

    hashes: tuple[tuple[int, int], ...]

    def __str__(self) -> str:
        """Write it as 96 hexadecimal digits."""
        return "".join(f"{part:016x}" for pair in self.hashes for part in pair)

    @classmethod
    def read(cls, text: str) -> Fingerprint:
        """Read what ``str`` wrote. Raises BadInputError for anything else."""
        if len(text) != 2 * DIGITS * (1 + len(INNER)):
            raise BadInputError(f"{text!r} is no fingerprint of a picture")
        try:
            parts = [int(text[at : at + DIGITS], 16) for at in range(0, len(text), DIGITS)]
        except ValueError as error:
            raise BadInputError(f"{text!r} is no fingerprint of a picture") from error
        return cls(tuple(zip(parts[::2], parts[1::2], strict=True)))


def fingerprint(picture: Picture) -> Fingerprint | None:
    """Hash a picture and its inner parts; None where it is all of one shade."""
    luma = shrunk(picture, 512) @ LUMA
    if float(luma.std()) < FLAT:
        return None
    height, width = luma.shape
    hashes = []
    for cut in (0.0, *INNER):
        top, left = round(height * cut), round(width * cut)
        inner = luma[top : height - top, left : width - left]
        hashes.append((_phash(inner), _dhash(inner)))
    return Fingerprint(tuple(hashes))


def phash(picture: Picture) -> int:
    """Hash a picture by its lowest frequencies, 64 bits (Zauner 2010).

    The luma is shrunk to 32 by 32 and transformed (DCT-II); each of the first 8 by 8 coefficients
    after the mean's row and column says whether it is above their median. It stays nearly the same
    after scaling, JPEG, and changes of brightness and contrast; not after turning or flipping.
    """
    return _phash(shrunk(picture, 512) @ LUMA)


def dhash(picture: Picture) -> int:
    """Hash a picture by whether it gets brighter to the right, 64 bits (Krawetz 2013)."""
    return _dhash(shrunk(picture, 512) @ LUMA)


def _phash(luma: NDArray[np.float32]) -> int:
    small = cv2.resize(luma, (FIELD, FIELD), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(small)[1 : FREQUENCIES + 1, 1 : FREQUENCIES + 1]
    return _bits(waves > np.median(waves))


def _dhash(luma: NDArray[np.float32]) -> int:
    small = cv2.resize(luma, (9, 8), interpolation=cv2.INTER_AREA)
    return _bits(small[:, 1:] > small[:, :-1])


def _bits(flags: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(flags.ravel()).tobytes(), "big")
