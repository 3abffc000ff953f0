"""Every model keeps one contract; the closed forms give the answers of plain algebra."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import BadInputError, CorruptError
from limelight.recommend.decayed import decays, features, normal_equations
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.linalg import gram, multiply, solve_positive_definite
from limelight.recommend.models import (
    ALS,
    EASE,
    MLP,
    MODELS,
    ItemKNN,
    NextItem,
    Popularity,
    Transitions,
    load_model,
)
from limelight.recommend.topk import top_k

N_ITEMS = 8
SMALL = {
    "als": {"factors": 4, "regularization": 0.1},
    "blend": {"parts": ["next-item:regularization=1.0", "item-knn:shrinkage=0.0", "popularity"]},
    "cold-start": {"model": "ease:regularization=1.0"},
    "ease": {"regularization": 1.0},
    "latent-classes": {"classes": 2},
    "next-item": {"regularization": 1.0},
    "item-knn": {"shrinkage": 0.0},
    "mlp": {"hidden": 16, "epochs": 40, "learning_rate": 0.01},
    "new-titles": {"base": "ease:regularization=1.0"},
    "recurrent": {"width": 16, "epochs": 60, "patience": 0, "learning_rate": 0.01},
    "rocchio": {"model": "ease:regularization=1.0"},
    "self-attention": {"width": 16, "epochs": 60, "patience": 0, "learning_rate": 0.01},
}


def interactions(lists, n_items=N_ITEMS):
    import polars as pl

    histories = Histories.from_lists(lists, n_items)
    users = pl.Series([f"u{row}" for row in range(len(lists))])
    return Interactions(users, pl.Series([f"i{item}" for item in range(n_items)]), histories)


def two_tastes():
    """Half the people meet titles 0 1 2 3 in that order, half 4 5 6; nobody meets title 7."""
    return interactions([[0, 1, 2, 3]] * 12 + [[4, 5, 6]] * 10)


@pytest.fixture(scope="module", params=sorted(MODELS))
def model(request):
    return MODELS[request.param](**SMALL.get(request.param, {})).fit(two_tastes())


class TestEveryModel:
    def test_finds_the_title_that_the_same_people_met(self, model):
        histories = Histories.from_lists([[0, 1, 2], [4, 5]], N_ITEMS)
        items, _ = top_k(model.score(histories), 1, histories)
        assert items[0, 0] == 3
        assert items[1, 0] == (0 if isinstance(model, Popularity) else 6)

    def test_is_a_pure_function_of_each_history(self, model):
        histories = Histories.from_lists([[0, 1], [], [4, 5, 6], [0, 1]], N_ITEMS)
        scores = model.score(histories)
        assert scores.shape == (4, N_ITEMS)
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()
        assert np.array_equal(scores[0], scores[3])
        for row in range(4):
            assert np.allclose(model.score(histories[row : row + 1])[0], scores[row], atol=1e-5)

    def test_its_lists_are_those_of_its_scores(self, model):
        histories = Histories.from_lists([[0, 1], [5], [6, 6, 2]] * 10, N_ITEMS)
        allowed = np.arange(N_ITEMS) != 4
        for rows in (slice(0, 2), slice(0, 30)):
            some = histories[rows]
            scores = np.where(allowed, model.score(some), -np.inf).astype(np.float32)
            items, best = model.top(some, 6, exclude=some, allowed=allowed)
            expected, expected_best = top_k(scores, 6, some)
            assert np.array_equal(items < 0, expected < 0)
            assert np.allclose(best, expected_best, atol=1e-5)
            shown = np.take_along_axis(scores, np.maximum(items, 0), axis=1)
            assert np.allclose(np.where(items < 0, -np.inf, shown), best, atol=1e-5)
            assert not np.isin(items, [4]).any()

    def test_scores_nobody(self, model):
        assert model.score(Histories.from_lists([], N_ITEMS)).shape == (0, N_ITEMS)

    def test_a_title_nobody_met_is_not_guessed_at(self, model):
        scores = model.score(Histories.from_lists([[0, 1, 2], [4, 5]], N_ITEMS))
        assert (scores[:, 7] < scores.max(axis=1)).all()
        if model.additive:
            assert (scores[:, 7] == 0).all()

    def test_events_against_a_title_are_no_history(self, model):
        liked = Histories.from_lists([[0, 1]], N_ITEMS)
        offsets, items = np.array([0, 3]), np.array([0, 5, 1], np.int32)
        mixed = Histories(offsets, items, np.array([1, -1, 1], np.float32), N_ITEMS)
        assert np.array_equal(model.score(mixed), model.score(liked))
        assert model.contributions(mixed, np.array([2]))[1, 0] == 0

    def test_contributions_sum_to_the_score_where_additive(self, model):
        history = Histories.from_lists([[0, 4, 1, 0]], N_ITEMS)
        targets = np.array([2, 3, 6, 7])
        parts = model.contributions(history, targets)
        assert parts.shape == (4, 4)
        if model.additive:
            assert np.allclose(parts.sum(axis=0), model.score(history)[0, targets], atol=1e-5)

    def test_saved_and_loaded_it_scores_the_same(self, model, tmp_path):
        model.save(tmp_path)
        histories = Histories.from_lists([[0, 1], [4]], N_ITEMS)
        loaded = load_model(tmp_path)
        assert type(loaded) is type(model)
        assert loaded.config() == json.loads(json.dumps(model.config()))
        assert np.array_equal(loaded.score(histories), model.score(histories))

    def test_damaged_arrays_are_refused(self, model, tmp_path):
        model.save(tmp_path)
        arrays = tmp_path / "model.safetensors"
        arrays.write_bytes(arrays.read_bytes()[:20])
        with pytest.raises(CorruptError, match="no usable"):
            load_model(tmp_path)

    def test_histories_of_another_catalogue_are_refused(self, model):
        with pytest.raises(BadInputError, match="8 titles"):
            model.score(Histories.from_lists([[0]], N_ITEMS + 1))

    def test_nothing_to_learn_from_is_refused(self, model):
        with pytest.raises(BadInputError, match="no positive events"):
            type(model)().fit(interactions([[], []]))

    def test_training_twice_gives_the_same_model(self, model):
        histories = Histories.from_lists([[0, 1], [4]], N_ITEMS)
        again = type(model)(**model.config()).fit(two_tastes())
        assert np.allclose(again.score(histories), model.score(histories), atol=1e-3)

    def test_a_single_event_in_all_is_enough(self, model):
        tiny = type(model)(**model.config()).fit(interactions([[0]], 1))
        assert np.isfinite(tiny.score(Histories.from_lists([[0], []], 1))).all()


def test_unknown_models_and_foreign_folders_are_refused(tmp_path):
    with pytest.raises(CorruptError, match="holds no model"):
        load_model(tmp_path)
    (tmp_path / "model.json").write_text('{"model": "oracle", "config": {}}', encoding="utf-8")
    with pytest.raises(CorruptError, match="'oracle'"):
        load_model(tmp_path)


def dense(lists, n_items):
    matrix = np.zeros((len(lists), n_items))
    for row, items in enumerate(lists):
        matrix[row, items] = 1
    return matrix


LISTS = st.lists(st.lists(st.integers(0, 5), max_size=9), min_size=1, max_size=6)
NON_EMPTY = LISTS.filter(any)


@settings(max_examples=40, deadline=None)
@given(NON_EMPTY)
def test_ease_is_the_published_formula(lists):
    X = dense(lists, 6)
    inverse = np.linalg.inv(X.T @ X + 2 * np.eye(6))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    model = EASE(regularization=2).fit(interactions(lists, 6))
    assert np.allclose(model.weights, expected, atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(NON_EMPTY, st.sampled_from([(), (1,), (0.5, 3)]))
def test_next_item_is_ridge_regression_on_every_example(lists, half_lives):
    decay = decays(half_lives)
    rows, answers = [], []
    for items in lists:
        for end in range(1, len(items)):
            parts = []
            for factor in decay:
                part = np.zeros(6)
                for place in range(end):
                    value = 1 / np.sqrt(end) if factor == 1 else factor ** (end - 1 - place)
                    part[items[place]] += value
                parts.append(part)
            rows.append(np.concatenate(parts))
            answers.append(np.eye(6)[items[end]])
    if not rows:
        return
    H, Y = np.array(rows), np.array(answers)
    left, right = normal_equations(Histories.from_lists(lists, 6), decay)
    assert np.allclose(np.tril(left), np.tril(H.T @ H), atol=2e-3)
    assert np.allclose(right, H.T @ Y, atol=2e-3)
    ridge = 3.0 * sum(map(len, lists)) / 6
    expected = np.linalg.solve(H.T @ H + ridge * np.eye(H.shape[1]), H.T @ Y)
    model = NextItem(half_lives, 3.0).fit(interactions(lists, 6))
    assert np.allclose(model.weights, expected, atol=2e-3)
    successors = Transitions().fit(interactions(lists, 6))
    whole = Histories.from_lists(lists, 6)
    linear = features(whole, decay) @ model.weights
    combined = np.log1p(1e4 * np.maximum(linear, 0)) + 0.12 * successors.score(whole)
    assert np.allclose(model.score(whole), combined, atol=1e-3)
    described = features(Histories.from_lists([items[:-1] for items in lists], 6), decay)
    last = [place for place, items in enumerate(lists) if len(items) > 1]
    ends = np.cumsum([max(len(items) - 1, 0) for items in lists]) - 1
    assert np.allclose(described.toarray()[last], H[ends[last]], atol=2e-3)


@pytest.mark.parametrize(
    "model", [EASE(regularization=-1), NextItem(regularization=0), NextItem(half_lives=(0,))]
)
def test_settings_without_a_meaning_are_refused(model):
    with pytest.raises(BadInputError, match="above 0"):
        model.fit(two_tastes())


def test_next_item_affords_more_half_lives_in_smaller_catalogues():
    model = NextItem()
    assert [len(model._decays(n)) for n in (6_000, 7_000, 10_000, 11_000)] == [3, 2, 2, 1]


def test_answers_count_with_their_weight():
    once = interactions([[0, 1]], 2)
    twice = Histories(once.histories.offsets, once.histories.items, np.array([1, 2], np.float32), 2)
    left, right = normal_equations(twice, decays((1,)))
    left_once, right_once = normal_equations(once.histories, decays((1,)))
    assert np.allclose(left, 2 * left_once)
    assert np.allclose(right, 2 * right_once)


def test_als_folds_in_by_least_squares():
    lists = [[0, 1], [1, 2], [0, 2, 3]]
    model = ALS(factors=2, alpha=3, regularization=0.5).fit(interactions(lists, 4))
    Y = model.item_factors.astype(np.float64)
    for items in ([0, 3], [2]):
        met = dense([items], 4)[0]
        C = np.diag(1 + 3 * met)
        user = np.linalg.solve(Y.T @ C @ Y + 0.5 * np.eye(2), Y.T @ C @ met)
        scored = model.score(Histories.from_lists([items], 4))[0]
        assert np.allclose(scored, Y @ user, atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(NON_EMPTY, st.integers(0, 9))
def test_als_descends_to_the_least_squares_solution(lists, seed):
    model = ALS(factors=3, alpha=2, regularization=0.7)
    random = np.random.default_rng(seed)
    fixed = random.standard_normal((6, 3)).astype(np.float32)
    matrix = Histories.from_lists(lists, 6).matrix()
    factors = random.standard_normal((len(lists), 3)).astype(np.float32)
    for _ in range(8):
        model._improve(factors, matrix, fixed)
    solved = model._least_squares(matrix, fixed, model._prior(fixed.T @ fixed))
    assert np.allclose(factors, solved, atol=1e-2)


@settings(max_examples=40, deadline=None)
@given(NON_EMPTY)
def test_item_knn_is_damped_cosine(lists):
    X = dense(lists, 6)
    shared = X.T @ X
    norms = np.sqrt(np.outer(np.diag(shared), np.diag(shared)))
    expected = shared / (norms + 0.5)
    np.fill_diagonal(expected, 0)
    model = ItemKNN(neighbours=6, shrinkage=0.5).fit(interactions(lists, 6))
    scores = model.score(Histories.from_lists([[item] for item in range(6)], 6))
    assert np.allclose(scores, expected, atol=1e-5)


def test_item_knn_keeps_the_nearest():
    model = ItemKNN(neighbours=1, shrinkage=0).fit(interactions([[0, 1, 2], [0, 1]], 3))
    assert model.similarities.indices.tolist() == [1, 0, 0]


@settings(max_examples=40, deadline=None)
@given(NON_EMPTY, st.lists(st.integers(0, 5), min_size=1, max_size=9))
def test_transitions_are_smoothed_pointwise_mutual_information(lists, history):
    model = Transitions(window=3, window_half_life=1, history_half_life=2, smoothing=0.5)
    model.fit(interactions(lists, 6))
    counts = np.zeros((6, 6))
    for items in lists:
        for place, item in enumerate(items):
            for lag, follower in enumerate(items[place + 1 : place + 4]):
                counts[item, follower] += 0.5**lag
    popularity = np.bincount([item for items in lists for item in items], minlength=6) + 1
    chance = 0.5 * (1 + 0.5 + 0.25) * popularity / popularity.sum()
    lifts = np.log1p(counts / chance)
    assert np.allclose(model.lifts.toarray(), lifts, atol=1e-5)
    expected = sum(0.5 ** (age / 2) * lifts[item] for age, item in enumerate(history[::-1]))
    assert np.allclose(model.score(Histories.from_lists([history], 6))[0], expected, atol=1e-4)


def test_popularity_in_a_window_follows_fashion():
    day = 86_400_000_000
    data = interactions([[0, 0, 0, 1, 2]], 4)
    times = np.array([0, 0, 0, 9 * day, 10 * day])
    old = data.histories
    timed = Histories(old.offsets, old.items, old.weights, 4, times)
    data = Interactions(data.user_ids, data.item_ids, timed)
    scores = Popularity(window_days=2).fit(data).score(timed)[0]
    assert np.argsort(-scores, kind="stable").tolist() == [1, 2, 0, 3]
    with pytest.raises(BadInputError, match="times"):
        Popularity(window_days=2).fit(interactions([[0]]))


def test_mlp_says_what_is_missing_without_torch(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(Exception, match=r"pip install 'limelight\[neural\]'"):
        MLP().fit(two_tastes())


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 90), st.integers(1, 5), st.integers(0, 9), st.integers(3, 40))
def test_blocked_solver_solves(n, m, seed, block):
    from limelight.recommend import linalg

    random = np.random.default_rng(seed)
    half = random.standard_normal((n, n)).astype(np.float32)
    matrix = half @ half.T + n * np.eye(n, dtype=np.float32)
    right = random.standard_normal((n, m)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linalg, "BLOCK", block)
        solution = solve_positive_definite(np.tril(matrix), right.copy())
    assert np.allclose(matrix @ solution, right, atol=1e-3)


def test_a_system_that_is_not_positive_definite_is_refused():
    with pytest.raises(BadInputError, match="regularization"):
        solve_positive_definite(-np.eye(3, dtype=np.float32), np.ones((3, 1), np.float32))


@settings(max_examples=25, deadline=None)
@given(NON_EMPTY, st.integers(0, 9))
def test_sparse_products(lists, seed):
    sparse = Histories.from_lists(lists, 6).matrix()
    right = np.random.default_rng(seed).standard_normal((6, 4)).astype(np.float32)
    assert np.allclose(gram(sparse), (sparse.T @ sparse).toarray(), atol=1e-5)
    assert np.allclose(multiply(sparse, right), sparse @ right, atol=1e-5)


@pytest.mark.parametrize("name", ["ease", "next-item"])
def test_what_will_not_fit_in_memory_is_refused_in_advance(name):
    with pytest.raises(BadInputError, match=r"1,000,000 titles.* GiB of memory"):
        MODELS[name]().fit(interactions_of_a_million())


def interactions_of_a_million():
    import polars as pl

    ids = pl.Series(range(1_000_000)).cast(pl.String)
    return Interactions(pl.Series(["u"]), ids, Histories.from_lists([[0, 1]], 1_000_000))
