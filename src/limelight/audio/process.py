"""A file's sound through a chain of operations into another file, however long it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from limelight.audio.formats import format_of, natural_layout
from limelight.audio.labels import MEASURED
from limelight.audio.mixing import channel_names, mixing_matrix
from limelight.audio.operation import Operation, Sound
from limelight.audio.reading import SoundFile, open_sound
from limelight.audio.resampling import resampled
from limelight.audio.writing import create_sound
from limelight.errors import BadInputError
from limelight.media.provenance import recorded
from limelight.media.whole import DRAFT
from limelight.progress import Progress, silent

Again = Callable[[], Iterator[Sound]]
"""Gives a recording from its beginning, in blocks (channels, n), as often as it is called."""

SAMPLE = 4  # bytes


def process(
    source: Path,
    target: Path,
    steps: Sequence[Operation],
    progress: Progress = silent,
    *,
    rate: int | None = None,
    channels: int | None = None,
    bits: int | None = None,
) -> None:
    """Write to ``target`` what ``steps``, in order, make of the sound in ``source``.

    The suffix of ``target`` says the format. ``rate`` in samples a second, ``channels`` (1 or 2)
    and ``bits`` (16, 24, 32 for floating point) are the source's where they are not given and the
    format holds them. Tags, chapters and cover are kept, and the comment says what was done.

    Memory does not grow with length. In front of a step that must know the whole recording first,
    what the steps before it made is kept as float32 in a file without a name in ``target``'s
    folder: 1.4 GB for an hour of stereo at 48 kHz. ``progress`` hears seconds of sound, counted
    anew by each pass over it; if it raises, nothing is left. ``source`` is never touched. Raises
    and warns as `open_sound`, `SoundFile.blocks` and `create_sound` do.
    """
    source, target = Path(source), Path(target)
    form = format_of(target)
    with open_sound(source) as sound:
        if target.exists() and target.samefile(source):
            raise BadInputError(f"{target} is the original, which is never written over")
        to = form.rate(rate or sound.rate)
        count = channels or sound.channels
        layout = sound.layout if count == sound.channels else natural_layout(count)
        again = _converted(sound, count, to)
        labels = sound.labels
        if steps:
            tags = {k: v for k, v in labels.tags.items() if not MEASURED.fullmatch(k)}
            labels = replace(labels, tags=recorded(tags, steps, source))
        passes = _Passes(progress, sound.seconds, steps)
        with (
            create_sound(
                target, to, count, layout=layout, bits=bits or sound.bits, labels=labels
            ) as put,
            ExitStack() as spools,
        ):
            ready: list[Operation] = []  # settled, and not yet done to what ``again`` gives
            for step in steps:
                settled = step
                if step.needs_survey:
                    if ready:
                        file = spools.enter_context(TemporaryFile(prefix=DRAFT, dir=target.parent))
                        spool = _Spool(file, to)
                        spool.keep(_through(ready, passes.heard(again(), to, "preparing"), to))
                        again, ready = spool.blocks, []
                    blocks = passes.heard(again(), to, f"listening for {step.name}")
                    settled = step.surveyed(blocks, to)
                ready.append(settled)
            for block in _through(ready, passes.heard(again(), to, f"writing {target.name}"), to):
                put(block)


def _converted(sound: SoundFile, channels: int, rate: int) -> Again:
    """Give a file's sound with other channels and another rate, before anything is done to it."""
    matrix = None
    if channels != sound.channels:
        matrix = mixing_matrix(channel_names(sound.layout), channels)

    def again() -> Iterator[Sound]:
        blocks = sound.blocks()
        mixed = blocks if matrix is None else (matrix @ block for block in blocks)
        return resampled(mixed, sound.rate, rate)

    return again


def _through(steps: Sequence[Operation], blocks: Iterator[Sound], rate: int) -> Iterator[Sound]:
    for step in steps:
        blocks = step.stream(blocks, rate)
    return blocks


class _Passes:
    """Tells a listener how far all passes over a recording are."""

    def __init__(
        self, progress: Progress, seconds: float | None, steps: Sequence[Operation]
    ) -> None:
        surveys = [number for number, step in enumerate(steps) if step.needs_survey]
        count = 1 + len(surveys) + sum(number > 0 for number in surveys)
        self._progress, self._seconds, self._begun = progress, seconds, 0
        self._total = None if seconds is None else seconds * count

    def heard(self, blocks: Iterator[Sound], rate: int, message: str) -> Iterator[Sound]:
        """Pass a recording on, and tell."""
        before = (self._seconds or 0.0) * self._begun
        self._begun += 1
        samples = 0
        self._progress(before, self._total, message)
        for block in blocks:
            yield block
            samples += block.shape[-1]
            done = samples / rate
            if self._seconds is not None:
                done = before + min(done, self._seconds)
            self._progress(done, self._total, message)


class _Spool:
    """A recording kept as float32 in a temporary file."""

    def __init__(self, file: IO[bytes], rate: int) -> None:
        self._file, self._rate = file, rate
        self._channels = 1

    def keep(self, blocks: Iterable[Sound]) -> None:
        """Write a recording (channels, n), interleaved."""
        for block in blocks:
            self._channels = block.shape[0]
            self._file.write(np.ascontiguousarray(block.T, np.float32).data)

    def blocks(self) -> Iterator[Sound]:
        """Read it from its beginning."""
        self._file.seek(0)
        while data := self._file.read(self._rate * self._channels * SAMPLE):
            yield np.frombuffer(data, np.float32).reshape(-1, self._channels).T.copy()
