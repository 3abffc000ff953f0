"""What each operation is for, against what was done to the sound."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import fftconvolve, resample_poly, sosfilt, welch

from limelight.audio.clicks import Clicks
from limelight.audio.clipping import Clipping
from limelight.audio.deess import Deess
from limelight.audio.dereverberate import Dereverberate
from limelight.audio.equalise import CENTRES, SPEECH, Equalise, bands
from limelight.audio.gate import Gate
from limelight.audio.hum import Hum
from limelight.audio.limiter import Limiter
from limelight.audio.loudness import measure
from limelight.audio.normalise import Normalise
from limelight.audio.rumble import Rumble
from limelight.audio.truepeak import envelope

SPEECH_FOLDER = Path(__file__).parents[2] / "../shared/data/speech"


@pytest.fixture(scope="module")
def speech():
    """Clean speech at 16 kHz, (1, n)."""
    path = SPEECH_FOLDER / "clean/p287_003.wav"
    if not path.exists():
        pytest.skip("the recordings of shared/data/speech are not here")
    import wave

    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    return (samples / 32768).astype(np.float32)[None]


def si_sdr(reference, estimate):
    reference, estimate = (np.ravel(x).astype(np.float64) for x in (reference, estimate))
    target = (estimate @ reference) / (reference @ reference) * reference
    return 10 * np.log10(np.sum(target**2) / np.sum((estimate - target) ** 2))


def power(samples, rate, frequency):
    """The level at a frequency in dB."""
    at = np.arange(samples.shape[-1]) / rate
    wave = np.exp(-2j * np.pi * frequency * at) * np.hanning(at.size)
    return 20 * np.log10(np.abs(samples @ wave).max() / at.size + 1e-12)


def tone(frequency, seconds, rate=16000, level=0.3):
    at = np.arange(int(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * frequency * at)).astype(np.float32)[None]


def test_rumble_goes_and_the_voice_stays():
    low, high = tone(8, 2), tone(200, 2)
    found = Rumble()(low + high + 0.2, 16000)
    assert np.abs(found.mean()) < 1e-3
    assert power(low, 16000, 8) - power(found, 16000, 8) > 30
    assert power(found, 16000, 200) == pytest.approx(power(high, 16000, 200), abs=0.1)


def test_an_offset_alone_leaves_nothing_at_the_beginning_either():
    assert np.abs(Rumble()(np.full((1, 8000), 0.5, np.float32), 16000)).max() < 1e-5


@pytest.mark.parametrize("mains", [50.02, 59.97])
def test_hum_is_found_and_taken_out_with_its_harmonics(speech, mains):
    at = np.arange(speech.shape[1]) / 16000
    levels = {1: 0.02, 2: 0.01, 3: 0.02, 5: 0.01, 9: 0.006}
    hum = sum(level * np.sin(2 * np.pi * k * mains * at + k) for k, level in levels.items())
    settled = Hum().surveyed([(speech + hum).astype(np.float32)], 16000)
    found = settled.frequencies
    for order in (1, 2, 3, 5):
        assert min(abs(at - order * mains) for at in found) < 0.15
    rest = settled(hum.astype(np.float32)[None], 16000)
    assert np.sum(rest**2) < 0.04 * np.sum(hum**2)
    assert np.sum(rest[:, :4000] ** 2) < 0.04 * np.sum(hum[:4000] ** 2)
    assert si_sdr(speech, settled(speech, 16000)) > 10


def test_what_has_no_hum_is_left_as_it_is(speech):
    assert Hum().surveyed([speech], 16000).frequencies == ()
    noise = np.random.default_rng(3).standard_normal((1, 80000)).astype(np.float32) * 0.1
    assert Hum().surveyed([noise], 16000).frequencies == ()
    np.testing.assert_array_equal(Hum()(noise, 16000), noise)


def test_another_frequency_of_hum_may_be_named():
    samples = tone(100 / 3, 9) + 0.01 * np.random.default_rng(1).standard_normal((1, 144000))
    samples = samples.astype(np.float32)
    assert Hum().surveyed([samples], 16000).frequencies == ()
    (found,) = Hum(33.3).surveyed([samples], 16000).frequencies
    assert found == pytest.approx(100 / 3, abs=0.05)


def test_clicks_are_repaired_and_what_had_none_stays(speech):
    generator = np.random.default_rng(5)
    clicked = speech.copy()
    for at in generator.integers(500, speech.shape[1] - 500, 60):
        length = generator.integers(1, 8)
        clicked[0, at : at + length] += generator.choice([-1, 1]) * generator.uniform(0.2, 0.6)
    repaired = Clicks()(clicked, 16000)
    assert si_sdr(speech, repaired) > si_sdr(speech, clicked) + 12
    assert si_sdr(speech, Clicks()(speech, 16000)) > 30


def test_a_gap_in_a_tone_is_filled_as_the_tone_goes_on():
    clean = tone(440, 1) + tone(1000, 1, level=0.1)
    clicked = clean.copy()
    clicked[0, 8000:8010] += 0.5
    assert np.abs(Clicks()(clicked, 16000) - clean).max() < 0.01


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_clipped_speech_comes_nearer_to_what_it_was(speech, share):
    speech = speech[:, :48000]
    level = share * np.abs(speech).max()
    clipped = np.clip(speech, -level, level)
    restored = Clipping()(clipped, 16000)
    assert si_sdr(speech, restored) > si_sdr(speech, clipped) + 5
    kept = np.abs(clipped) < 0.99 * level
    np.testing.assert_array_equal(restored[kept], clipped[kept])
    assert (np.abs(restored) >= np.abs(clipped) - 1e-6).all()


def test_what_was_not_clipped_is_left_as_it_is(speech):
    for samples in (speech, tone(440, 1), np.ones((1, 9000), np.float32)):
        np.testing.assert_array_equal(Clipping()(samples, 16000), samples)


def test_a_level_of_clipping_may_be_named(speech):
    level = float(0.4 * np.abs(speech).max())
    smeared = (np.clip(speech, -level, level) * 1.01).astype(np.float32)[:, :32000]
    restored = Clipping(level)(smeared, 16000)
    assert np.abs(restored).max() > 1.2 * level


def test_a_room_is_taken_out(speech):
    generator = np.random.default_rng(7)
    decay = np.exp(-6.9 * np.arange(12000) / 9600)
    room = generator.standard_normal(12000) * decay * 0.05
    room[:16] = 0
    room[0] = 1
    late = room.copy()
    late[:320] = 0
    near = fftconvolve(speech[0], room - late)[: speech.shape[1]]
    heard = fftconvolve(speech[0], room)[: speech.shape[1]].astype(np.float32)
    dry = Dereverberate()(heard[None], 16000)
    assert si_sdr(near, dry) > si_sdr(near, heard) + 1


def test_steady_noise_is_gated(speech):
    noise = np.random.default_rng(9).standard_normal(speech.shape)
    noise *= np.sqrt(np.mean(speech**2) / np.mean(noise**2)) * 10 ** (-5 / 20)
    noisy = (speech + noise).astype(np.float32)
    cleaned = Gate()(noisy, 16000)
    assert si_sdr(speech, cleaned) > si_sdr(speech, noisy) + 5
    hiss = noise.astype(np.float32)
    assert np.mean(Gate()(hiss, 16000) ** 2) < 0.07 * np.mean(hiss**2)


def test_the_balance_moves_towards_speech(speech):
    dull = sosfilt([[0.1, 0.1, 0, 1, -0.8, 0]], speech).astype(np.float32)
    target = np.array(SPEECH)

    def distance(samples):
        levels = bands([samples], 16000)
        inside = (CENTRES > 150) & (CENTRES < 5000)
        difference = levels[inside] - target[inside]
        return np.std(difference)

    assert distance(Equalise(strength=1.0, most=20.0)(dull, 16000)) < 0.4 * distance(dull)


def test_a_recording_may_be_the_target(speech, tmp_path):
    soundfile = pytest.importorskip("soundfile")
    soundfile.write(tmp_path / "reference.wav", speech[0], 16000)
    bright = np.diff(speech, prepend=0).astype(np.float32)
    target = Equalise(str(tmp_path / "reference.wav"), strength=1.0, most=24.0)
    wanted, found = bands([speech], 16000), bands([target(bright, 16000)], 16000)
    inside = (CENTRES > 150) & (CENTRES < 6000)
    assert np.std(wanted[inside] - found[inside]) < 2


def test_equalising_shifts_nothing(speech):
    even = Equalise(strength=0.0)
    np.testing.assert_allclose(even(speech, 16000), speech, atol=1e-5)


def test_an_s_is_softened_and_a_vowel_is_not():
    rate = 16000
    vowel = tone(220, 3) + tone(660, 3, level=0.1)
    hiss = np.random.default_rng(11).standard_normal((1, 3 * rate)) * 0.4
    sharp = np.zeros_like(vowel)
    sharp[:, 20000:23000] = sosfilt([[0.25, -0.5, 0.25, 1, 0.5, 0.3]], hiss[:, 20000:23000])
    samples = (vowel + sharp).astype(np.float32)
    found = Deess()(samples, rate)

    def above(part):
        frequencies, density = welch(part[0], rate, nperseg=512)
        return 10 * np.log10(density[frequencies > 5500].sum())

    assert 4 < above(samples[:, 20500:22500]) - above(found[:, 20500:22500]) < 8.5
    np.testing.assert_allclose(found[:, :16000], samples[:, :16000], atol=1e-3)


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    loud=st.floats(0.1, 50),
    ceiling=st.floats(-20, 0),
    rate=st.sampled_from([8000, 44100, 96000]),
    channels=st.integers(1, 2),
    kind=st.sampled_from(["noise", "bursts", "nyquist", "steps"]),
)
def test_no_peak_passes_the_limiter(seed, loud, ceiling, rate, channels, kind):
    generator = np.random.default_rng(seed)
    samples = generator.standard_normal((channels, 3000))
    if kind == "bursts":
        samples *= generator.random((channels, 3000)) > 0.99
    elif kind == "nyquist":
        samples = np.sign(samples) * np.tile([1, -1], 1500)
    elif kind == "steps":
        samples = np.sign(np.cumsum(samples, axis=-1))
    samples = (loud * samples).astype(np.float32)
    found = Limiter(ceiling)(samples, rate)
    highest = 20 * np.log10(envelope(found, rate).max())
    assert highest <= ceiling + 1e-4
    if rate < 96000:
        # Sixteen times denser, by another filter.
        dense = np.abs(resample_poly(found[:, 100:-100].astype(np.float64), 16, 1, axis=-1))
        assert 20 * np.log10(dense[:, 1600:-1600].max()) <= ceiling + 0.6


def test_what_is_below_the_ceiling_passes_untouched(speech):
    quiet = speech * np.float32(0.5 / np.abs(speech).max())
    np.testing.assert_array_equal(Limiter()(quiet, 16000), quiet)


def test_a_limiter_hears_ahead_and_lets_go():
    samples = tone(100, 2, level=0.5)
    samples[0, 16000] = 4.0
    found = Limiter(-1.0)(samples, 16000)
    np.testing.assert_array_equal(found[:, :15500], samples[:, :15500])
    np.testing.assert_allclose(found[:, 24000:], samples[:, 24000:], rtol=1e-3)
    assert found[0, 16000] == pytest.approx(10 ** (-1 / 20), rel=0.02)


@pytest.mark.parametrize("target", [-16.0, -14.0, -23.0])
def test_loudness_comes_out_as_asked(speech, target):
    found = measure([Normalise(target)(speech, 16000)], 16000)
    assert found.integrated == pytest.approx(target, abs=0.1)
    assert found.true_peak <= -1 + 1e-3
