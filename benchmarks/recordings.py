"""Recordings for the benchmarks of sound: real pairs, and mixes with known parts.

Pairs are read from $LIMELIGHT_DATA (default ../shared/data). Speech at 48 kHz, speech and music at
8 kHz are Debian's packages alsa-utils, asterisk-core-sounds-en-wav and asterisk-moh-opsound-wav,
read from $LIMELIGHT_SOUNDS (default /usr/share), where they lie when they are installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import lfilter

from limelight.audio.operation import Sound

DATA = Path(os.environ.get("LIMELIGHT_DATA", Path(__file__).parents[2] / "shared" / "data"))
SOUNDS = Path(os.environ.get("LIMELIGHT_SOUNDS", "/usr/share"))
WORDS = ("Front_Center", "Front_Left", "Front_Right")
WORDS += ("Rear_Center", "Rear_Left", "Rear_Right", "Side_Left")
LEVELS = (0, 5, 10)


@dataclass(frozen=True)
class Pair:
    """A recording and what it should sound like, (1, n) each."""

    name: str
    rate: int
    clean: Sound
    noisy: Sound

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.clean.shape[-1] / self.rate


def wave(path: Path) -> tuple[Sound, int]:
    """Read a WAV file of 16 bits and one channel."""
    rate, samples = wavfile.read(path)
    return (samples[None] / 32768).astype(np.float32), rate


def pairs() -> list[Pair]:
    """The pairs of VoiceBank-DEMAND, 16 kHz."""
    found = []
    for clean in sorted((DATA / "speech" / "clean").glob("*.wav")):
        samples, rate = wave(clean)
        noisy, _ = wave(DATA / "speech" / "noisy" / clean.name)
        found.append(Pair(clean.stem, rate, samples, noisy))
    return found


def packaged_speech() -> tuple[Sound, int]:
    """One voice's words one after the other, 48 kHz."""
    words = [wave(SOUNDS / "sounds" / "alsa" / f"{word}.wav") for word in WORDS]
    return np.concatenate([samples for samples, _ in words], axis=-1), words[0][1]


def noises(n: int) -> Iterator[tuple[str, Sound]]:
    """Three noises of ``n`` samples: hiss, the rumble of traffic, six voices at once."""
    rng = np.random.default_rng(0)
    yield "hiss", rng.standard_normal((1, n)).astype(np.float32)
    brown = lfilter([1], [1, -0.999], rng.standard_normal((1, n)))
    yield "rumble", brown.astype(np.float32)
    voice, rate = packaged_speech()
    voices = [np.roll(voice, int(rate * seconds), axis=-1) for seconds in rng.uniform(0.5, 6, 6)]
    yield "babble", np.resize(np.sum(voices, axis=0)[:, ::-1], (1, n)).astype(np.float32)


def mixed(clean: Sound, noise: Sound, decibels: float) -> Sound:
    """Add ``noise``, so much softer than ``clean`` on the whole."""
    gain = np.sqrt(np.square(clean).mean() / np.square(noise).mean()) * 10 ** (-decibels / 20)
    return clean + np.float32(gain) * noise


def mixes() -> list[Pair]:
    """The packaged speech with three noises at three levels."""
    clean, rate = packaged_speech()
    return [
        Pair(f"{name} at {level} dB", rate, clean, mixed(clean, noise, level))
        for name, noise in noises(clean.shape[-1])
        for level in LEVELS
    ]


def speech_in_music(seconds: int = 8) -> list[Pair]:
    """The packaged announcements over three pieces of music at three levels, 8 kHz."""
    asterisk = SOUNDS / "asterisk"
    voice, rate = wave(asterisk / "sounds" / "en_US_f_Allison" / "demo-instruct.wav")
    songs = sorted((asterisk / "moh").glob("*.wav"))[:3]
    n = seconds * rate
    found = []
    for number, song in enumerate(songs):
        music, _ = wave(song)
        clean, part = voice[:, number * n : (number + 1) * n], music[:, 20 * rate : 20 * rate + n]
        found += [
            Pair(f"{song.stem} at {level} dB", rate, clean, mixed(clean, part, level))
            for level in (-5, 0, 5)
        ]
    return found
