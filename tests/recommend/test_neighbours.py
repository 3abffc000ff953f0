import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import random_array

from limelight import memory
from limelight.errors import BadInputError
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.linalg import multiply_sparse
from limelight.recommend.models.als import ALS
from limelight.recommend.models.item_knn import ItemKNN
from limelight.recommend.models.transitions import Transitions
from limelight.recommend.neighbours import top_by_neighbours
from limelight.recommend.topk import top_k

SEEDS = st.integers(0, 2**32 - 1)


def interactions(lists, n_items):
    users, ids = (pl.Series(range(n)).cast(pl.String) for n in (len(lists), n_items))
    return Interactions(users, ids, Histories.from_lists(lists, n_items))


def sparse(random, shape, density):
    values = random.choice(np.array([-2, -1, 1, 2, 3], np.float32), size=shape[0] * shape[1])
    matrix = random_array(shape, density=density, rng=random, format="csr", dtype=np.float32)
    matrix.data[:] = values[: matrix.nnz]
    return matrix


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 6), st.integers(1, 40), st.integers(1, 50), st.floats(0, 0.5))
def test_lists_are_those_of_all_scores(seed, rows, n_items, k, density):
    """Negative values too, sums that cancel, ties, and lists that nothing touched."""
    random = np.random.default_rng(seed)
    described = sparse(random, (rows, n_items), density)
    neighbours = sparse(random, (n_items, n_items), density)
    scores = multiply_sparse(described, neighbours)
    exclude = Histories.from_lists(
        [random.integers(n_items, size=random.integers(0, n_items)) for _ in range(rows)], n_items
    )
    allowed = random.random(n_items) < 0.6
    for ban, only in ((None, None), (exclude, None), (exclude, allowed), (None, allowed)):
        items, best = top_by_neighbours(described, neighbours, k, ban, only)
        expected, expected_scores = top_k(scores, k, ban, only)
        assert np.array_equal(items, expected)
        assert np.array_equal(best, expected_scores)


@pytest.mark.parametrize("model", [ItemKNN(), Transitions()])
def test_models_answer_as_their_scores_do(model):
    random = np.random.default_rng(2)
    lists = [random.integers(60, size=random.integers(1, 20)).tolist() for _ in range(50)]
    model.fit(interactions(lists, 60))
    histories = Histories.from_lists([*lists, []], 60)
    expected, scores = top_k(model.score(histories), 9, histories)
    items, best = model.top(histories, 9, exclude=histories)
    assert np.array_equal(items, expected)
    assert np.array_equal(best, scores)


@pytest.mark.parametrize("model", [ItemKNN(neighbours=5), Transitions()])
def test_a_million_titles_take_the_memory_of_what_was_met(model):
    model.fit(interactions([[0, 1]], 1_000_000))
    history = Histories.from_lists([[0]], 1_000_000)
    items, best = model.top(history, 3, exclude=history)
    assert items.tolist() == [[1, 2, 3]]
    assert best[0, 0] > 0
    assert best[0, 1:].tolist() == [0, 0]
    assert model.contributions(history, np.array([1]))[0, 0] == best[0, 0]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (ItemKNN(), "item-knn on 8 titles with 8 neighbours needs .* keep fewer neighbours"),
        (Transitions(), r"pairs of following titles needs .* a shorter window"),
        (ALS(), "ALS with 128 factors .* needs .* fewer factors"),
    ],
)
def test_what_will_not_fit_is_refused_in_a_sentence(model, words, monkeypatch):
    free = memory.psutil.virtual_memory()._replace(available=0)
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: free)
    with pytest.raises(BadInputError, match=words):
        model.fit(interactions([[0, 1, 2], [4, 5]], 8))
