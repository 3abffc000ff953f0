"""Operations that carry a state along, and operations that survey a recording first."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar

import numpy as np

from limelight.audio.operation import Operation, Sound
from limelight.errors import BadInputError


class Streamed(Operation):
    """An operation that is written for a stream; called on a whole, it streams that."""

    def __call__(self, samples: Sound, rate: int) -> Sound:
        """Work on a whole recording (channels, n) of ``rate`` samples a second; n stays."""
        found = list(self.stream([samples], rate))
        return np.concatenate(found, axis=-1) if found else samples.copy()

    @abstractmethod
    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Work on a recording that comes in blocks (channels, n), of any lengths; give it on so."""


class Surveying(Operation):
    """An operation that looks at the whole recording before it knows what to do.

    ``surveyed`` gives the one that does it. Streamed without that, a recording is held in memory.
    """

    needs_survey: ClassVar[bool] = True

    @abstractmethod
    def surveyed(self, blocks: Iterable[Sound], rate: int) -> Operation:
        """Look at the whole recording once and give the operation that is settled for it."""

    def __call__(self, samples: Sound, rate: int) -> Sound:
        """Survey and work on a whole recording (channels, n) of ``rate`` samples a second."""
        return self.surveyed([samples], rate)(samples, rate)

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Hold a recording that comes in blocks (channels, n), survey it, and work on it."""
        held = list(blocks)
        yield from self.surveyed(held, rate).stream(held, rate)


def short(blocks: Iterable[Sound], most: int) -> Iterator[Sound]:
    """Cut blocks of more than ``most`` samples, so that work on one stays small."""
    for block in blocks:
        for start in range(0, block.shape[-1], most):
            yield block[..., start : start + most]


def gathered(blocks: Iterable[Sound], least: int) -> Iterator[Sound]:
    """Put blocks together until they hold ``least`` samples; give the rest as it comes."""
    source = iter(blocks)
    held: list[Sound] = []
    length = 0
    for block in source:
        held.append(block)
        length += block.shape[-1]
        if length >= least:
            break
    if held:
        yield np.concatenate(held, axis=-1)
    yield from source


def within(name: str, value: float, lowest: float, highest: float) -> None:
    """Refuse a setting outside its range. Raises BadInputError."""
    if not lowest <= value <= highest:
        raise BadInputError(f"{name} is between {lowest:g} and {highest:g}, not {value:g}")
