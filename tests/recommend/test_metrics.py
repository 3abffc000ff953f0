import json
import math
import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    ndcg_score,
    pairwise_distances,
    precision_score,
    recall_score,
)

from limelight.errors import BadInputError
from limelight.recommend import metrics
from limelight.recommend.interactions import Histories
from limelight.recommend.metrics import hits_by_score, hits_in_lists


def lists(*rows):
    return np.array(rows, np.int32)


def relevant(*rows, n_items=10):
    return Histories.from_lists(rows, n_items)


# Row 0 hits at ranks 1 and 3 of three relevant titles; row 1 at rank 2 of five; row 2 never.
HITS = hits_in_lists(
    lists([1, 9, 2, 8], [0, 5, -1, -1], [3, 4, 5, 6]),
    relevant([1, 2, 3], [5, 6, 7, 8, 9], [0]),
)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (metrics.accuracy, [1, 0, 0]),
        (metrics.hit_rate, [1, 1, 0]),
        (metrics.precision, [2 / 4, 1 / 4, 0]),
        (metrics.recall, [2 / 3, 1 / 5, 0]),
        (metrics.capped_recall, [2 / 3, 1 / 4, 0]),
        (metrics.f1, [4 / 7, 2 / 9, 0]),
        (metrics.reciprocal_rank, [1, 1 / 2, 0]),
        (metrics.average_precision, [(1 + 2 / 3) / 3, (1 / 2) / 5, 0]),
        (
            metrics.ndcg,
            [
                (1 + 1 / 2) / (1 + 1 / math.log2(3) + 1 / 2),
                (1 / math.log2(3)) / (1 + 1 / math.log2(3) + 1 / 2 + 1 / math.log2(5)),
                0,
            ],
        ),
    ],
)
def test_by_hand(metric, expected):
    np.testing.assert_allclose(metric(HITS), expected, rtol=1e-12)


def test_a_shorter_cut_forgets_later_hits():
    assert metrics.precision(HITS.at(1)).tolist() == [1, 0, 0]
    assert metrics.capped_recall(HITS.at(2)).tolist() == [1 / 2, 1 / 2, 0]


def test_repeated_and_rejected_answers_count_once_and_not_at_all():
    answers = relevant([4, 4, 7])
    answers.weights[2] = -1
    for hits in (
        hits_in_lists(lists([7, 4]), answers),
        hits_by_score(np.array([[0] * 4 + [8, 0, 0, 9, 0, 0]], np.float32), answers, 2),
    ):
        assert hits.n_relevant.tolist() == [1]
        assert hits.found.tolist() == [[False, True]]


def test_a_user_without_answers_gets_zero():
    hits = hits_in_lists(lists([1, 2]), relevant([]))
    for metric in (metrics.recall, metrics.ndcg, metrics.average_precision, metrics.capped_recall):
        assert metric(hits).tolist() == [0]


@pytest.mark.parametrize(
    ("ranked", "complaint"),
    [
        (lists([1, 2, 1]), "twice"),
        (lists([1, 10]), "between 0 and 9"),
        (lists([-2, 1]), "between 0 and 9"),
        (lists([1], [2]), "2 lists"),
    ],
)
def test_impossible_lists_are_refused(ranked, complaint):
    with pytest.raises(BadInputError, match=complaint):
        hits_in_lists(ranked, relevant([1]))


def test_padding_is_not_a_title_twice():
    assert hits_in_lists(lists([1, -1, -1]), relevant([1])).found.tolist() == [[True, False, False]]
    # Nor is it the last title of the row above.
    assert hits_in_lists(lists([1], [-1]), relevant([9], [9])).found.tolist() == [[False], [False]]


@st.composite
def judged(draw):
    n_items = draw(st.integers(2, 12))
    k = draw(st.integers(1, n_items))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    n_users = 4
    scores = np.array([rng.permutation(n_items) for _ in range(n_users)], np.float32)
    answers = [
        rng.permutation(n_items)[: rng.integers(1, n_items)].tolist() for _ in range(n_users)
    ]
    return scores, answers, k


@settings(max_examples=60, deadline=None)
@given(judged())
def test_agrees_with_scikit_learn(case):
    scores, answers, k = case
    n_items = scores.shape[1]
    ranked = np.argsort(-scores, axis=1)
    hits = hits_in_lists(ranked[:, :k], relevant(*answers, n_items=n_items))
    truth = np.array([np.isin(np.arange(n_items), row) for row in answers], int)
    shown = np.array([np.isin(np.arange(n_items), row[:k]) for row in ranked], int)
    for ours, theirs in (
        (metrics.precision, lambda t, s, _: precision_score(t, s)),
        (metrics.recall, lambda t, s, _: recall_score(t, s)),
        (metrics.f1, lambda t, s, _: f1_score(t, s)),
        (metrics.ndcg, lambda t, _, score: ndcg_score([t], [score], k=k)),
    ):
        expected = [theirs(*row) for row in zip(truth, shown, scores, strict=True)]
        np.testing.assert_allclose(ours(hits), expected, atol=1e-9)
    whole = hits_in_lists(ranked, relevant(*answers, n_items=n_items))
    expected = [average_precision_score(t, s) for t, s in zip(truth, scores, strict=True)]
    np.testing.assert_allclose(metrics.average_precision(whole), expected, atol=1e-9)


RANX = """
import json, sys, warnings
warnings.simplefilter("ignore")
from ranx import Qrels, Run, evaluate
given = json.load(sys.stdin)
values = evaluate(Qrels(given["qrels"]), Run(given["run"]), given["metrics"], return_mean=False)
print(json.dumps({name: row.tolist() for name, row in values.items()}))
"""


def test_agrees_with_ranx():
    rng = np.random.default_rng(7)
    n_users, n_items, k = 300, 40, 10
    ranked = np.array([rng.permutation(n_items)[:20] for _ in range(n_users)])
    answers = [rng.permutation(n_items)[: rng.integers(1, 16)].tolist() for _ in range(n_users)]
    names = {
        "hit_rate": metrics.hit_rate,
        "precision": metrics.precision,
        "recall": metrics.recall,
        "f1": metrics.f1,
        "ndcg": metrics.ndcg,
        "mrr": metrics.reciprocal_rank,
        "map": metrics.average_precision,
    }
    case = {
        "qrels": {f"{u:03}": {str(i): 1 for i in row} for u, row in enumerate(answers)},
        "run": {
            f"{u:03}": {str(i): 100.0 - rank for rank, i in enumerate(row)}
            for u, row in enumerate(ranked.tolist())
        },
        "metrics": [f"{name}@{k}" for name in names],
    }
    # Interpreted, ranx starts in three seconds; compiling all of it takes forty.
    answer = subprocess.run(
        [sys.executable, "-c", RANX],
        input=json.dumps(case),
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(answer.stdout)
    hits = hits_in_lists(ranked, relevant(*answers, n_items=n_items)).at(k)
    for name, ours in names.items():
        np.testing.assert_allclose(ours(hits), theirs[f"{name}@{k}"], rtol=1e-12, err_msg=name)


def test_one_score_for_everything_finds_nothing():
    n_items = 50
    scores = np.zeros((n_items, n_items), np.float32)
    answers = Histories.from_lists([[i] for i in range(n_items)], n_items)
    assert not hits_by_score(scores, answers, 10).found.any()
    # Once only ten unseen titles are left, the answer must be the last of them.
    seen = Histories.from_lists(
        [[j for j in range(n_items) if (j - i) % n_items >= 10] for i in range(n_items)], n_items
    )
    found = hits_by_score(scores, answers, 10, seen).found
    assert found[:, 9].all()
    assert not found[:, :9].any()


def test_rank_is_one_plus_the_titles_at_least_as_good():
    scores = np.array([[5, 7, 5, 9, 5, 1]], np.float32)
    answers = relevant([2], n_items=6)
    assert hits_by_score(scores, answers, 6).found[0].tolist() == [0, 0, 0, 0, 1, 0]
    seen = relevant([0, 3, 3], n_items=6)
    assert hits_by_score(scores, answers, 6, seen).found[0].tolist() == [0, 0, 1, 0, 0, 0]


def test_what_is_not_ranked_is_a_miss():
    scores = np.array([[-np.inf, 2, 3, -np.inf]], np.float32)
    hits = hits_by_score(scores, relevant([0, 1], n_items=4), 4, relevant([1], n_items=4))
    assert hits.n_relevant.tolist() == [2]
    assert not hits.found.any()


def test_scores_that_cannot_be_ranked_are_refused():
    with pytest.raises(BadInputError, match="NaN"):
        hits_by_score(np.array([[1, np.nan]], np.float32), relevant([0], n_items=2), 1)
    with pytest.raises(BadInputError, match="shape"):
        hits_by_score(np.ones((1, 3), np.float32), relevant([0], n_items=2), 1)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_places_agree_with_sorting_answers_behind_their_equals(seed):
    rng = np.random.default_rng(seed)
    n_items, k = int(rng.integers(1, 30)), int(rng.integers(1, 35))
    values = np.array([-np.inf, -1, 0, 0.5, 2, np.inf], np.float32)
    scores = rng.choice(values, (3, n_items))
    answers = [rng.integers(0, n_items, rng.integers(0, 8)).tolist() for _ in range(3)]
    seen = [rng.integers(0, n_items, rng.integers(0, 8)).tolist() for _ in range(3)]
    hits = hits_by_score(
        scores, relevant(*answers, n_items=n_items), k, relevant(*seen, n_items=n_items)
    )
    for u in range(3):
        order = [i for i in range(n_items) if i not in seen[u] and scores[u, i] > -np.inf]
        order.sort(key=lambda i: (-scores[u, i], i in answers[u]))
        expected = [i in answers[u] for i in order[:k]]
        assert hits.found[u].tolist() == expected + [False] * (k - len(expected))
        assert hits.n_relevant[u] == len(set(answers[u]))


def test_coverage_and_gini():
    ranked = lists([0, 1], [0, -1])
    assert metrics.coverage(ranked, 4) == 0.5
    # Places 2, 1, 0, 0: the mean absolute difference of pairs, over twice the mean.
    assert metrics.gini(ranked, 4) == pytest.approx(
        np.abs(np.subtract.outer([2, 1, 0, 0], [2, 1, 0, 0])).mean() / (2 * 3 / 4)
    )
    assert metrics.gini(lists([0, 1], [2, 3]), 4) == 0
    assert math.isnan(metrics.gini(lists([-1]), 4))


def test_popularity_counts_users_once_and_only_likes():
    histories = relevant([0, 0, 1], [0, 2], n_items=4)
    histories.weights[4] = -1
    assert metrics.popularity_of(histories).tolist() == [1, 0.5, 0, 0]


def test_novelty_and_popularity_of_a_list():
    popularity = np.array([1, 0.5, 0.25, 0])
    ranked = lists([0, 1], [2, -1], [3, 2], [-1, -1])
    np.testing.assert_allclose(
        metrics.novelty(ranked, popularity, n_users=8), [0.5, 2, 2.5, np.nan]
    )
    np.testing.assert_allclose(
        metrics.mean_popularity(ranked, popularity), [0.75, 0.25, 0.125, np.nan]
    )


def test_popularity_lift():
    popularity = np.array([0.8, 0.4, 0.2])
    histories = relevant([2, 2], [1], [], n_items=3)
    assert metrics.popularity_lift(lists([0], [1], [0]), histories, popularity) == pytest.approx(
        (0.8 + 0.4) / (0.2 + 0.4) - 1
    )
    assert math.isnan(metrics.popularity_lift(lists([0]), relevant([], n_items=3), popularity))


def test_diversity_is_the_mean_distance_of_pairs():
    vectors = np.random.default_rng(0).random((20, 5)).astype(np.float32)
    ranked = lists([3, 7, 11, 19], [0, 1, 2, -1], [4, -1, -1, -1])
    distances = pairwise_distances(vectors, metric="cosine")
    expected = [
        np.mean([distances[a, b] for a in row for b in row if a < b])
        for row in ([3, 7, 11, 19], [0, 1, 2])
    ]
    np.testing.assert_allclose(metrics.diversity(ranked, vectors), [*expected, np.nan], rtol=1e-5)


def test_diversity_of_titles_without_categories():
    vectors = np.array([[1, 0], [1, 0], [0, 0], [0, 0]])
    assert metrics.diversity(lists([0, 1], [0, 2], [2, 3]), vectors).tolist() == [0, 1, 1]


def test_calibration():
    categories = np.array([[1, 0], [0, 1], [0.5, 0.5], [0, 0]], np.float32)
    histories = relevant([0, 0, 0, 1], [2], [2], [3], n_items=4)
    ranked = lists([1, 0], [0, 1], [0, -1], [0, 1])
    same, all_one, unknown = (
        0.75 * math.log(0.75 / (0.99 * 0.5 + 0.01 * 0.75))
        + 0.25 * math.log(0.25 / (0.99 * 0.5 + 0.01 * 0.25)),
        0.5 * math.log(0.5 / (0.99 * 1 + 0.01 * 0.5)) + 0.5 * math.log(0.5 / (0.01 * 0.5)),
        np.nan,
    )
    np.testing.assert_allclose(
        metrics.calibration(ranked, histories, categories), [same, 0, all_one, unknown], rtol=1e-6
    )


def test_category_shares():
    shares = metrics.category_shares(pl.Series([["drama", "comedy"], None, [], ["drama", "drama"]]))
    assert shares.tolist() == [[0.5, 0.5], [0, 0], [0, 0], [0, 1]]
    assert metrics.category_shares(pl.Series([None, []], dtype=pl.List(pl.String))).shape == (2, 0)
