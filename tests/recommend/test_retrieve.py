from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import BadInputError
from limelight.recommend import retrieve
from limelight.recommend.interactions import Histories
from limelight.recommend.models.als import ALS
from limelight.recommend.models.factored import Factored
from limelight.recommend.retrieve import ByteVectors, top_by_product
from limelight.recommend.topk import top_k

SEEDS = st.integers(0, 2**32 - 1)
WAYS = [lambda q, v, *rest: ByteVectors.of(v).top(q, *rest), top_by_product]


def excluded(random, rows, n_items):
    return Histories.from_lists(
        [random.integers(n_items, size=random.integers(0, n_items)) for _ in range(rows)], n_items
    )


def same(found, expected):
    return all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(1, 70), st.integers(1, 12), st.integers(1, 80))
def test_lists_are_those_of_all_scores_ties_included(way, seed, rows, n_items, d, k):
    """Small whole numbers make every sum exact, and ties many."""
    random = np.random.default_rng(seed)
    queries = random.integers(-3, 4, (rows, d)).astype(np.float32)
    vectors = random.integers(-3, 4, (n_items, d)).astype(np.float32)
    exclude = excluded(random, rows, n_items)
    allowed = random.random(n_items) < 0.7
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retrieve, "BLOCK", 7)
        patch.setattr(retrieve, "QUERIES", 2)
        patch.setattr(retrieve, "PART", 9)
        for ban, only in ((None, None), (exclude, None), (exclude, allowed), (None, allowed)):
            expected = top_k(queries @ vectors.T, k, ban, only)
            assert same(way(queries, vectors, k, ban, only), expected)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 80), st.floats(0.1, 3), st.floats(-4, 4))
def test_no_title_is_lost_by_rounding_to_bytes(seed, d, tail, bias):
    """Heavy tails, columns and rows of very unlike size, and a bias: what bytes hold badly."""
    random = np.random.default_rng(seed)
    vectors = random.standard_t(tail, (3000, d)) * np.exp(random.normal(0, 2, d))
    vectors *= np.exp(random.normal(0, 1, (3000, 1)))
    vectors[:, 0] = 10**bias * random.standard_normal(3000)
    vectors = np.clip(vectors, -1e9, 1e9).astype(np.float32)
    queries = random.standard_normal((3, d)).astype(np.float32)
    _, best = ByteVectors.of(vectors).top(queries, 20)
    true = -np.sort(-(queries.astype(np.float64) @ vectors.T), axis=1)[:, :20]
    noise = 1e-5 * (np.abs(queries) @ np.abs(vectors).max(axis=0))[:, None]
    assert (np.abs(best - true) <= noise).all()


def test_bytes_stay_close_and_are_few():
    vectors = np.random.default_rng(0).standard_normal((1000, 48)).astype(np.float32)
    kept = ByteVectors.of(vectors)
    again = kept.codes * kept.scales[:, None] * kept.columns
    assert kept.codes.nbytes == vectors.nbytes / 4
    assert np.abs(again - vectors).max() <= (kept.scales.max() * kept.columns.max()) / 1.99


def test_rows_that_are_not_finite_are_left_out():
    vectors = np.array([[1, -np.inf], [np.nan, 1], [2, 0], [0, 0], [3, 1]], np.float32)
    items, best = ByteVectors.of(vectors).top(np.array([[1, 1]], np.float32), 5)
    assert items.tolist() == [[4, 2, 3, -1, -1]]
    assert best.tolist() == [[4, 2, 0, -np.inf, -np.inf]]


def test_nothing_to_tell_titles_apart():
    zeros = np.zeros((4, 2), np.float32)
    assert ByteVectors.of(zeros).top(zeros[:1], 3)[0].tolist() == [[0, 1, 2]]
    vectors = np.arange(8, dtype=np.float32).reshape(4, 2)
    assert ByteVectors.of(vectors).top(zeros[:1], 2)[0].tolist() == [[0, 1]]


@dataclass
class Plain(Factored):
    name: ClassVar[str] = "plain factors, for a test"
    vectors: np.ndarray = field(init=False, repr=False)

    @property
    def item_vectors(self):
        return self.vectors

    def _queries(self, histories):
        return histories.matrix() @ self.vectors

    def _fit(self, histories, progress):
        self.vectors = np.eye(histories.n_items, dtype=np.float32)


@pytest.mark.parametrize("rows", [1, retrieve.MANY + 1])
def test_a_factored_model_answers_as_its_scores_do(rows):
    random = np.random.default_rng(rows)
    model = Plain()
    model.vectors = random.integers(-3, 4, (50, 4)).astype(np.float32)
    histories = excluded(random, rows, 50)
    expected = top_k(model.score(histories), 7, histories)
    assert same(model.top(histories, 7, exclude=histories), expected)
    longer = top_k(model.score(histories), 50)
    assert same(model.top(histories, 10**9), longer)


def test_new_vectors_are_not_answered_by_old_bytes():
    model, histories = Plain(), Histories.from_lists([[0, 2]], 3)
    for best in (1, 0):
        model.vectors = np.ones((3, 1), np.float32)
        model.vectors[best] = 2
        assert model.top(histories, 1)[0].tolist() == [[best]]


def test_als_finds_what_it_scores():
    random = np.random.default_rng(5)
    model = ALS(factors=8)
    model.item_factors = random.standard_normal((500, 8)).astype(np.float32)
    histories = Histories.from_lists(random.integers(500, size=(40, 6)).tolist(), 500)
    expected, scores = top_k(model.score(histories), 10, histories)
    for rows in (slice(0, 1), slice(0, 40)):
        items, best = model.top(histories[rows], 10, exclude=histories[rows])
        assert np.allclose(best, scores[rows], atol=1e-5)
        assert (items == expected[rows]).all()


@pytest.mark.parametrize("k", [0, -1])
def test_a_list_of_nothing_is_refused(k):
    model = Plain()
    model.vectors = np.ones((3, 1), np.float32)
    with pytest.raises(BadInputError, match=f"at least 1, not {k}"):
        model.top(Histories.from_lists([[0]], 3), k)
    with pytest.raises(BadInputError, match="knows 3 titles"):
        model.top(Histories.from_lists([[0]], 4), 1)


def test_nobody_asks():
    model = Plain()
    model.vectors = np.ones((3, 1), np.float32)
    assert model.top(Histories.from_lists([], 3), 2)[0].shape == (0, 2)
