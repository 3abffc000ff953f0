"""What is written is read back: the sound, its length and its place, and all that is said of it."""

import io
import warnings
from fractions import Fraction

import numpy as np
import pytest
import soxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from limelight.audio import create_sound, open_sound, read, write
from limelight.audio.depth import Quantiser
from limelight.audio.formats import FORMATS
from limelight.audio.labels import Chapter, Cover, Labels
from limelight.errors import BadInputError, LimelightWarning, UnavailableError

RATE = 44_100
TAGS = {"title": "Zoë", "artist": "Ann", "album": "Songs", "date": "2026", "comment": "one\ntwo"}
CHAPTERS = (
    Chapter(Fraction(0), Fraction(1, 2), "First"),
    Chapter(Fraction(1, 2), Fraction(1), "2"),
)


def sweep(channels=2, rate=RATE, seconds=1.0123):
    """A sweep of its own in every channel: any shift or swap of channels is a big difference."""
    time = np.arange(int(rate * seconds)) / rate
    return np.stack(
        [0.3 * np.sin(2 * np.pi * ((200 + 70 * c) * time + 300 * time**2)) for c in range(channels)]
    ).astype(np.float32)


def difference(found, given):
    """The difference's level below the sound's, in dB; channel by channel the worst."""
    n = min(found.shape[-1], given.shape[-1])
    rest = np.sum((found[:, :n] - given[:, :n]) ** 2, axis=-1) + 1e-30
    return 10 * np.log10(np.max(rest / np.sum(given[:, :n] ** 2, axis=-1)))


def cover():
    data = io.BytesIO()
    Image.new("RGB", (24, 16), (200, 30, 30)).save(data, "PNG")
    return Cover("png", data.getvalue(), 24, 16)


@pytest.mark.parametrize(
    ("suffix", "bits", "most"),
    [
        (".wav", 16, -75),
        (".wav", 24, -130),
        (".wav", 32, -300),
        (".aiff", 16, -75),
        (".aiff", 24, -130),
        (".aiff", 32, -300),
        (".flac", 16, -75),
        (".flac", 24, -130),
        (".mp3", 24, -40),
        (".m4a", 24, -25),
        (".opus", 24, -30),
        (".ogg", 24, -30),
    ],
)
def test_sound_comes_back_as_long_and_in_its_place(tmp_path, suffix, bits, most):
    rate = 48_000 if suffix in (".opus", ".ogg") else RATE
    given = sweep(rate=rate)
    path = tmp_path / f"sound{suffix}"
    write(path, given, rate, bits=bits)
    found, found_rate = read(path)
    assert found.dtype == np.float32
    assert (found.shape, found_rate) == (given.shape, rate)
    assert difference(found, given) < most
    with open_sound(path) as sound:
        assert (sound.rate, sound.channels, sound.layout) == (rate, 2, "stereo")
        assert sound.seconds == pytest.approx(given.shape[1] / rate, abs=0.01)
        lossless = suffix in (".wav", ".aiff", ".flac")
        assert sound.bits == (bits if lossless else 24)
        for _ in range(2):  # from the beginning, as often as one likes
            assert np.array_equal(np.concatenate(list(sound.blocks()), axis=-1), found)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".m4a", ".opus"])
@pytest.mark.parametrize("channels", range(1, 9))
def test_channels_keep_their_order(tmp_path, suffix, channels):
    refused = {".m4a": (4, 7), ".opus": (5, 7)}
    given = sweep(channels, 48_000, 0.5)
    path = tmp_path / f"sound{suffix}"
    if channels in refused.get(suffix, ()):
        with pytest.raises(BadInputError, match=rf"\({channels} channels\).*write \.wav"):
            write(path, given, 48_000)
        assert list(tmp_path.iterdir()) == []
        return
    write(path, given, 48_000)
    found, _ = read(path)
    assert found.shape == given.shape
    bass = 3 if channels >= 6 and suffix == ".m4a" else None  # that codec keeps nothing but bass
    heard = [c for c in range(channels) if c != bass]
    assert difference(found[heard], given[heard]) < -20


def test_twelve_channels_go_where_they_fit_and_nowhere_else(tmp_path):
    given = sweep(12, 48_000, 0.2)
    write(tmp_path / "many.wav", given, 48_000, bits=32)
    assert np.array_equal(read(tmp_path / "many.wav")[0], given)
    for suffix in (".flac", ".mp3", ".m4a", ".opus", ".aiff"):
        with pytest.raises(BadInputError, match=f"{suffix} can't hold 12 channels"):
            write(tmp_path / f"many{suffix}", given, 48_000)


@pytest.mark.parametrize(
    ("suffix", "lost"),
    [
        (".wav", ["mood", "2 chapters", "the cover"]),
        (".aiff", ["the cover"]),
        (".flac", []),
        (".mp3", []),
        (".m4a", ["mood"]),
        (".opus", []),
    ],
)
def test_what_a_file_says_is_kept_and_what_is_not_is_told(tmp_path, suffix, lost):
    labels = Labels({**TAGS, "mood": "blue"}, CHAPTERS, (cover(),))
    path = tmp_path / f"song{suffix}"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        write(path, sweep(), RATE, labels=labels)
    assert [bool(lost)] * bool(lost) == ["has no place for" in str(w.message) for w in told]
    assert all(name in str(told[0].message) for name in lost)
    with open_sound(path) as sound:
        found = sound.labels
    kept = {key: value for key, value in labels.tags.items() if key not in lost}
    assert {key.lower(): value for key, value in found.tags.items()} == kept
    if "2 chapters" not in lost:
        assert [c.title for c in found.chapters] == ["First", "2"]
        assert [float(c.start) for c in found.chapters] == [0, 0.5]
    if "the cover" not in lost:
        assert [(c.codec, c.data) for c in found.covers] == [("png", cover().data)]


def test_a_rate_that_a_format_lacks_becomes_the_next_that_it_has(tmp_path):
    given = sweep(1, 22_050)
    write(tmp_path / "low.opus", given, 22_050)
    found, rate = read(tmp_path / "low.opus")
    assert rate == 48_000  # what every decoder of Opus gives
    assert difference(soxr.resample(found[0], rate, 22_050)[None], given) < -20
    with pytest.warns(LimelightWarning, match="48000 Hz, the most that .mp3 holds, not 96000"):
        write(tmp_path / "high.mp3", sweep(1, 96_000, 0.3), 96_000)
    assert read(tmp_path / "high.mp3")[1] == 48_000


def test_rounding_to_16_bits_is_noise_and_what_fits_stays(tmp_path):
    quiet = (0.4 / 32768 * np.sin(np.arange(200_000) / 7)).astype(np.float32)[None]
    steps = Quantiser(16)(quiet)
    assert set(np.unique(steps)) == {-1, 0, 1}  # not dithered, this would be silence
    error = steps / 32768 - quiet
    assert abs(error.mean()) < 1e-7
    assert np.std(error) * 32768 == pytest.approx(0.5, abs=0.01)  # Lipshitz: a quarter step squared
    tone = np.sin(np.arange(200_000) / 7)
    assert abs(np.corrcoef(error[0], tone)[0, 1]) < 0.01
    whole = np.random.default_rng(0).integers(-32768, 32767, (2, 9_999)).astype(np.int16)
    assert np.array_equal(Quantiser(16)((whole / 32768).astype(np.float32)), whole)


def test_too_loud_is_clipped_and_told_where_it_must_be(tmp_path):
    loud = np.full((1, 1000), 1.5, np.float32)
    loud[0, 500:] = -1.0
    with pytest.warns(LimelightWarning, match="500 samples .* clipped"):
        write(tmp_path / "loud.flac", loud, RATE)
    assert read(tmp_path / "loud.flac")[0].max() == pytest.approx(1.0, abs=1e-6)
    write(tmp_path / "loud.wav", loud, RATE, bits=32)
    assert np.array_equal(read(tmp_path / "loud.wav")[0], loud)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=6),
    rate=st.sampled_from([8000, 44100]),
)
def test_blocks_of_any_size_make_the_same_file(tmp_path, sizes, rate):
    given = sweep(2, rate, sum(sizes) / rate + 1e-9)[:, : sum(sizes)]
    for suffix in (".flac", ".m4a"):
        with create_sound(tmp_path / f"blocks{suffix}", rate, 2, bits=16) as put:
            for block in np.split(given, np.cumsum(sizes)[:-1], axis=1):
                put(block)
        found, _ = read(tmp_path / f"blocks{suffix}")
        assert found.shape == given.shape
    assert np.abs(read(tmp_path / "blocks.flac")[0] - given).max() < 2 / 32768


def test_nothing_is_left_of_what_can_not_be_written(tmp_path):
    (tmp_path / "there.wav").write_bytes(b"as it was")
    for samples, message in [
        (np.zeros((1, 0), np.float32), "no sound to write"),
        (np.full((1, 9), np.nan, np.float32), "no numbers"),
        (np.zeros(9, np.float32), r"\(channels, n\)"),
    ]:
        with pytest.raises(BadInputError, match=message):
            write(tmp_path / "there.wav", samples, RATE)
    with (
        pytest.raises(BadInputError, match="comes as"),
        create_sound(tmp_path / "there.wav", RATE, 2) as put,
    ):
        put(np.zeros((3, 10), np.float32))
    with pytest.raises(BadInputError, match=r"as sound\.xyz; name .*\.flac"):
        write(tmp_path / "sound.xyz", sweep(), RATE)
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match="can't be written"):
        write(tmp_path / "file" / "sound.wav", sweep(), RATE)
    assert (tmp_path / "there.wav").read_bytes() == b"as it was"
    assert {path.name for path in tmp_path.iterdir()} == {"there.wav", "file"}


def test_every_format_names_an_encoder_that_is_there(tmp_path):
    for suffix in FORMATS:
        write(tmp_path / f"sound{suffix}", sweep(1, 8000, 0.2), 8000)
        assert read(tmp_path / f"sound{suffix}")[0].shape[0] == 1
