"""Loudness against the figures of EBU Tech 3341 and 3342, FFmpeg's ebur128 and pyloudnorm."""

import math

import numpy as np
import pytest
from scipy.signal import lfilter

from limelight.audio.loudness import measure
from limelight.audio.truepeak import envelope, envelopes


def tone(level, seconds, rate=48000, frequency=1000, channels=2):
    at = np.arange(int(seconds * rate)) / rate
    wave = 10 ** (level / 20) * np.sin(2 * np.pi * frequency * at)
    return np.tile(wave.astype(np.float32), (channels, 1))


def programme(rate, channels, seconds=8):
    """Noise that swells and fades, each channel its own, with a step and a silence within."""
    noise = np.random.default_rng(channels).standard_normal((channels, seconds * rate))
    noise = lfilter([0.05], [1, -0.95], noise)
    at = np.arange(noise.shape[1]) / rate
    swell = 0.1 + np.square(np.sin(at * np.pi / seconds * 3))
    swell[(at > seconds / 2) & (at < seconds / 2 + 1)] = 0
    swell *= np.minimum(1, np.minimum(at, seconds - at) * 10)
    return (noise * swell).astype(np.float32)


def ffmpeg(samples, rate, layout):
    """What FFmpeg's filter says: integrated, range, true peak."""
    av = pytest.importorskip("av")
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=rate, format="fltp", layout=layout, time_base=f"1/{rate}"
    )
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
    frame.sample_rate = rate
    graph.push(frame)
    graph.push(None)
    last = None
    while True:
        try:
            last = dict(graph.pull().metadata)
        except (av.BlockingIOError, av.EOFError):
            break
    peaks = [float(value) for name, value in last.items() if "true_peaks_ch" in name]
    return (
        float(last["lavfi.r128.I"]),
        float(last["lavfi.r128.LRA"]),
        20 * math.log10(max(peaks)),
    )


@pytest.mark.parametrize(
    ("level", "expected"), [(-23.0, -23.0), (-33.0, -33.0)], ids=["3341-1", "3341-2"]
)
def test_a_tone_of_the_standard_measures_what_it_says(level, expected):
    assert measure([tone(level, 5)], 48000).integrated == pytest.approx(expected, abs=0.1)


def test_soft_parts_are_gated_as_in_3341_3():
    parts = [tone(-36, 2, 16000), tone(-23, 12, 16000), tone(-36, 2, 16000)]
    assert measure(parts, 16000).integrated == pytest.approx(-23, abs=0.1)


def test_surround_channels_count_as_in_3341_6():
    levels = np.array([-28, -28, -24, -np.inf, -30, -30])[:, None]
    wave = tone(0, 5, channels=1)
    samples = (10 ** (levels / 20) * wave).astype(np.float32)
    assert measure([samples], 48000).integrated == pytest.approx(-23, abs=0.1)


def test_the_range_of_two_levels_is_their_distance_as_in_3342_1():
    assert measure([tone(-20, 20, 8000), tone(-30, 20, 8000)], 8000).range == pytest.approx(
        10, abs=1
    )


@pytest.mark.parametrize(("phase", "level"), [(0, -6), (45, -6), (60, -6)])
def test_peaks_between_samples_are_seen_as_in_3341_15(phase, level):
    at = np.arange(48000)
    wave = 0.5 * np.sin(2 * np.pi * at / 4 + np.radians(phase)) * np.hanning(at.size)
    found = measure([wave[None].astype(np.float32)], 48000).true_peak
    assert level - 0.4 <= found <= level + 0.2


@pytest.mark.parametrize(
    ("rate", "layout", "channels"),
    [(48000, "stereo", 2), (44100, "mono", 1), (8000, "stereo", 2), (48000, "5.1", 6)],
)
def test_ffmpeg_measures_the_same(rate, layout, channels):
    samples = programme(rate, channels)
    integrated, spread, peak = ffmpeg(samples, rate, layout)
    found = measure([samples], rate)
    assert found.integrated == pytest.approx(integrated, abs=0.1)
    assert found.range == pytest.approx(spread, abs=1)  # what EBU Tech 3342 allows
    assert found.true_peak == pytest.approx(peak, abs=0.2)


def test_pyloudnorm_measures_the_same():
    pyloudnorm = pytest.importorskip("pyloudnorm")
    samples = programme(48000, 2)
    meter = pyloudnorm.Meter(48000, filter_class="DeMan")
    expected = meter.integrated_loudness(samples.T.astype(np.float64))
    assert measure([samples], 48000).integrated == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(("size", "rate", "seconds"), [(7, 4000, 1), (777, 11025, 4)])
def test_blocks_of_any_length_measure_the_same(size, rate, seconds):
    samples = programme(rate, 2, seconds)
    blocks = [samples[:, start : start + size] for start in range(0, samples.shape[1], size)]
    whole, pieces = measure([samples], rate), measure(blocks, rate)
    assert pieces.integrated == pytest.approx(whole.integrated, abs=1e-6)
    assert pieces.range == pytest.approx(whole.range, abs=1e-6)
    assert pieces.true_peak == pytest.approx(whole.true_peak, abs=1e-4)


def test_envelopes_in_blocks_are_the_whole_envelope():
    samples = programme(8000, 2, seconds=1)
    blocks = [samples[:, :5], samples[:, 5:40], samples[:, 40:41], samples[:, 41:]]
    pieces = np.concatenate(list(envelopes(blocks, 8000)), axis=-1)
    np.testing.assert_allclose(pieces, envelope(samples, 8000), atol=1e-6)


@pytest.mark.parametrize("blocks", [[], [np.zeros((2, 0), np.float32)], [np.zeros((1, 99999))]])
def test_silence_and_nothing_are_infinitely_soft(blocks):
    found = measure(blocks, 8000)
    assert (found.integrated, found.range, found.true_peak) == (-math.inf, 0.0, -math.inf)


def test_a_sound_shorter_than_a_block_is_measured_as_long_as_it_is():
    assert measure([tone(-23, 0.2)], 48000).integrated == pytest.approx(-23, abs=0.3)
