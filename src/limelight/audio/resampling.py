"""Sample rates converted as the sound comes (soxr), to the length that a whole would have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from limelight.audio.operation import Sound
from limelight.extras import require


class Resampler:
    """A recording of (channels, n) blocks on its way from ``rate`` to ``to`` samples a second.

    The filter's delay is taken out: what was at a time stays there, and ``n`` samples become
    ``round(n * to / rate)``.
    """

    def __init__(self, channels: int, rate: int, to: int) -> None:
        """Begin. The quality is soxr's HQ: what it adds lies 120 dB below."""
        soxr = require("soxr", "audio", "converting sample rates")
        self._stream = soxr.ResampleStream(rate, to, channels, dtype="float32", quality="HQ")
        self._rate, self._to, self._channels = rate, to, channels
        self._taken = self._given = 0

    def push(self, block: Sound) -> Sound:
        """Take the next block and give what is ready, which may be nothing."""
        self._taken += block.shape[-1]
        return self._given_of(self._converted(block, last=False))

    def finish(self) -> Sound:
        """Give the rest, once there is no more."""
        rest = self._converted(np.zeros((self._channels, 0), np.float32), last=True)
        short = self._owed() - self._given - rest.shape[-1]
        return self._given_of(np.pad(rest, ((0, 0), (0, max(short, 0)))))

    def _converted(self, block: Sound, last: bool) -> Sound:
        frames = np.ascontiguousarray(block.T, dtype=np.float32)
        found: Sound = self._stream.resample_chunk(frames, last=last)
        return np.ascontiguousarray(found.T)

    def _owed(self) -> int:
        return (2 * self._taken * self._to + self._rate) // (2 * self._rate)

    def _given_of(self, block: Sound) -> Sound:
        block = block[:, : max(self._owed() - self._given, 0)]
        self._given += block.shape[-1]
        return block


def resampled(blocks: Iterable[Sound], rate: int, to: int) -> Iterator[Sound]:
    """Convert a recording in blocks (channels, n) from ``rate`` to ``to`` samples a second."""
    if rate == to:
        yield from blocks
        return
    resampler: Resampler | None = None
    for block in blocks:
        if resampler is None:
            resampler = Resampler(block.shape[0], rate, to)
        ready = resampler.push(block)
        if ready.shape[-1]:
            yield ready
    if resampler is not None:
        rest = resampler.finish()
        if rest.shape[-1]:
            yield rest
