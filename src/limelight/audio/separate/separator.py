"""What every way of taking sound apart promises: named stems that add up to what came in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar

import numpy as np

from limelight.audio.operation import Sound


class Separator(ABC):
    """One way of taking sound apart; its settings are the fields of a frozen dataclass.

    Stems have the channels, the length and the place in time of what came in, and add up to it.
    """

    name: ClassVar[str]

    @property
    @abstractmethod
    def stems(self) -> tuple[str, ...]:
        """Name the stems, in the order in which ``stream`` gives them."""

    @abstractmethod
    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Take a recording apart that comes in blocks (channels, n), in bounded memory.

        Gives blocks (stems, channels, m) of other lengths, which together are as long.
        """

    def __call__(self, samples: Sound, rate: int) -> dict[str, Sound]:
        """Take a whole recording (channels, n) apart: arrays (channels, n) by stem."""
        found = list(self.stream([samples], rate))
        nothing = np.zeros((len(self.stems), *samples.shape), np.float32)
        whole = np.concatenate(found, axis=-1) if found else nothing
        return dict(zip(self.stems, whole, strict=True))


def completed(stems: Sound, mixture: Sound) -> Sound:
    """Share out what ``stems`` (stems, channels, n) leave of ``mixture``, so that they add up.

    A stem gets as much of the rest as it has of the power, so that a silent one stays silent:
    mixture consistency (Wisdom et al. 2019, "Differentiable consistency constraints for improved
    deep speech enhancement").
    """
    power = np.square(stems, dtype=np.float64).mean(axis=(1, 2), keepdims=True)
    shares = power / power.sum() if power.any() else np.full_like(power, 1 / len(stems))
    completed: Sound = stems + shares.astype(np.float32) * (mixture - stems.sum(axis=0))
    return completed
