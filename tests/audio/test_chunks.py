import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.audio.chunks import overlapped

KERNEL = np.array([0.1, 0.2, 0.4, 0.2, 0.1])


def smooth(samples):
    return np.stack([np.convolve(one, KERNEL)[2:-2] for one in samples]).astype(np.float32)


def joined(pieces, like):
    found = list(pieces)
    return np.concatenate(found, axis=-1) if found else like[..., :0]


@given(
    length=st.integers(0, 200),
    chunk=st.integers(1, 40),
    margin=st.integers(4, 60),
    block=st.integers(1, 60),
)
def test_a_local_operation_gives_the_same_in_chunks_as_on_the_whole(length, chunk, margin, block):
    samples = np.random.default_rng(length).standard_normal((2, length)).astype(np.float32)
    blocks = [samples[:, start : start + block] for start in range(0, length, block)]
    pieces = joined(overlapped(smooth, blocks, chunk, margin), samples)
    expected = smooth(samples) if length else samples
    np.testing.assert_allclose(pieces, expected, atol=1e-6)


def test_chunks_that_differ_fade_into_each_other():
    calls = []

    def louder_every_time(samples):
        calls.append(samples.shape[-1])
        return np.full_like(samples, len(calls))

    (found,) = joined(
        overlapped(louder_every_time, [np.zeros((1, 30), np.float32)], 10, 4), np.zeros((1, 0))
    )
    assert calls == [14, 18, 14]
    assert found[:10].tolist() == [1] * 10
    assert found[10:12].tolist() == pytest.approx([1.25, 1.75])
    assert found[12:20].tolist() == [2] * 8


def test_an_operation_may_add_axes_in_front():
    samples = np.arange(50, dtype=np.float32)[None]
    both = overlapped(lambda piece: np.stack([piece, -piece]), [samples], 10, 4)
    found = joined(both, samples)
    assert found.shape == (2, 1, 50)
    np.testing.assert_allclose(found[0], -found[1])
    np.testing.assert_allclose(found[0], samples)
