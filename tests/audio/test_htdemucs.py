"""HTDemucs from the official form of its files: a small one, trained here on real speech."""

import hashlib
import io
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from limelight.audio.compare.measures import resampled, si_sdr
from limelight.audio.separate import Music, Percussion, separate, separate_file
from limelight.audio.separate.htdemucs import load
from limelight.errors import CorruptError, LimelightWarning, NotFoundError, UnavailableError

torch = pytest.importorskip("torch")
kind = pytest.importorskip("demucs.htdemucs").HTDemucs

SPEECH = Path(__file__).parents[2] / "../shared/data/speech/clean"
RATE = 8000
SMALL = {
    "sources": ["drums", "vocals"],
    "audio_channels": 1,
    "samplerate": RATE,
    "segment": Fraction(2, 1),
    "channels": 8,
    "depth": 3,
    "nfft": 1024,
    "dconv_depth": 1,
    "t_layers": 1,
    "t_heads": 2,
    "t_hidden_scale": 2.0,
}


def saved(network, settings, folder):
    """Write a network as Demucs does: half precision, and the checksum's first digits in the name.

    See `serialize_model` and `save_with_checksum` in demucs.states.
    """
    state = {name: value.half() for name, value in network.state_dict().items()}
    package = {
        "klass": type(network),
        "args": (),
        "kwargs": settings,
        "state": state,
        "training_args": {"epochs": 1, "model": "htdemucs", "seed": None},
    }
    content = io.BytesIO()
    torch.save(package, content)
    digits = hashlib.sha256(content.getvalue()).hexdigest()[:8]
    path = folder / f"955717e8-{digits}.th"
    path.write_bytes(content.getvalue())
    return path


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    torch.manual_seed(0)
    return saved(kind(**SMALL), SMALL, tmp_path_factory.mktemp("untrained"))


def drums(seconds, seed):
    """Kicks and hats, synthesised, at uneven times."""
    rng = np.random.default_rng(seed)
    found = np.zeros(int(seconds * RATE), np.float32)
    t = np.arange(RATE // 4) / RATE
    at = 0
    while at < found.size - t.size:
        kick = np.sin(2 * np.pi * (50 * t - 4 * np.exp(-30 * t))) * np.exp(-14 * t)
        hat = 0.6 * rng.standard_normal(t.size) * np.exp(-35 * t)
        found[at : at + t.size] += kick if rng.random() < 0.5 else hat
        at += int(RATE * rng.choice([0.125, 0.25]))
    return levelled(found)


def levelled(samples):
    return (0.1 * samples / samples.std()).astype(np.float32)


def speech(number):
    path = SPEECH / f"p287_00{number}.wav"
    if not path.is_file():
        pytest.skip("../shared/data/speech is not here")
    from scipy.io import wavfile

    rate, samples = wavfile.read(path)
    return levelled(resampled((samples / 32768).astype(np.float32), rate, RATE))


def trained():
    """Train for seconds: enough to tell speech from strokes, not to please anybody."""
    torch.manual_seed(0)
    network = kind(**SMALL)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    voices, strokes = np.concatenate([speech(2), speech(3)]), drums(30, 0)
    rng = np.random.default_rng(0)

    def cut(source):
        starts = rng.integers(0, source.size - RATE, 2)
        return np.stack([source[s : s + RATE] * rng.uniform(0.5, 1.5) for s in starts])

    for _ in range(80):
        stems = np.stack([cut(strokes), cut(voices)], axis=1)[:, :, None].astype(np.float32)
        wanted = torch.from_numpy(stems)
        loss = (network(wanted.sum(dim=1)) - wanted).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network


def test_a_network_trained_on_real_speech_separates_it_from_drums(tmp_path):
    voice = speech(1)[None]  # of the same speaker, and never trained on
    strokes = drums(voice.size / RATE, 9)[None]
    mixture = voice + strokes
    path = saved(trained(), SMALL, tmp_path)
    stems = separate(mixture, RATE, f"music:weights={path}")
    assert list(stems) == ["drums", "vocals"]
    assert si_sdr(voice, stems["vocals"]) > si_sdr(voice, mixture) + 2
    assert si_sdr(strokes, stems["drums"]) > si_sdr(strokes, mixture) + 1
    np.testing.assert_allclose(sum(stems.values()), mixture, atol=1e-5)


@pytest.mark.parametrize(("rate", "channels"), [(8000, 2), (11_025, 1)])
def test_stems_add_up_at_any_rate_and_in_all_channels(untrained, rate, channels):
    mixture = np.random.default_rng(0).standard_normal((channels, 3 * rate + 77))
    mixture = 0.1 * mixture.astype(np.float32)
    stems = separate(mixture, rate, f"music:weights={untrained}")
    total = sum(stems.values())
    assert total.shape == mixture.shape
    rest = np.square(total - mixture).mean() / np.square(mixture).mean()
    assert 10 * np.log10(rest) < -60


def test_channels_that_the_network_does_not_hear_together_stay_apart(untrained):
    one = 0.1 * np.random.default_rng(0).standard_normal((1, RATE)).astype(np.float32)
    alone = separate(one, RATE, f"music:weights={untrained}")
    both = separate(np.concatenate([one, 0 * one]), RATE, f"music:weights={untrained}")
    np.testing.assert_allclose(both["drums"][:1], alone["drums"], atol=1e-5)


def test_stems_of_a_file_are_files(untrained, tmp_path):
    pytest.importorskip("av")
    from limelight.audio import read, write
    from limelight.audio.labels import Labels

    mixture = 0.1 * np.random.default_rng(0).standard_normal((1, 2 * RATE)).astype(np.float32)
    write(tmp_path / "song.wav", mixture, RATE)
    heard = []
    written = separate_file(
        tmp_path / "song.wav",
        tmp_path / "song",
        Music(str(untrained)),
        progress=lambda *told: heard.append(told),
    )
    assert written == {stem: tmp_path / "song" / f"{stem}.wav" for stem in ("drums", "vocals")}
    total = sum(read(path)[0] for path in written.values())
    np.testing.assert_allclose(total, mixture, atol=1e-6)
    assert heard[-1] == (2.0, 2.0, "separating music")
    lossy = tmp_path / "song.mp3"
    write(lossy, mixture, RATE, labels=Labels({"mood": "calm"}))
    with pytest.warns(LimelightWarning, match="no place for mood") as told:
        stems = separate_file(lossy, tmp_path / "lossy", Percussion())
    texts = " ".join(str(one.message) for one in told)
    assert all(str(path) in texts for path in stems.values())
    assert [path.name for path in stems.values()] == ["percussive.wav", "harmonic.wav"]
    with pytest.raises(CorruptError):
        separate_file(lossy, tmp_path / "none", Music(str(lossy)))
    with pytest.raises(UnavailableError, match="can't be written"):
        separate_file(tmp_path / "song.wav", tmp_path / "song.wav", Music(str(untrained)))
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["lossy", "song", "song.mp3", "song.wav"]


def test_weights_that_are_not_here_say_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv("LIMELIGHT_HOME", str(tmp_path))
    with pytest.raises(UnavailableError, match="`limelight weights fetch htdemucs` gets them"):
        separate(np.zeros((2, 100), np.float32), 44_100, "music")
    with pytest.raises(NotFoundError, match=r"there is no file mine\.th with weights"):
        separate(np.zeros((2, 100), np.float32), 44_100, "music:weights=mine.th")
    with pytest.raises(NotFoundError, match="no weights 'spleeter'; there are htdemucs"):
        separate(np.zeros((2, 100), np.float32), 44_100, "music:weights=spleeter")


def test_a_device_that_is_not_here_is_named(untrained):
    with pytest.raises(UnavailableError, match="the device 'abacus' can't be used"):
        load(untrained, "abacus")


class Burglar:
    """What a pickle can do when it is read without care."""

    def __reduce__(self):
        return os.mkdir, ("burgled",)


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        (Burglar(), "holds more than weights"),
        ({"klass": Burglar, "args": (), "kwargs": {}, "state": {}}, "holds more than weights"),
        ({"klass": "HTDemucs"}, "another network"),
        ({"klass": kind, "args": (), "kwargs": {"sources": "x", "depth": "?"}, "state": {}}, "fit"),
        ({"klass": kind, "args": (), "kwargs": SMALL, "state": {}}, "do not fit"),
    ],
)
def test_a_file_that_is_something_else_is_refused_and_runs_nothing(
    package, reason, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    torch.save(package, tmp_path / "evil.th")
    with pytest.raises(CorruptError, match=reason):
        load(tmp_path / "evil.th")
    assert [path.name for path in tmp_path.iterdir()] == ["evil.th"]


@pytest.mark.parametrize("keep", [0, 1000, -20])
def test_a_damaged_file_is_refused(untrained, tmp_path, keep):
    broken = tmp_path / "broken.th"
    broken.write_bytes(untrained.read_bytes()[:keep])
    with pytest.raises(CorruptError, match="damaged"):
        load(broken)


def test_stems_named_like_paths_are_refused(tmp_path):
    settings = {**SMALL, "sources": ["../../escape", "vocals"]}
    path = saved(kind(**settings), settings, tmp_path)
    with pytest.raises(CorruptError, match="can't be names of files"):
        load(path)
