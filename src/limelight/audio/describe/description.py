"""What is heard in a recording, in one pass over it and in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limelight.audio.describe.key import Key, KeyListener
from limelight.audio.describe.music import Music, MusicListener, Tagger
from limelight.audio.describe.pitch import Pitch, PitchListener
from limelight.audio.describe.silence import Silence, SilenceListener
from limelight.audio.describe.spectrogram import RATE, Floats, LogMel
from limelight.audio.describe.speech import Speech, SpeechListener
from limelight.audio.describe.tempo import Tempo, TempoListener
from limelight.audio.loudness import Loudness, measure
from limelight.audio.operation import Sound
from limelight.audio.reading import open_sound
from limelight.errors import BadInputError
from limelight.extras import require
from limelight.progress import Progress, silent

SURE_TEMPO = 0.2
SURE_KEY = 0.1
"""Confidences below which a tempo or a key is not told of a title."""
MOSTLY = 0.5
DIGITS = 4


@dataclass(frozen=True)
class Description:
    """What is heard in a recording; None where there is no such thing in it."""

    seconds: float
    loudness: Loudness
    silence: Silence
    speech: Speech
    pitch: Pitch | None
    tempo: Tempo | None
    key: Key | None
    music: Music | None
    """None too where nobody gave a Tagger."""

    def attributes(self) -> dict[str, Any]:
        """Give what titles are compared by, and the measures, as attributes of the catalogue.

        - ``sound``: the embedding, a vector of features
        - ``sound_tags``: the likeliest tags of the music, or "speech"
        - ``musical_key``: such as "A minor", where there is a clear one
        - ``sound_measures``: an object of numbers, to read and not to compare titles by
        """
        found: dict[str, Any] = {"sound_measures": self._measures()}
        if self.music is not None:
            found["sound"] = [_rounded(float(value)) for value in self.music.embedding]
            found["sound_tags"] = self.words()
        if self.key is not None and self.key.confidence >= SURE_KEY:
            found["musical_key"] = str(self.key)
        return found

    def words(self) -> list[str]:
        """Say what it is in a few words: tags of music, unless most of it is speech.

        musicnn has no word for speech, and finds techno in it.
        """
        if self.speech.share > MOSTLY:
            return ["speech"]
        return [] if self.music is None else self.music.words()

    def _measures(self) -> dict[str, float]:
        measures = {
            "seconds": self.seconds,
            "loudness": self.loudness.integrated,
            "loudness_range": self.loudness.range,
            "true_peak": self.loudness.true_peak,
            "speech_share": self.speech.share,
            "silence_share": self.silence.share,
        }
        if self.tempo is not None and self.tempo.confidence >= SURE_TEMPO:
            measures["tempo"] = self.tempo.beats_per_minute
        if self.pitch is not None:
            measures["pitch"] = self.pitch.median
            measures["voiced_share"] = self.pitch.voiced
        return {name: _rounded(value) for name, value in measures.items() if math.isfinite(value)}

    def facts(self) -> dict[str, Any]:
        """Give everything as numbers, words and lists that JSON can say; null for an infinity."""
        found: dict[str, Any] = asdict(self)
        found["loudness"] = {
            name: value if math.isfinite(value) else None
            for name, value in found["loudness"].items()
        }
        if self.music is not None:
            found["music"] = {
                "words": self.words(),
                "tags": dict(self.music.tags),
                "embedding": self.music.embedding.tolist(),
            }
        return found


def describe(blocks: Iterable[Sound], rate: int, tagger: Tagger | None = None) -> Description:
    """Describe a recording that comes in blocks (channels, n), of any lengths, in one pass.

    Pitch, tempo, key, speech and music are heard in the mean of all channels at 16 kHz. Without
    ``tagger`` there is no music. Raises BadInputError for a recording without a sample,
    MissingExtraError where a part is not installed.
    """
    ears = _Ears(rate, tagger)
    loudness = measure(ears.heard(blocks), rate)
    return ears.description(loudness)


def describe_file(
    path: Path, tagger: Tagger | None = None, progress: Progress = silent
) -> Description:
    """Describe the sound of a file. Raises what ``open_sound`` and ``describe`` raise."""
    with open_sound(path) as sound:

        def followed() -> Iterator[Sound]:
            done = 0
            for block in sound.blocks():
                yield block
                done += block.shape[-1]
                progress(done / sound.rate, sound.seconds, f"listening to {path.name}")

        try:
            return describe(followed(), sound.rate, tagger)
        except BadInputError as error:
            raise BadInputError(f"{path}: {error}") from error


class _Ears:
    """All listeners, at their rates."""

    def __init__(self, rate: int, tagger: Tagger | None) -> None:
        soxr = require("soxr", "audio", "Describing sound")
        self._rate = rate
        self._n_samples = 0
        self._resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ")
        self._mels = LogMel()
        self._silence = SilenceListener(rate)
        self._speech, self._pitch, self._key = SpeechListener(), PitchListener(), KeyListener()
        self._tempo = TempoListener()
        self._music = None if tagger is None else MusicListener(tagger)

    def heard(self, blocks: Iterable[Sound]) -> Iterator[Sound]:
        """Give the blocks on while hearing them."""
        for block in blocks:
            self._n_samples += block.shape[-1]
            self._silence.hear(block)
            self._hear(block.mean(axis=0, dtype=np.float32), last=False)
            yield block

    def description(self, loudness: Loudness) -> Description:
        """End, and tell what was heard."""
        if not self._n_samples:
            raise BadInputError("there is no sound in it")
        self._hear(np.zeros(0, np.float32), last=True)
        self._hear_mels(self._mels.finish())
        return Description(
            seconds=self._n_samples / self._rate,
            loudness=loudness,
            silence=self._silence.finish(),
            speech=self._speech.finish(),
            pitch=self._pitch.finish(),
            tempo=self._tempo.finish(),
            key=self._key.finish(),
            music=None if self._music is None else self._music.finish(),
        )

    def _hear(self, mono: Floats, *, last: bool) -> None:
        samples: Floats = self._resampler.resample_chunk(mono, last=last)
        for listener in (self._speech, self._pitch, self._key):
            listener.hear(samples)
        self._hear_mels(self._mels.push(samples))

    def _hear_mels(self, mels: Floats) -> None:
        self._tempo.hear(mels)
        if self._music is not None:
            self._music.hear(mels)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
