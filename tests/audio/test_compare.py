from pathlib import Path

import numpy as np
import pytest

from limelight.audio.compare import Picture, compare
from limelight.audio.compare.alignment import delay
from limelight.audio.compare.measures import UnmeasuredError, pesq, si_sdr, stoi
from limelight.errors import BadInputError

SPEECH = Path(__file__).parents[2] / "../shared/data/speech"
RNG = np.random.default_rng(0)


def recording(kind, number=1):
    """One of VoiceBank-DEMAND's pairs, (1, n) at 16 kHz."""
    path = SPEECH / kind / f"p287_00{number}.wav"
    if not path.is_file():
        pytest.skip("../shared/data/speech is not here")
    from scipy.io import wavfile

    rate, samples = wavfile.read(path)
    assert rate == 16_000
    return (samples / 32768).astype(np.float32)[None]


def test_si_sdr_is_the_ratio_that_was_mixed():
    target = RNG.standard_normal((2, 4000))
    noise = RNG.standard_normal((2, 4000))
    target -= target.mean()
    noise -= noise.mean()
    noise -= target * np.vdot(noise, target) / np.vdot(target, target)
    noise *= np.linalg.norm(target) / np.linalg.norm(noise) / 10
    assert si_sdr(target, target + noise) == pytest.approx(20, abs=1e-9)
    assert si_sdr(target, -3 * (target + noise) + 1) == pytest.approx(20, abs=1e-9)
    assert si_sdr(target, 0.5 * target) > 200


def test_nothing_is_said_of_silence():
    silence, sound = np.zeros((1, 16_000), np.float32), RNG.standard_normal((1, 16_000))
    assert "reference is silent" in compare(silence, sound, 16_000).unmeasured["si_sdr"]
    found = compare(sound, silence, 16_000)
    assert found.unmeasured["si_sdr"] == "the estimate is silent"
    assert found.unmeasured["dnsmos"] == "there is only silence"
    assert (found.si_sdr, found.pesq, found.stoi, found.dnsmos) == (None, None, None, None)


@pytest.mark.parametrize("late", [0, 1, 37, -250, 3999])
def test_delays_are_found(late):
    sound = RNG.standard_normal(20_000).astype(np.float32)
    other = np.concatenate([np.zeros(late), sound]) if late >= 0 else sound[-late:]
    assert delay(sound, other + 0.1 * RNG.standard_normal(other.size), 8000) == late


def test_a_late_copy_is_as_good_as_the_original():
    sound = recording("clean")
    late = np.concatenate([np.zeros((1, 480), np.float32), sound], axis=1)
    found = compare(sound, late, 16_000)
    assert found.delay_seconds == 0.03
    assert found.si_sdr > 100
    assert found.stoi == pytest.approx(1, abs=1e-6)


def test_noise_is_heard_by_every_measure():
    clean, noisy = recording("clean", 2), recording("noisy", 2)
    found, perfect = compare(clean, noisy, 16_000), compare(clean, clean, 16_000)
    assert found.delay_seconds == 0
    assert found.si_sdr < 20
    assert found.stoi < perfect.stoi
    assert found.estoi < found.stoi
    assert found.dnsmos.overall < perfect.dnsmos.overall - 0.3
    assert found.dnsmos.background < perfect.dnsmos.background - 0.3
    if "pesq" not in found.unmeasured:
        assert 1 < found.pesq < perfect.pesq
        assert perfect.pesq == pytest.approx(4.64, abs=0.01)


@pytest.mark.parametrize(
    ("number", "overall", "speech", "background"),
    [
        (1, 2.36815, 3.33366, 2.61835),
        (2, 1.25625, 1.43620, 1.05623),
        (3, 1.91722, 3.07860, 1.91201),
    ],
)
def test_listeners_are_predicted_as_by_the_networks_makers(number, overall, speech, background):
    """The numbers are those of speechmos 0.0.1.1's own ``dnsmos.run``."""
    found = compare(None, recording("noisy", number), 16_000)
    assert found.dnsmos.overall == pytest.approx(overall, abs=1e-3)
    assert found.dnsmos.speech == pytest.approx(speech, abs=1e-3)
    assert found.dnsmos.background == pytest.approx(background, abs=1e-3)
    assert (found.si_sdr, found.delay_seconds) == (None, None)


def test_what_cannot_be_measured_says_why():
    short = RNG.standard_normal(3000).astype(np.float32)
    with pytest.raises(UnmeasuredError, match=r"less than 0\.4 s"):
        stoi(short, short, 16_000)
    pytest.importorskip("pesq")
    with pytest.raises(UnmeasuredError):
        pesq(short, short, 16_000)


def test_what_cannot_be_compared_is_refused():
    mono, stereo = np.ones((1, 100), np.float32), np.ones((2, 100), np.float32)
    with pytest.raises(BadInputError, match="2 channels and the estimate 1"):
        compare(stereo, mono, 8000)
    with pytest.raises(BadInputError, match="no sound"):
        compare(None, mono[:, :0], 8000)


def test_a_picture_shows_where_the_sound_is(tmp_path):
    image = pytest.importorskip("PIL.Image")
    rate = 8000
    t = np.arange(2 * rate) / rate
    tone = (0.5 * np.sin(2 * np.pi * 1000 * t) * (t < 1)).astype(np.float32)[None]
    path = tmp_path / "picture.png"
    Picture({"before": tone, "after": tone / 2}, rate).save(path)
    with image.open(path) as opened:
        pixels = np.asarray(opened.convert("L"), float)
    assert pixels.shape == (2 * (34 + 110 + 10 + 240) + 34, 64 + 1200 + 10)
    first = pixels[34 + 110 + 10 :][:240, 64 : 64 + 1200]
    brightest = first[:, 300].argmax()
    assert brightest == pytest.approx(240 * (1 - 1000 / 4000), abs=3)
    assert first[:, 900].max() < 60 < first[brightest, 300]
    with pytest.raises(BadInputError, match=r"try \.png"):
        Picture({"one": tone}, rate).save(tmp_path / "picture.txt")
    with pytest.raises(BadInputError, match="no sound to draw"):
        Picture({"one": tone[:, :0]}, rate).draw()
    assert [found.name for found in tmp_path.iterdir()] == ["picture.png"]
