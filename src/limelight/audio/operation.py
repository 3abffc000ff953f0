"""What every operation on sound promises: arrays in, arrays out, in pieces or as a whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limelight.audio.chunks import overlapped

Sound = NDArray[np.float32]
"""Samples, float32 (..., channels, n), full scale at -1 and 1; louder ones are kept."""


class Operation(ABC):
    """One thing that is done to sound; its settings are the fields of a frozen dataclass.

    ``operation(samples, rate)`` works on a whole recording. ``stream`` gives the same in bounded
    memory: by default piece by piece, each with ``margin_seconds`` of what surrounds it, faded over
    into the next. An operation with a state that runs along (a filter, a recurrent network) carries
    it instead; one that must know the whole recording first (its loudness, its hum) looks at it in
    ``surveyed``.
    """

    name: ClassVar[str]
    chunk_seconds: ClassVar[int] = 10
    margin_seconds: ClassVar[int] = 0
    needs_survey: ClassVar[bool] = False

    @abstractmethod
    def __call__(self, samples: Sound, rate: int) -> Sound:
        """Work on a whole recording (channels, n) of ``rate`` samples a second; n stays."""

    def surveyed(self, blocks: Iterable[Sound], rate: int) -> Operation:
        """Look at the whole recording once and give the operation that is settled for it."""
        return self

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Work on a recording that comes in blocks (channels, n), of any lengths; give it on so.

        Whole seconds of chunk and margin keep every piece on the same grid at every rate.
        """
        return overlapped(
            lambda samples: self(samples, rate),
            blocks,
            self.chunk_seconds * rate,
            self.margin_seconds * rate,
        )
