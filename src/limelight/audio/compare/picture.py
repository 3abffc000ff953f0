"""Sound to look at: waveforms and spectrograms, one recording below the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal.windows import hann

from limelight.audio.operation import Sound
from limelight.errors import BadInputError
from limelight.extras import require
from limelight.media.whole import replacing

WIDTH, WAVE, SPECTRUM = 1200, 110, 240
LEFT, TITLE, GAP, FOOT = 64, 34, 10, 34
WINDOW_SECONDS = 0.04
RANGE_DB = 80
PAPER, INK, FAINT, WAVE_COLOUR = (255, 255, 255), (40, 40, 48), (215, 215, 222), (56, 88, 152)
# Dark to light with even steps of lightness, so that it reads without colour vision too.
ANCHORS = np.array(
    [[0, 0, 8], [60, 15, 110], [140, 41, 129], [222, 73, 104], [254, 159, 109], [252, 253, 191]]
)


@dataclass(frozen=True)
class Picture:
    """Recordings by title, (channels, n) at one rate, on the same scales of time and level."""

    recordings: Mapping[str, Sound]
    rate: int

    def draw(self) -> Any:
        """Give the picture as a Pillow image. Raises BadInputError where there is no sound."""
        image_of = require("PIL.Image", "audio", "drawing a picture")
        drawing = require("PIL.ImageDraw", "audio", "drawing a picture")
        font = require("PIL.ImageFont", "audio", "drawing a picture").load_default(15)
        monos = {title: samples.mean(axis=0) for title, samples in self.recordings.items()}
        longest = max((mono.size for mono in monos.values()), default=0)
        if not longest:
            raise BadInputError("there is no sound to draw")
        loudest = max(float(np.abs(mono).max(initial=0.0)) for mono in monos.values()) or 1.0
        levels = {title: self._spectrogram(mono, longest) for title, mono in monos.items()}
        top = max(float(level.max()) for level in levels.values())
        height = len(monos) * (TITLE + WAVE + GAP + SPECTRUM) + FOOT
        image = image_of.new("RGB", (LEFT + WIDTH + GAP, height), PAPER)
        pen = drawing.Draw(image)
        y = 0
        for title, mono in monos.items():
            pen.text((LEFT, y + 10), title, fill=INK, font=font)
            self._wave(pen, mono / loudest, longest, y + TITLE)
            y += TITLE + WAVE + GAP
            shades = _coloured((levels[title] - top) / RANGE_DB + 1)
            image.paste(image_of.fromarray(shades), (LEFT, y))
            self._frequencies(pen, font, y)
            y += SPECTRUM
        self._times(pen, font, longest / self.rate, y)
        return image

    def save(self, path: Path) -> None:
        """Write the picture, whole or not at all, in the format that ``path``'s suffix names.

        Raises BadInputError where that is no picture's, UnavailableError where it can't be written.
        """
        image = self.draw()
        with replacing(path) as draft:
            try:
                image.save(draft)
            except ValueError as error:
                raise BadInputError(f"{path} is not named as a picture; try .png") from error

    def _spectrogram(self, mono: Sound, longest: int) -> NDArray[np.float64]:
        """Levels in dB, (SPECTRUM, WIDTH): the highest frequency first, equal steps in hertz."""
        size = max(int(WINDOW_SECONDS * self.rate), 16)
        padded = np.pad(mono, (size // 2, longest - mono.size + size))
        starts = (np.arange(WIDTH) + 0.5) / WIDTH * longest
        views = np.lib.stride_tricks.sliding_window_view(padded, size)[starts.astype(int)]
        power = np.square(np.abs(rfft(views * hann(size), n=2 * max(size, SPECTRUM), axis=-1)))
        edges = np.linspace(0, power.shape[1] - 1, SPECTRUM + 1).astype(int)
        rows = np.maximum.reduceat(power, edges[:-1], axis=1).T[::-1]
        return np.asarray(10 * np.log10(rows + 1e-12))

    def _wave(self, pen: Any, mono: Sound, longest: int, y: int) -> None:
        edges = np.linspace(0, longest, WIDTH + 1).astype(int)
        middle = y + WAVE / 2
        pen.line([(LEFT, middle), (LEFT + WIDTH, middle)], fill=FAINT)
        ends = np.maximum(edges[1:], edges[:-1] + 1)
        for x, (start, end) in enumerate(zip(edges[:-1], ends, strict=True)):
            piece = mono[start:end]
            if piece.size:
                low, high = (middle - WAVE / 2 * level for level in (piece.min(), piece.max()))
                pen.line([(LEFT + x, high), (LEFT + x, low)], fill=WAVE_COLOUR)

    def _frequencies(self, pen: Any, font: Any, y: int) -> None:
        highest = self.rate / 2
        step = _step(highest, 4)
        for hertz in np.arange(0, highest, step):
            at = y + SPECTRUM * (1 - hertz / highest)
            label = f"{hertz / 1000:g} kHz"
            pen.text((LEFT - 8, at), label, fill=INK, font=font, anchor="rs")
            pen.line([(LEFT - 5, at), (LEFT, at)], fill=INK)

    def _times(self, pen: Any, font: Any, seconds: float, y: int) -> None:
        for second in np.arange(0, seconds, _step(seconds, 10)):
            x = LEFT + WIDTH * second / seconds
            pen.line([(x, y), (x, y + 5)], fill=INK)
            pen.text((x, y + 8), f"{second:g} s", fill=INK, font=font, anchor="lt")


def _coloured(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Colours (rows, columns, 3) of numbers from 0 to 1."""
    places = np.clip(shares, 0, 1) * (len(ANCHORS) - 1)
    known = np.arange(len(ANCHORS))
    channels = [np.interp(places, known, anchor) for anchor in ANCHORS.T]
    return np.stack(channels, axis=-1).astype(np.uint8)


def _step(span: float, most: int) -> float:
    """The round distance, 1, 2 or 5 times a power of ten, of which at most ``most`` fit."""
    rough = span / most
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= rough))
