import numpy as np
import pytest
from scipy import stats

from limelight.recommend import resampling
from limelight.recommend.resampling import bootstrap_interval, randomisation_test


def test_the_interval_is_that_of_theory_where_there_is_one():
    values = np.random.default_rng(1).normal(3, 2, (2000, 1))
    low, high = bootstrap_interval(values)
    error = values.std() / np.sqrt(2000)
    expected = values.mean() + 1.96 * error * np.array([-1, 1])
    np.testing.assert_allclose([low[0], high[0]], expected, atol=error / 4)


def test_the_interval_agrees_with_scipy():
    values = np.random.default_rng(2).exponential(1, 80)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", rng=3).confidence_interval
    low, high = bootstrap_interval(values[:, None], resamples=10_000)
    np.testing.assert_allclose([low[0], high[0]], theirs, atol=0.02)


def test_a_constant_has_no_width_and_a_missing_column_no_interval():
    values = np.column_stack([np.full(50, 0.25), np.full(50, np.nan)])
    low, high = bootstrap_interval(values)
    assert low[0] == high[0] == 0.25
    assert np.isnan([low[1], high[1]]).all()


def test_missing_values_are_left_out():
    values = np.column_stack([np.where(np.arange(400) % 2, np.nan, 7), np.arange(400)])
    low, high = bootstrap_interval(values)
    assert low[0] == high[0] == 7


def test_drawing_in_chunks_changes_nothing(monkeypatch):
    values = np.random.default_rng(0).random((30, 2))
    whole = bootstrap_interval(values)
    monkeypatch.setattr(resampling, "DRAWS_AT_ONCE", 100)
    np.testing.assert_array_equal(bootstrap_interval(values), whole)


def test_many_users_in_groups_keep_interval_and_p_value(monkeypatch):
    # A metric that most users lack, a rare one, and users in an order that tells.
    rng = np.random.default_rng(0)
    values = np.sort(rng.normal(0.005, 1, (20_000, 1)), axis=0)
    values = np.column_stack([values, rng.random(20_000) < 0.03])
    values[rng.random(20_000) < 0.7, 0] = np.nan
    monkeypatch.setattr(resampling, "MOST_UNITS", 20_000)
    (low, high), p_values = bootstrap_interval(values), randomisation_test(values)
    monkeypatch.setattr(resampling, "MOST_UNITS", 3000)
    lower, higher = bootstrap_interval(values)
    assert (np.abs(lower - low) < 0.1 * (high - low)).all()
    assert (np.abs(higher - high) < 0.1 * (high - low)).all()
    np.testing.assert_allclose(randomisation_test(values), p_values, atol=0.03)


def test_p_values_agree_with_every_sign_flip_there_is():
    rng = np.random.default_rng(5)
    differences = np.column_stack([rng.normal(0.4, 1, 12), rng.integers(-1, 2, 12)])
    flips = 1 - 2 * ((np.arange(2**12)[:, None] >> np.arange(12)) & 1)
    sums = np.abs(flips @ differences)
    exact = (sums >= np.abs(differences.sum(axis=0)) - 1e-9).mean(axis=0)
    np.testing.assert_allclose(randomisation_test(differences), exact, atol=0.015)


@pytest.mark.parametrize("users", [1, 50])
def test_models_that_never_differ_are_not_told_apart(users):
    assert randomisation_test(np.zeros((users, 1)))[0] == 1


def test_a_clear_difference_has_the_smallest_p_value_there_is():
    assert randomisation_test(np.full((100, 1), 0.1))[0] == pytest.approx(1 / 10_001)


def test_the_false_alarm_rate_is_what_it_says():
    rng = np.random.default_rng(0)
    p_values = randomisation_test(rng.normal(0, 1, (60, 1000)), resamples=999)
    assert 0.03 < (p_values <= 0.05).mean() < 0.07
