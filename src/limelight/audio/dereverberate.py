"""The room taken out of a voice: weighted prediction error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.signal import istft, stft

from limelight.audio.chunks import overlapped
from limelight.audio.operation import Sound
from limelight.audio.streamed import Streamed, within
from limelight.extras import require

WINDOW_SECONDS = 0.032
OVERLAP = 4
DELAY = 3  # hops: what comes within 24 ms is the voice itself, and early reflections that help it
ITERATIONS = 3
LEAST_SECONDS = 1.0
EMPTY = 1e-12  # of the loudest frequency's power


@dataclass(frozen=True)
class Dereverberate(Streamed):
    """WPE: what can be predicted from 24 ms ago and before is reverberation, and is subtracted.

    Nakatani et al. (2010), as in NARA-WPE (Drude et al. 2018). Each channel and frequency has its
    own filter of ``taps`` hops of 8 ms, found anew every 10 s with 2 s more on both sides, faded
    over: that is what it does, however a recording is cut into blocks. It is meant for voices:
    tones that are held are predictable too, and fade. Less than a second stays as it is. Raises
    BadInputError for taps outside 1 to 60.
    """

    name: ClassVar[str] = "dereverberate"
    margin_seconds: ClassVar[int] = 2
    taps: int = 20

    def __post_init__(self) -> None:
        """Check the setting."""
        within("taps", self.taps, 1, 60)

    def stream(self, blocks: Iterable[Sound], rate: int) -> Iterator[Sound]:
        """Work on a recording that comes in blocks (channels, n), of any lengths."""
        chunk, margin = self.chunk_seconds * rate, self.margin_seconds * rate
        return overlapped(lambda piece: self._piece(piece, rate), blocks, chunk, margin)

    def _piece(self, samples: Sound, rate: int) -> Sound:
        """Dereverberate one piece (channels, n) with one filter each."""
        n = samples.shape[-1]
        if n < LEAST_SECONDS * rate:
            return samples.copy()
        wpe = require("nara_wpe.wpe", "audio", "dereverberation").wpe_v8
        hop = round(WINDOW_SECONDS * rate / OVERLAP)
        framing = {"fs": rate, "nperseg": OVERLAP * hop, "noverlap": (OVERLAP - 1) * hop}
        found = np.empty_like(samples)
        for channel, dry in zip(samples, found, strict=True):
            spectra = stft(channel, **framing)[2].astype(np.complex128)
            power = np.square(np.abs(spectra)).mean(axis=-1)
            heard = power > EMPTY * power.max()
            late_free = wpe(
                spectra[heard, None], taps=self.taps, delay=DELAY, iterations=ITERATIONS
            )[:, 0]
            spectra[heard] = np.where(np.isfinite(late_free), late_free, spectra[heard])
            dry[:] = istft(spectra, **framing)[1][:n]
        return found
