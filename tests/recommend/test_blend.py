"""A blend believes its parts as much as they deserve; the nearest contexts are counted exactly."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import BadInputError
from limelight.recommend.blending.choice import Choices, fit_weights
from limelight.recommend.blending.questions import last_stretch, last_title, sample
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import Blend, SequenceKNN, Transitions

N_ITEMS = 12


def interactions(histories: Histories) -> Interactions:
    users = pl.Series([f"u{row}" for row in range(len(histories))])
    return Interactions(users, pl.Series([f"i{i}" for i in range(histories.n_items)]), histories)


def in_order(n_users: int, seed: int = 0) -> Histories:
    """Everybody goes round the same circle of titles from a place of their own."""
    starts = np.random.default_rng(seed).integers(0, N_ITEMS, n_users)
    return Histories.from_lists(
        [[(start + step) % N_ITEMS for step in range(6)] for start in starts], N_ITEMS
    )


def test_weights_are_the_likeliest():
    # The feature tells the chosen one in three questions of four: odds of 3, a weight of log 3.
    features = np.array([[1, 5], [0, 5]] * 4, np.float32)
    chosen = np.array([True, False] * 3 + [False, True])
    weights = fit_weights(Choices(features, chosen, np.arange(0, 8, 2)), ridge=0)
    assert weights[0] == pytest.approx(np.log(3), abs=1e-3)


def test_weights_are_never_negative_and_unanswered_questions_say_nothing():
    features = np.array([[0.0], [1.0], [1.0], [0.0]], np.float32)
    chosen = np.array([True, False, False, False])
    assert fit_weights(Choices(features, chosen, np.array([0, 2])), ridge=0.1)[0] == 0
    assert fit_weights(Choices(-features, chosen, np.array([0, 2])), ridge=0.1)[0] > 0


def test_the_last_title_is_asked_and_not_trained_on():
    lists = [[0, 1, 2]] * 20 + [[3]] + [[4, 5, 4]]
    asked = last_title(Histories.from_lists(lists, 6))
    assert asked is not None
    assert len(asked.histories) == len(asked.answers) == 20
    assert set(asked.answers.items) == {2}
    assert 2 not in asked.train.items
    assert {3, 4, 5} <= set(asked.train.items)
    assert last_title(Histories.from_lists(lists[:19], 6)) is None


def test_the_last_stretch_lies_after_everything_trained_on():
    old = in_order(60)
    times = np.sort(np.random.default_rng(1).permutation(len(old.items)).reshape(60, 6), axis=1)
    timed = Histories(old.offsets, old.items, old.weights, N_ITEMS, times.reshape(-1))
    asked = last_stretch(timed)
    assert asked is not None
    assert asked.train.times is not None
    assert asked.answers.times is not None
    assert asked.train.times.max() < asked.answers.times.min()
    assert asked.answers.lengths.min() > 0
    assert last_stretch(old) is None


def test_a_sample_is_the_same_each_time():
    rows = sample(in_order(50), 7)
    assert len(rows) == len(set(rows)) == 7
    assert (rows == sample(in_order(50), 7)).all()
    assert sample(in_order(5), 7).tolist() == [0, 1, 2, 3, 4]


def test_a_part_that_knows_outweighs_one_that_does_not():
    parts = ("popularity", "transitions")
    blend = Blend(parts).fit(interactions(in_order(200)))
    assert blend.weights.shape == (2, 2)
    assert blend.weights[1].sum() > 10 * blend.weights[0].sum()
    histories = Histories.from_lists([[3, 4, 5], [10, 11]], N_ITEMS)
    best = blend.score(histories).argmax(axis=1)
    assert (
        best.tolist()
        == Transitions().fit(interactions(in_order(200))).score(histories).argmax(axis=1).tolist()
    )


def test_too_few_to_learn_from_weigh_the_same():
    blend = Blend(("popularity", "ease", "item-knn")).fit(interactions(in_order(10)))
    assert blend.weights.tolist() == [[1, 0]] * 3


def test_blending_fitted_models_leaves_out_what_does_not_help():
    everything = interactions(in_order(200))
    asked = last_title(everything.histories)
    assert asked is not None
    known = {"transitions": Transitions().fit(interactions(asked.train))}
    known["transitions:window=1"] = Transitions(window=1).fit(interactions(asked.train))
    blend = Blend.of(known, asked.histories, asked.answers)
    assert set(blend.parts) <= set(known)
    assert blend.weights.any(axis=1).all()
    before = blend.weights.copy()
    refitted = blend.refit(everything)
    assert np.array_equal(refitted.weights, before)
    fresh = [type(part)(**part.config()).fit(everything) for part in blend.fitted]
    assert np.array_equal(refitted.fitted[0].lifts.data, fresh[0].lifts.data)


def test_contributions_name_the_title_that_speaks():
    blend = Blend(("transitions", "ease")).fit(interactions(in_order(200)))
    history = Histories.from_lists([[7, 1, 2, 3]], N_ITEMS)
    parts = blend.contributions(history, np.array([4]))
    assert parts[:, 0].argmax() == 3


@pytest.mark.parametrize(
    ("blend", "message"),
    [
        (Blend(("ease",), "yesterday"), "no validation 'yesterday'; there are last-title"),
        (Blend(("ease",), "last-stretch"), "needs events with times"),
        (Blend(()), "needs parts"),
        (SequenceKNN(half_life=0), "half_life must be above 0"),
        (SequenceKNN(power=0), "power 1 or more"),
    ],
)
def test_settings_without_a_meaning_are_refused(blend, message):
    with pytest.raises(BadInputError, match=message):
        blend.fit(interactions(in_order(30)))


LISTS = st.lists(st.lists(st.integers(0, 5), max_size=7), min_size=1, max_size=5).filter(any)


@settings(max_examples=40, deadline=None)
@given(LISTS, st.lists(st.integers(0, 5), max_size=6), st.integers(1, 4))
def test_sequence_knn_counts_every_context(lists, history, power):
    model = SequenceKNN(half_life=2, power=power).fit(interactions(Histories.from_lists(lists, 6)))
    decay = 0.5**0.5

    def described(items):
        sums = np.zeros(6)
        for ago, item in enumerate(reversed(items)):
            sums[item] += decay**ago
        return sums

    votes = np.zeros(6)
    for items in lists:
        for place, item in enumerate(items):
            # The newest event of a context is one step before the place.
            votes[item] += (decay * described(items[:place]) @ described(history)) ** power
    new = [item for item in range(6) if item not in history]
    total = votes[new].sum()
    expected = np.log1p(1e5 * np.minimum(votes, total) / total) if total > 0 else np.zeros(6)
    scored = model.score(Histories.from_lists([history], 6))[0]
    assert np.allclose(scored, expected, atol=1e-3)
