"""Sound into files: as many bits, as exact a length and as much said of it as the format allows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from limelight.audio.depth import Quantiser
from limelight.audio.ffmpeg import av
from limelight.audio.formats import FLOAT, Format, format_of, natural_layout
from limelight.audio.labels import Labels, read_labels, write_labels
from limelight.audio.operation import Sound
from limelight.audio.resampling import Resampler
from limelight.errors import BadInputError, LimelightWarning
from limelight.media.whole import replacing

NO_LABELS = Labels()
FULL_RATE = 44_100  # what a format's bit rate is meant for


@contextmanager
def create_sound(
    path: Path,
    rate: int,
    channels: int,
    *,
    layout: str | None = None,
    bits: int = 24,
    labels: Labels = NO_LABELS,
) -> Iterator[Callable[[Sound], None]]:
    """Write a file block by block: ``with create_sound(path, rate, 2) as put: put(samples)``.

    ``put`` takes (channels, n). The suffix of ``path`` says the format; ``bits`` are 16, 24 or 32
    (floating point), or the next that the format has. Where it does not have ``rate``, the sound
    is converted to the next that it has. What a decoder gives back is as long as what was put, and
    in the same place. ``path`` appears, or is replaced, when all is written. A LimelightWarning
    tells what the format did not hold. Raises BadInputError for what the format can't hold at all,
    or where there is no sound, UnavailableError where ``path`` can't be written.
    """
    path = Path(path)
    form = format_of(path)
    layout = _layout_for(path, form, layout, channels)
    with replacing(path) as draft:
        encoder = _Encoder(draft, path, form, form.rate(rate), layout, form.bits(bits), labels)
        with encoder.container:
            resampler = Resampler(channels, rate, encoder.rate) if encoder.rate != rate else None

            def put(block: Sound) -> None:
                if block.ndim != 2 or block.shape[0] != channels:
                    raise BadInputError(
                        f"sound of {channels} channels comes as ({channels}, n), not {block.shape}"
                    )
                if not np.isfinite(block.sum()) and not np.isfinite(block).all():
                    raise BadInputError(f"{path} can't be written: some samples are no numbers")
                encoder.encode(resampler.push(block) if resampler else block)

            yield put
            if resampler:
                encoder.encode(resampler.finish())
            encoder.finish()
        lost = labels.lost_in(_labels_of(draft))
    if lost:
        _warn(f"{path.suffix} has no place for {', '.join(lost)}; {path} is without")
    if encoder.clipped:
        _warn(f"{encoder.clipped:,} samples of {path} were louder than full scale and are clipped")
    if encoder.rate < rate:
        _warn(f"{path} has {encoder.rate} Hz, the most that {path.suffix} holds, not {rate} Hz")


def write(
    path: Path, samples: Sound, rate: int, *, bits: int = 24, labels: Labels = NO_LABELS
) -> None:
    """Write a whole recording (channels, n) of ``rate`` samples a second; see `create_sound`."""
    samples = np.asarray(samples, np.float32)
    if samples.ndim != 2:
        raise BadInputError(f"sound is written from (channels, n), not from {samples.shape}")
    with create_sound(path, rate, samples.shape[0], bits=bits, labels=labels) as put:
        for start in range(0, samples.shape[1], rate):
            put(samples[:, start : start + rate])


class _Encoder:
    """An opened container with one stream of sound."""

    def __init__(
        self,
        draft: Path,
        path: Path,
        form: Format,
        rate: int,
        layout: str,
        bits: int,
        labels: Labels,
    ) -> None:
        self._path, self.rate, self._layout = path, rate, layout
        codec, self._kind = form.codecs[bits]
        self._quantise = Quantiser(bits) if bits != FLOAT else None
        self._position = 0
        options = dict(form.options or {})
        if form.container == "mp4":
            options["movie_timescale"] = str(rate)  # so that the edit list is exact
        self.container = av.open(f"file:{draft}", "w", format=form.container, options=options)
        try:
            self._stream = self.container.add_stream(codec, rate=rate, layout=layout)
            context = self._stream.codec_context
            context.format = "fltp" if codec in ("aac", "libmp3lame") else self._kind
            if form.bit_rate:
                channels = context.layout.nb_channels
                context.bit_rate = int(form.bit_rate * channels * min(1, rate / FULL_RATE))
            write_labels(self.container, self._stream, labels)
        except BaseException:
            self.container.close()
            raise

    @property
    def clipped(self) -> int:
        """How many samples were too loud."""
        return self._quantise.clipped if self._quantise else 0

    def encode(self, block: Sound) -> None:
        """Write a block (channels, n)."""
        if not block.shape[-1]:
            return
        numbers = self._quantise(block) if self._quantise else block
        interleaved = np.ascontiguousarray(numbers.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(interleaved, self._kind, self._layout)
        frame.sample_rate, frame.time_base = self.rate, Fraction(1, self.rate)
        frame.pts = self._position
        self._position += block.shape[-1]
        self._mux(frame)

    def finish(self) -> None:
        """Write what the encoder holds back."""
        if not self._position:
            raise BadInputError(f"there is no sound to write to {self._path}")
        self._mux(None)

    def _mux(self, frame: Any) -> None:
        for packet in self._stream.encode(frame):
            self.container.mux(packet)


def _layout_for(path: Path, form: Format, layout: str | None, channels: int) -> str:
    """Choose the layout to write. Raises BadInputError where the format has none for it."""
    if layout is None or layout.endswith("channels"):  # a file that does not say which they are
        layout = natural_layout(channels)
    if form.layouts and layout not in form.layouts:
        named = layout if layout.endswith("channels") else f"{layout} ({channels} channels)"
        raise BadInputError(
            f"{path.suffix} can't hold {named}, as {path} would; "
            "write .wav, which holds any, or ask for 2 channels"
        )
    return layout


def _labels_of(draft: Path) -> Labels:
    with av.open(f"file:{draft}", metadata_errors="replace") as container:
        return read_labels(container, container.streams.audio[0])


def _warn(text: str) -> None:
    warnings.warn(text, LimelightWarning, stacklevel=4)
