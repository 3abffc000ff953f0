"""What JPEG did to a picture, read off its samples: also when they came in another file since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn

from limelight.image.picture import Picture

STANDARD = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    np.float32,
)
"""The luma table that JPEG's standard suggests (ITU-T T.81, table K.1), of quality 50."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
SIDE = 8
BLOCKS, FEW = 6_000, 500
STEPS = np.arange(3, 130, dtype=np.float32)
LOW = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0), (2, 2))
ENOUGH = 40
"""So many coefficients that are not 0 show by which step they were rounded."""
SURE, AGREEING, SURE_TOGETHER = 0.5, 3, 0.7
"""How closely coefficients must lie at multiples, 1 being exactly, at so many frequencies."""


@dataclass(frozen=True)
class Quantisation:
    """The steps (8, 8) by which luma's DCT was rounded, and where the blocks begin: (y, x)."""

    steps: NDArray[np.float32]
    origin: tuple[int, int]

    @property
    def quality(self) -> int:
        """Give the quality from 1 to 100, as libjpeg counts it, that has such steps."""
        share = 100 * float(np.median(self.steps / STANDARD))
        return round((200 - share) / 2 if share <= 100 else 5000 / share)


def luma_of(picture: Picture) -> NDArray[np.float32]:
    """Give JPEG's luma (height, width) of a picture, 0 to 255."""
    found: NDArray[np.float32] = picture[..., :3] @ (LUMA * (255 / np.iinfo(picture.dtype).max))
    return found


def quantisation_of(picture: Picture) -> Quantisation | None:
    """Find how JPEG quantised a picture, or None where it was not JPEG, or hardly lossy.

    Coefficients of the DCT in a JPEG's blocks lie at multiples of the table's steps; in anything
    else, and in blocks that begin elsewhere, they lie anywhere (Fan and de Queiroz 2003,
    "Identification of bitmap compression history"). Steps of frequencies that are 0 nearly
    everywhere are taken from the standard's table. Cut pictures are found, enlarged ones are not.
    """
    if min(picture.shape[:2]) < 2 * SIDE:
        return None
    spectra = _spectra(picture, (0, 0))
    if (found := _read(spectra)) is not None:
        return Quantisation(found, (0, 0))
    origin = max(
        ((y, x) for y in range(SIDE) for x in range(SIDE) if y or x),
        key=lambda place: _likelihood(_spectra(picture, place, BLOCKS // 8)),
    )
    found = _read(_spectra(picture, origin))
    return None if found is None else Quantisation(found, origin)


def _spectra(picture: Picture, origin: tuple[int, int], most: int = BLOCKS) -> NDArray[np.float32]:
    """Give the DCT of blocks (blocks, 8, 8), spread over the picture; clipped ones are left out."""
    rows, columns = (
        (side - start) // SIDE for side, start in zip(picture.shape[:2], origin, strict=True)
    )
    if rows < 1 or columns < 1:
        return np.zeros((0, SIDE, SIDE), np.float32)
    chosen = np.arange(rows * columns)
    if len(chosen) > most:
        chosen = np.sort(np.random.default_rng(0).choice(chosen, most, replace=False))
    ys, xs = np.divmod(chosen, columns)
    cells = np.arange(SIDE)
    blocks = luma_of(
        picture[
            origin[0] + SIDE * ys[:, None, None] + cells[:, None],
            origin[1] + SIDE * xs[:, None, None] + cells,
        ]
    )
    inside = (blocks.min(axis=(1, 2)) > 1) & (blocks.max(axis=(1, 2)) < 254)
    found: NDArray[np.float32] = dctn(blocks[inside], axes=(1, 2), norm="ortho")
    return found


def _likelihood(spectra: NDArray[np.float32]) -> float:
    return float(sum(_step(spectra[:, u, v])[1] for u, v in LOW[:5]))


def _read(spectra: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Read the steps off, if there are any."""
    known = np.zeros((SIDE, SIDE), np.float32)
    for u in range(SIDE):
        for v in range(SIDE):
            if u or v:
                step, sure = _step(spectra[:, u, v])
                known[u, v] = step if sure > SURE else 0
    if sum(known[place] > 0 for place in LOW) < AGREEING:
        return _standard(spectra)
    scale = float(np.median(known[known > 0] / STANDARD[known > 0]))
    guessed = np.clip(np.rint(STANDARD * scale), 1, 255)
    astray = (known > 2 * guessed + 2) | (known < guessed / 2 - 2)
    return np.where((known > 0) & ~astray, known, guessed).astype(np.float32)


def _standard(spectra: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Find the quality of the standard's table that all coefficients together fit, if one does.

    Small and smooth pictures have too few at any one frequency.
    """
    spectra = spectra[:FEW]
    best, found = SURE_TOGETHER, None
    for quality in range(10, 91):
        share = 50 / quality if quality < 50 else 2 - quality / 50
        steps = np.maximum(np.floor(STANDARD * share + 0.5), 1).astype(np.float32)
        judged = (np.abs(spectra) > 0.75 * steps) & (steps >= STEPS[0])
        judged[:, 0, 0] = False
        multiples = (spectra / steps)[judged]
        if len(multiples) < ENOUGH:
            continue
        fit = float(np.cos(2 * np.pi * multiples).mean())
        if fit > best:
            best, found = fit, steps
    return found


def _step(values: NDArray[np.float32]) -> tuple[float, float]:
    """Find the largest step that most of the values other than 0 are multiples of, how closely."""
    values = values[np.abs(values) > STEPS[0] / 2]
    if len(values) < ENOUGH:
        return 0.0, 0.0
    values = values[:2000]
    fits = np.cos(2 * np.pi / STEPS[:, None] * values).mean(axis=1)
    # Of a step that is too large, most values were nearer to 0: those fit anything.
    beyond = (np.abs(values) > STEPS[:, None] * 0.75).mean(axis=1)
    fits = np.where(beyond > 0.8, fits, 0)
    best = float(fits.max())
    if best <= 0:
        return 0.0, 0.0
    peaks = (fits >= np.roll(fits, 1)) & (fits >= np.roll(fits, -1)) & (fits >= 0.85 * best)
    return float(STEPS[np.flatnonzero(peaks | (fits == best))[-1]]), best
