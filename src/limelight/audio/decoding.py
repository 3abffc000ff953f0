"""Packets into blocks of samples, each at its time, whatever is broken in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from limelight.audio.ffmpeg import av
from limelight.audio.operation import Sound

GAP = 0.015
"""Seconds that time stamps may jump without anything being missing: containers round them."""

MICROSECONDS = 1_000_000  # a second, as a container says its duration

LONGEST_GAP = 3600
"""Seconds of silence that a jump of the time stamps is believed to stand for."""

UNSTAMPED = ("mp3", "aac")
"""Containers without time stamps: time is counted by packets, so that lost bytes lose time."""


@dataclass
class Damage:
    """What could not be decoded; ``lost`` and ``wild`` are samples, ``first`` is in seconds."""

    lost: int = 0
    places: int = 0
    first: float = 0.0
    wild: int = 0  # neither finite nor sound
    cut_off: bool = False


@dataclass
class Decoder:
    """One stream of sound out of an opened container, as float32 of one rate and layout.

    What is missing in the middle becomes silence. ``length`` in samples, where the container knows
    it, is where the padding in the last packet begins. ``damage`` tells of what has been met.
    """

    container: Any
    stream: Any
    rate: int
    layout: str
    length: int | None = None
    damage: Damage = field(default_factory=Damage)
    _packing: tuple[Any, Any] = (None, None)  # a kind of frame, and what converts it

    def blocks(self) -> Iterator[Sound]:
        """Give the sound, (channels, n) a frame."""
        held: Sound | None = None
        count = 0
        for block in self._timed():
            if held is not None:
                yield held
            held = block
            count += block.shape[-1]
        if held is None:
            return
        # What bounds a stream without time stamps, FFmpeg cuts off itself unless it lost count.
        bounded = self.container.format.name not in UNSTAMPED or self.damage.lost > 0
        padding = count - self.length if self.length is not None and bounded else 0
        yield held[:, : held.shape[-1] - padding] if 0 < padding < held.shape[-1] else held

    def _timed(self) -> Iterator[Sound]:
        """Put silence where the time stamps say that sound is missing."""
        count = 0
        origin: Fraction | None = None
        for frame, late, damaged in self._frames():
            stamp = None if frame.pts is None else frame.pts * frame.time_base
            block = self._packed(frame)
            if stamp is not None:
                if origin is None:
                    # What is lost before the first sound counts from where the stream begins.
                    start = self.stream.start_time if damaged else None
                    origin = stamp if start is None else start * self.stream.time_base
                origin -= late
                missing = round((stamp - origin) * self.rate) - count
                if abs(missing) > GAP * self.rate:
                    if self._believed(missing, count):
                        self._note(missing, count)
                        count += missing
                        yield from _silence(missing, block.shape[0], self.rate)
                    else:  # the clock was set anew: time goes on from here
                        origin = stamp - Fraction(count, self.rate)
            count += block.shape[-1]
            yield block

    def _frames(self) -> Iterator[tuple[Any, Fraction, bool]]:
        """Give every frame that can be decoded.

        With it, by how many seconds its stamp is early, and whether packets before it were bad.
        """
        good_bytes = good_packets = bad_bytes = bad_packets = 0
        damage = self.damage
        try:
            for packet in self.container.demux(self.stream):
                if packet.size:
                    damage.cut_off = packet.is_corrupt
                try:
                    frames = packet.decode()
                except av.error.FFmpegError:
                    bad_bytes += packet.size
                    bad_packets += 1
                    continue
                for frame in frames:
                    swallowed = 0
                    if bad_packets and good_packets and self.container.format.name in UNSTAMPED:
                        swallowed = round(bad_bytes * good_packets / good_bytes) - bad_packets
                    late = Fraction(max(swallowed, 0) * frame.samples, frame.sample_rate)
                    yield frame, late, bad_packets > 0
                    bad_bytes = bad_packets = 0
                if packet.size:
                    good_bytes += packet.size
                    good_packets += 1
        except av.error.FFmpegError:
            damage.cut_off = True
        damage.cut_off |= bad_packets > 0

    def _packed(self, frame: Any) -> Sound:
        """Convert a frame to (channels, n)."""
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._packing[0]:
            # Interleaved on purpose: PyAV reads past the end of frames of 8 planes and more.
            packer = av.AudioResampler(format="flt", layout=self.layout, rate=self.rate)
            self._packing = (kind, packer)
        frame.pts = None  # a resampler would mend gaps by itself, and not tell
        parts = [part.to_ndarray()[0] for part in self._packing[1].resample(frame)]
        samples = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        if not np.isfinite(samples.sum()):
            self.damage.wild += int(np.count_nonzero(~np.isfinite(samples)))
            samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        return np.ascontiguousarray(samples.reshape(-1, av.AudioLayout(self.layout).nb_channels).T)

    def _believed(self, missing: int, count: int) -> bool:
        """Say whether a jump of the time stamps is a gap, and not a clock that was set anew."""
        seconds = self.container.duration
        known = seconds is None or (count + missing) / self.rate <= seconds / MICROSECONDS + 1
        return 0 < missing <= LONGEST_GAP * self.rate and known

    def _note(self, missing: int, count: int) -> None:
        damage = self.damage
        damage.first = damage.first if damage.places else count / self.rate
        damage.places += 1
        damage.lost += missing


def _silence(samples: int, channels: int, most: int) -> Iterator[Sound]:
    for start in range(0, samples, most):
        yield np.zeros((channels, min(most, samples - start)), np.float32)
