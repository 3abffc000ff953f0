"""How strong a picture's noise is, in brightness and in colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn

from limelight.image.picture import Picture

OPPONENT = np.array([[1 / 3, 1 / 3, 1 / 3], [0.5, 0, -0.5], [0.25, -0.5, 0.25]], np.float32)
"""Brightness, and two differences of colours: what a camera's noise is independent in."""
BACK = np.linalg.inv(OPPONENT.astype(np.float64)).astype(np.float32)

Planes = NDArray[np.float32]

SIDE = 8
BLOCKS = 20_000
FEWEST = 50
FLATTEST = 0.1
"""The share of blocks, those with the least coarse detail, by whose fine detail noise is known."""
DARKEST, BRIGHTEST = 12, 243
"""Blocks whose mean is beyond, of 255, may be clipped, and so may their noise."""


def opponent(picture: Picture) -> Planes:
    """Give brightness and two colours of (height, width, 3 or more) as (3, height, width), 0..255.

    Of a grey picture the colours are 0 exactly.
    """
    scale = np.float32(255 / np.iinfo(picture.dtype).max)
    red, green, blue = (picture[..., c].astype(np.float32) * scale for c in range(3))
    planes: Planes = np.stack(
        ((red + green + blue) / 3, (red - blue) / 2, ((red - green) + (blue - green)) / 4)
    )
    return planes


def from_opponent(planes: Planes, dtype: np.dtype[np.unsignedinteger]) -> Picture:
    """Undo ``opponent``: (height, width, 3) of ``dtype``, rounded; what is beyond is cut."""
    top = np.iinfo(dtype).max
    made: Picture = np.empty((*planes.shape[1:], 3), dtype)
    for c in range(3):
        mixed = sum(BACK[c, k] * planes[k] for k in range(3)) * np.float32(top / 255)
        made[..., c] = np.clip(np.rint(mixed), 0, top)
    return made


def noise_of(picture: Picture) -> NDArray[np.float32]:
    """Estimate the standard deviation of noise, of 255, in the three planes of ``opponent``.

    Blocks with the least energy at low frequencies of brightness have little detail, and what they
    have at high frequencies is noise (Ponomarenko et al. 2007, "An automatic approach to lossy
    compression of AVIRIS images"): which are chosen tells nothing of what is measured. 0 where
    there are too few blocks to judge.
    """
    height, width = picture.shape[:2]
    if height < SIDE or width < SIDE:
        return np.zeros(3, np.float32)
    ys, xs = _places(height - SIDE + 1, width - SIDE + 1)
    cells = np.arange(SIDE)
    blocks = picture[ys[:, None, None] + cells[:, None], xs[:, None, None] + cells, :3]
    planes = opponent(blocks.reshape(len(blocks), -1, 3)).reshape(3, -1, SIDE, SIDE)
    mean = planes[0].mean(axis=(1, 2))
    planes = planes[:, (mean > DARKEST) & (mean < BRIGHTEST)]
    if planes.shape[1] < FEWEST:
        return np.zeros(3, np.float32)
    spectra = dctn(planes, axes=(2, 3), norm="ortho")
    rank = np.add.outer(cells, cells)
    coarse = (spectra[0][:, (rank > 0) & (rank < SIDE - 2)] ** 2).sum(axis=1)
    count = max(int(FLATTEST * len(coarse)), min(FEWEST, len(coarse)))
    flat = spectra[:, np.argpartition(coarse, count - 1)[:count]]
    fine = flat[:, :, rank > SIDE + 2]
    found: NDArray[np.float32] = np.sqrt(np.median((fine**2).mean(axis=2), axis=1))
    return found


def _places(rows: int, columns: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Choose places over the whole picture: all, or as many as are enough, always the same."""
    if rows * columns <= BLOCKS:
        return np.divmod(np.arange(rows * columns), columns)
    rng = np.random.default_rng(0)
    return rng.integers(rows, size=BLOCKS), rng.integers(columns, size=BLOCKS)
