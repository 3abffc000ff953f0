import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from limelight.recommend import topk
from limelight.recommend.interactions import Histories
from limelight.recommend.topk import top_k

VALUES = st.one_of(
    st.integers(-3, 3).map(float), st.floats(-1e6, 1e6, width=32), st.just(float("-inf"))
)


def test_exact_order_ties_and_padding():
    scores = np.array([[1, 3, 3, 2], [0, -np.inf, np.nan, -1]], np.float32)
    items, best = top_k(scores, 3)
    assert items.tolist() == [[1, 2, 3], [0, 3, -1]]
    assert best.tolist() == [[3, 3, 2], [0, -1, -np.inf]]


def test_excluded_titles_never_come_back():
    scores = np.array([[5, 4, 3], [1, 2, 3]], np.float32)
    items, _ = top_k(scores, 2, Histories.from_lists([[0], [2, 1]], 3))
    assert items.tolist() == [[1, 2], [0, -1]]


def test_k_beyond_the_catalogue_and_zero():
    scores = np.array([[1, 2]], np.float32)
    assert top_k(scores, 9)[0].tolist() == [[1, 0]]
    assert top_k(scores, 0)[0].shape == (1, 0)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float32, (3, 40), elements=VALUES), st.integers(1, 40))
def test_agrees_with_a_stable_sort(scores, k):
    items, best = top_k(scores, k)
    for row in range(len(scores)):
        order = np.argsort(-scores[row], kind="stable")[:k]
        order = order[np.isfinite(scores[row][order])]
        assert items[row][: len(order)].tolist() == order.tolist()
        assert (items[row][len(order) :] == -1).all()
        assert np.array_equal(best[row][: len(order)], scores[row][order])


@settings(max_examples=30, deadline=None)
@given(arrays(np.float32, (2, 30), elements=VALUES), st.integers(1, 40), st.integers(0, 99))
def test_sorting_long_lists_gives_the_same(scores, k, seed):
    random = np.random.default_rng(seed)
    scores[random.random(scores.shape) < 0.1] = np.nan
    exclude = Histories.from_lists([[], random.integers(30, size=9)], 30)
    allowed = random.random(30) < 0.8
    short = top_k(scores, k, exclude, allowed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topk, "LONG", 0)
        long = top_k(scores, k, exclude, allowed)
    assert np.array_equal(short[0], long[0])
    assert np.array_equal(short[1], long[1])
    assert not set(short[0].ravel()) & set(np.flatnonzero(~allowed))
