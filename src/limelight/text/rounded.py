"""Vectors in bytes: a quarter of the memory, and of the time to compare one with all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from limelight.text.embed.embedder import Matrix
from limelight.text.postings import Scores

LARGEST, SHORT = int(np.iinfo(np.int8).max), int(np.iinfo(np.int16).max)
TOGETHER = 4_096


@dataclass(frozen=True, eq=False)
class Rounded:
    """Vectors about ``codes * scales[:, None]``: int8 (n, d) and float32 (n,)."""

    codes: NDArray[np.int8]
    scales: Scores

    @classmethod
    def nothing(cls, n: int, dimensions: int) -> Self:
        """Give vectors of 0."""
        return cls(np.zeros((n, dimensions), np.int8), np.zeros(n, np.float32))

    @classmethod
    def of(cls, vectors: Matrix) -> Self:
        """Round float32 (n, d) to 127 steps of each row's largest number."""
        found = cls.nothing(*vectors.shape)
        for start in range(0, len(vectors), TOGETHER):
            rows = vectors[start : start + TOGETHER]
            scales = np.abs(rows).max(axis=1, initial=0) / np.float32(LARGEST)
            found.scales[start : start + TOGETHER] = scales
            codes = np.rint(rows / np.where(scales > 0, scales, 1)[:, None])
            found.codes[start : start + TOGETHER] = codes
        return found

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""
        return int(self.codes.shape[1])

    def products(self, vector: NDArray[np.floating[Any]]) -> Scores:
        """Give every row's inner product with a vector (d,): float32 (n,).

        Of rows of length 1 with 512 numbers it is right to about 0.001.
        """
        # As many steps as a sum of d products with bytes can take before it leaves 32 bits.
        steps = min(int(np.iinfo(np.int32).max) // (LARGEST * max(len(vector), 1)), SHORT)
        step = max(float(np.abs(vector).max(initial=0)) / steps, 1e-30)
        found = np.empty(len(self.codes), np.float32)
        _multiply(self.codes, np.rint(vector / step).astype(np.int16), found)
        found *= self.scales * np.float32(step)
        return found


@njit(nogil=True, cache=True)
def _multiply(codes: NDArray[np.int8], query: NDArray[np.int16], found: Scores) -> None:
    for row in range(len(codes)):
        total = np.int32(0)
        for place in range(len(query)):
            # Numba widens to 64 bits; cut back to 32, this is one instruction for many places.
            total = np.int32(total + np.int32(codes[row, place]) * np.int32(query[place]))
        found[row] = total
