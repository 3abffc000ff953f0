"""Vocals, drums, bass and the rest out of music."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from limelight import weights
from limelight.audio.chunks import overlapped
from limelight.audio.operation import Sound
from limelight.audio.separate.htdemucs import HTDemucs, load
from limelight.audio.separate.separator import Separator, completed
from limelight.errors import NotFoundError
from limelight.extras import require

MARGIN_SECONDS = 1


@dataclass(frozen=True)
class Music(Separator):
    """HTDemucs, with weights by name (``limelight weights list``) or from a file.

    Sound at another rate is converted there and back, and what the network leaves, above its
    highest frequency for example, is shared out, so that the stems add up. ``device`` is where the
    network runs, as PyTorch names it. Raises UnavailableError where the weights are not on this
    disk, saying how to get them, NotFoundError where there are none of that name or no such file,
    CorruptError where they are something else.
    """

    name: ClassVar[str] = "music"
    weights: str = "htdemucs"
    device: str = "cpu"

    @property
    def network(self) -> HTDemucs:
        """The network, read once."""
        named = Path(self.weights).expanduser()
        if named.suffix and not named.is_file():
            raise NotFoundError(f"there is no file {self.weights} with weights")
        path = named if named.is_file() else weights.path(self.weights)
        return load(path.absolute(), self.device)

    @property
    def stems(self) -> tuple[str, ...]:
        """Name the stems that the weights were trained for."""
        return self.network.stems

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Take apart blocks (channels, n)."""
        network = self.network
        resample = require("soxr", "audio", "converting the sampling rate").resample

        def work(samples: Sound) -> Sound:
            n = samples.shape[-1]
            heard = samples.T if rate == network.rate else resample(samples.T, rate, network.rate)
            found = network(np.ascontiguousarray(heard.T, np.float32))
            if rate != network.rate:
                flat = found.reshape(-1, found.shape[-1])
                back = resample(flat.T, network.rate, rate).T[:, :n]
                back = np.pad(back, [(0, 0), (0, n - back.shape[-1])])
                found = back.reshape(*found.shape[:-1], n).astype(np.float32)
            return completed(found, samples)

        # A chunk and its margins are what the network hears at once.
        chunk = max(int(network.seconds) - 2 * MARGIN_SECONDS, 1)
        yield from overlapped(work, blocks, chunk * rate, MARGIN_SECONDS * rate)
