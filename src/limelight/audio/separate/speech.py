"""Speech from everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from limelight.audio.denoise import Denoise
from limelight.audio.operation import Sound
from limelight.audio.separate.separator import Separator


@dataclass(frozen=True)
class Speech(Separator):
    """What DeepFilterNet3 keeps, and what it takes away: speech, and music and effects.

    The network knows speech only: singing goes with either, and several voices stay one stem.
    """

    name: ClassVar[str] = "speech"

    @property
    def stems(self) -> tuple[str, ...]:
        """Name the stems."""
        return "speech", "background"

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Take apart blocks (channels, n); what is not speech is what is left without it."""
        waiting: list[Sound] = []  # what the network has heard and not given back

        def heard() -> Iterator[Sound]:
            for block in blocks:
                waiting.append(block)
                yield block

        for speech in Denoise().stream(heard(), rate):
            held = np.concatenate(waiting, axis=-1)
            waiting[:] = [held[:, speech.shape[-1] :]]
            yield np.stack([speech, held[:, : speech.shape[-1]] - speech])
