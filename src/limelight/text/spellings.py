"""Names that are spelt nearly as a text is: found among many without comparing all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limelight.extras import require
from limelight.text.postings import Scores

BUCKETS = 32
"""Letters are counted by the last five bits of their code, by which all of a to z differ."""
MOST = np.iinfo(np.uint8).max


class Spellings:
    """Names, and how often each letter is in them.

    What two names do not share of their letters has to be edited, wherever it stands (the bag
    distance of Bartolini, Ciaccia and Patella 2002). That bound costs a byte for a letter of the
    query and a name, so edits (optimal string alignment) are counted only where it leaves a chance.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Count letters."""
        self.names = names
        n = len(names)
        self._lengths = np.fromiter(map(len, names), np.int32, n)
        owners = np.repeat(np.arange(n), self._lengths)
        counts = np.bincount(_buckets("".join(names)) * n + owners, minlength=BUCKETS * n)
        self._counts = np.minimum(counts, MOST).astype(np.uint8).reshape(BUCKETS, n)

    def alike(self, text: str, floor: float) -> Scores:
        """Give the share of letters typed as they should be: float32 (n_names,).

        It is 0 up to ``floor``.
        """
        found = np.zeros(len(self.names), np.float32)
        longer = np.maximum(self._lengths, len(text))
        rows, away = self._edits(text, (1 - floor) * longer)
        found[rows] = 1 - away / np.maximum(longer[rows], 1)
        return found

    def near(self, text: str, most: int) -> list[tuple[str, int]]:
        """Give the names that are so many edits away at most, in order, and their edits."""
        rows, away = self._edits(text, np.full(len(self.names), most))
        return [(self.names[row], n) for row, n in zip(rows.tolist(), away.tolist(), strict=True)]

    def _edits(
        self, text: str, allowed: NDArray[Any]
    ) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        process = require("rapidfuzz.process", "text", "Forgiving typing errors")
        distance = require("rapidfuzz.distance", "text", "Forgiving typing errors").OSA.distance
        least = np.maximum(self._lengths, len(text)) - self._shared(text)
        rows = np.flatnonzero(least <= allowed)
        if not len(rows):
            return rows, np.zeros(0, np.int32)
        chosen = [self.names[row] for row in rows.tolist()]
        away = process.cdist([text], chosen, scorer=distance, dtype=np.int32)[0]
        good = away <= allowed[rows]
        return rows[good], away[good]

    def _shared(self, text: str) -> NDArray[np.int32]:
        """Bound from above the letters that each name shares with a text."""
        own = np.bincount(_buckets(text), minlength=BUCKETS)
        # Counts end at MOST: what a text has more of one letter may be shared, or may not.
        shared = np.full(len(self.names), np.maximum(own - MOST, 0).sum(), np.int32)
        for bucket in np.flatnonzero(own):
            shared += np.minimum(self._counts[bucket], np.uint8(min(own[bucket], MOST)))
        return shared


def _buckets(text: str) -> NDArray[np.int64]:
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    return (codes % BUCKETS).astype(np.int64)
