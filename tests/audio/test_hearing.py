"""Each listener on sounds whose answer is known; in blocks of any lengths, and never growing."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.audio.describe.key import TONICS, Key, KeyListener
from limelight.audio.describe.pitch import Pitch, PitchListener
from limelight.audio.describe.silence import Silence, SilenceListener
from limelight.audio.describe.spectrogram import RATE, Floats, Frames, LogMel
from limelight.audio.describe.tempo import Tempo, TempoListener

RANDOM = np.random.default_rng(0)
NOISE = (0.1 * RANDOM.standard_normal(12 * RATE)).astype(np.float32)
MAJOR = [(0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16), (5, 9, 12), (7, 11, 14), (0, 4, 7)]
MINOR = [(0, 3, 7), (5, 8, 12), (7, 11, 14), (8, 12, 15), (5, 8, 12), (7, 11, 14), (0, 3, 7)]


def drums(beats_per_minute: float, seconds: float) -> Floats:
    """A kick on odd and a snare on even beats, a hat on every half."""
    n, t = int(seconds * RATE), np.arange(int(0.15 * RATE)) / RATE
    random = np.random.default_rng(1)
    kick = np.sin(2 * np.pi * (60 + 100 * np.exp(-40 * t)) * t) * np.exp(-25 * t)
    snare = 0.6 * random.standard_normal(len(t)) * np.exp(-30 * t)
    hat = 0.2 * np.diff(random.standard_normal(len(t) + 1)) * np.exp(-120 * t)
    sound = np.zeros(n + RATE)
    half = 30 / beats_per_minute * RATE
    for place in range(int(n / half)):
        at = slice(int(place * half), int(place * half) + len(t))
        sound[at] += hat + (kick if place % 4 == 0 else snare if place % 4 == 2 else 0)
    return (0.5 * sound[:n]).astype(np.float32)


def tone(hertz: float, seconds: float) -> Floats:
    t = np.arange(int(seconds * RATE)) / RATE
    return sum(
        0.2 * 0.7**k * np.sin(2 * np.pi * hertz * k * t) for k in range(1, 7) if hertz * k < 7500
    ).astype(np.float32)


def cadence(tonic: int, chords: list[tuple[int, ...]], a4: float = 440) -> Floats:
    """Chords with their root in the bass, half a second each."""

    def note(semitones: int) -> Floats:
        return tone(a4 * 2 ** ((48 + tonic + semitones - 69) / 12), 0.5)

    sound = [sum(note(12 + step) for step in chord) + note(chord[0] - 12) for chord in chords]
    return (0.2 * np.concatenate(sound)).astype(np.float32)


def tempo_of(samples: Floats) -> Tempo | None:
    mels, listener = LogMel(), TempoListener()
    listener.hear(mels.push(samples))
    listener.hear(mels.finish())
    return listener.finish()


def key_of(samples: Floats) -> Key | None:
    listener = KeyListener()
    listener.hear(samples)
    return listener.finish()


def pitch_of(samples: Floats) -> Pitch | None:
    listener = PitchListener()
    listener.hear(samples)
    return listener.finish()


def silence_of(samples: Floats, rate: int) -> Silence:
    listener = SilenceListener(rate)
    listener.hear(samples)
    return listener.finish()


@pytest.mark.parametrize("beats_per_minute", [97.3, 110, 128, 140])
def test_tempo_of_drums(beats_per_minute: float) -> None:
    found = tempo_of(drums(beats_per_minute, 10))
    assert found is not None
    assert found.beats_per_minute == pytest.approx(beats_per_minute, rel=0.005)
    assert found.confidence > 0.5


@pytest.mark.parametrize("beats_per_minute", [60, 85, 174])
def test_what_is_very_slow_or_fast_is_right_but_for_a_factor_of_two(
    beats_per_minute: float,
) -> None:
    found = tempo_of(drums(beats_per_minute, 20))
    assert found is not None
    octaves = np.log2(found.beats_per_minute / beats_per_minute)
    assert abs(octaves - round(octaves)) < 0.01
    assert abs(octaves) < 1.01


def test_noise_has_no_beat_and_a_moment_no_tempo() -> None:
    found = tempo_of(NOISE)
    assert found is None or found.confidence < 0.2
    assert tempo_of(np.zeros(5 * RATE, np.float32)) is None
    assert tempo_of(NOISE[: RATE // 4]) is None


@pytest.mark.parametrize(("mode", "chords"), [("major", MAJOR), ("minor", MINOR)])
@pytest.mark.parametrize("tonic", [0, 3, 7, 10])
def test_key_of_a_cadence(tonic: int, mode: str, chords: list[tuple[int, ...]]) -> None:
    found = key_of(cadence(tonic, chords))
    assert found is not None
    assert str(found) == f"{TONICS[tonic]} {mode}"
    assert found.confidence > 0.1


def test_key_of_an_orchestra_that_tunes_low() -> None:
    assert str(key_of(cadence(9, MINOR, a4=432))) == "A minor"


def test_noise_and_silence_have_no_key() -> None:
    assert key_of(NOISE) is None
    assert key_of(np.zeros(RATE, np.float32)) is None


def test_pitch_of_tones() -> None:
    sound = np.concatenate([tone(220, 3), np.zeros(2 * RATE, np.float32), tone(110, 1)])
    found = pitch_of(sound)
    assert found is not None
    assert found.median == pytest.approx(220, rel=0.01)
    assert found.low == pytest.approx(110, rel=0.02)
    assert found.high == pytest.approx(220, rel=0.02)
    assert found.voiced == pytest.approx(4 / 6, abs=0.05)
    assert pitch_of(np.zeros(RATE, np.float32)) is None


def test_silences_to_the_twentieth_of_a_second() -> None:
    rate, loud = 1000, 0.1
    sound = np.zeros((2, 10 * rate), np.float32)
    sound[1, 1000:4000] = loud  # one channel is enough
    sound[:, 7000:9500] = loud
    sound[0, 8000:8500] = sound[1, 8000:8500] = 0
    assert silence_of(sound, rate) == Silence(share=0.5, longest=3.0, beginning=1.0, end=0.5)
    assert silence_of(sound[:, 1000:4000], rate) == Silence(0, 0, 0, 0)
    assert silence_of(sound[:, :1000], rate) == Silence(1, 1, 1, 1)
    hiss = np.full((1, rate), 10 ** (-61 / 20), np.float32)
    assert silence_of(hiss, rate).share == 1
    assert silence_of(hiss * 1.3, rate).share == 0


def test_the_spectrogram_is_librosas() -> None:
    """The expected numbers are of librosa 0.11.0, with zeros beyond the ends."""
    t = np.arange(8000) / RATE
    sweep = 0.4 * np.sin(2 * np.pi * (200 * t + 1500 * t * t)) + 0.05 * np.cos(2 * np.pi * 5000 * t)
    mels = LogMel()
    found = np.concatenate([mels.push(sweep.astype(np.float32)), mels.finish()])
    assert found.shape == (32, 96)
    frames, bands = [0, 0, 10, 10, 20, 31, 31], [4, 60, 10, 81, 30, 60, 95]
    told = [4.783577, 0.0766875, 0.0172753, 3.4074988, 0.4262194, 1.7678585, 0.1652592]
    assert found[frames, bands] == pytest.approx(told, abs=2e-4)
    assert found.mean() == pytest.approx(0.52235407, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3000), max_size=8))
def test_frames_do_not_depend_on_the_blocks(lengths: list[int]) -> None:
    edges = [*np.minimum(np.cumsum(lengths), 9000).tolist(), 9000]
    cut, whole = Frames(512, 256, before=256), Frames(512, 256, before=256)
    pieces = np.split(NOISE[:9000], edges[:-1])
    assert np.array_equal(
        np.concatenate([cut.push(piece) for piece in pieces]), whole.push(NOISE[:9000])
    )


@pytest.mark.parametrize("make", [lambda: SilenceListener(RATE), KeyListener, TempoListener])
def test_a_longer_recording_needs_no_more_memory(make: Callable[[], Any]) -> None:
    listener, mels = make(), LogMel()
    sizes = []
    for _ in range(3):
        for start in range(0, 20 * RATE, RATE):
            block = np.roll(NOISE, start)[:RATE]
            if isinstance(listener, TempoListener):
                block = mels.push(block)
            listener.hear(block[None] if isinstance(listener, SilenceListener) else block)
        sizes.append(len(pickle.dumps(listener)))
    assert max(sizes) - sizes[0] < 40_000, "what is held varies by less than a frame or a stretch"
