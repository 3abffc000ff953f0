import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.audio import resampled
from limelight.audio.mixing import channel_names, mixing_matrix
from limelight.errors import BadInputError


@settings(max_examples=40, deadline=None)
@given(
    rate=st.sampled_from([8000, 11025, 44100, 48000, 96000, 192000]),
    to=st.sampled_from([8000, 22050, 44100, 48000, 192000]),
    sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=8),
)
def test_length_follows_the_rate_whatever_the_blocks(rate, to, sizes):
    blocks = [np.ones((2, size), np.float32) for size in sizes]
    found = np.concatenate([np.zeros((2, 0)), *resampled(iter(blocks), rate, to)], axis=-1)
    assert abs(found.shape[1] - sum(sizes) * to / rate) <= 0.5


def test_a_tone_stays_in_its_place_and_as_pure_as_it_was():
    seconds, high = 1.0, 3000
    for rate, to in [(44_100, 48_000), (48_000, 44_100), (8000, 48_000), (192_000, 48_000)]:
        tone = np.sin(2 * np.pi * high * np.arange(int(rate * seconds)) / rate).astype(np.float32)
        blocks = np.array_split(tone[None], 7, axis=1)
        (found,) = np.concatenate(list(resampled(blocks, rate, to)), axis=-1)
        same = np.sin(2 * np.pi * high * np.arange(len(found)) / to)
        inside = slice(to // 10, -to // 10)
        error = found[inside] - same[inside]
        assert 20 * np.log10(np.abs(error).max()) < -90


def test_nothing_becomes_nothing_and_the_same_rate_is_left_alone():
    assert list(resampled([], 8000, 16_000)) == []
    block = np.ones((1, 5), np.float32)
    assert next(iter(resampled([block], 8000, 8000))) is block


def test_surround_is_mixed_as_the_standard_says_and_never_too_loud():
    matrix = mixing_matrix(channel_names("5.1"), 2)
    part = 0.5**0.5
    assert matrix == pytest.approx(
        np.array([[1, 0, part, 0, part, 0], [0, 1, part, 0, 0, part]]) / (1 + 2 * part)
    )
    assert mixing_matrix(channel_names("stereo"), 1).tolist() == [[0.5, 0.5]]
    assert mixing_matrix(channel_names("1 channels"), 2).tolist() == [[1], [1]]
    for layout in ("3.0", "quad", "5.0", "5.1(side)", "6.1", "7.1", "8 channels"):
        for channels in (1, 2):
            matrix = mixing_matrix(channel_names(layout), channels)
            assert matrix.sum(axis=1).max() <= 1 + 1e-6
    with pytest.raises(BadInputError, match="no rule says how TFL"):
        mixing_matrix(channel_names("7.1.4"), 2)
    with pytest.raises(BadInputError, match="1 or 2 channels, not to 6"):
        mixing_matrix(["FL"], 6)
