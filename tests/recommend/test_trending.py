"""Counts that decay equal their definition, whatever the order, the times and the pauses."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.errors import BadInputError, CorruptError
from limelight.recommend.interactions import Histories
from limelight.recommend.trending import Trending, best, rising

HOUR = timedelta(hours=1)
MICROSECONDS = 3_600_000_000


def by_definition(events, n_items, half_life, now):
    counts = np.zeros(n_items)
    for item, time, weight in events:
        counts[item] += max(weight, 0) * 0.5 ** ((now - time) / half_life)
    return counts


class TestCounts:
    def test_an_event_counts_half_after_a_half_life(self):
        counts = Trending(3, HOUR)
        counts.observe([0, 0, 2], [0, MICROSECONDS, MICROSECONDS])
        assert counts.counts() == pytest.approx([1.5, 0, 1])
        assert counts.counts(2 * MICROSECONDS) == pytest.approx([0.75, 0, 0.5])

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 4),
                st.integers(1_600_000_000_000_000, 1_600_000_400_000_000),
                st.sampled_from([1.0, 2.0, 0.25, -1.0, 0.0]),
            ),
            max_size=40,
        ),
        st.integers(1, 4),
        st.floats(30, 1e6),
    )
    def test_they_are_what_the_definition_says(self, events, parts, seconds):
        counts = Trending(5, timedelta(seconds=seconds))
        for part in range(parts):
            some = events[part::parts]
            counts.observe(*np.array(some, np.int64).reshape(-1, 3).T[:2], [e[2] for e in some])
        now = 1_600_000_500_000_000
        half_life = counts.half_life / timedelta(microseconds=1)
        expected = by_definition(events, 5, half_life, now)
        assert np.allclose(counts.counts(now), expected, rtol=1e-6, atol=1e-300)

    def test_a_century_at_a_second_each_overflows_nothing(self):
        counts = Trending(2, timedelta(seconds=1))
        counts.observe([0], [-2_000_000_000_000_000])
        counts.observe([1, 1], [2_000_000_000_000_000, 2_000_000_000_000_000])
        assert counts.counts() == pytest.approx([0, 2])
        items, values = counts.top(5)
        assert items.tolist() == [1, 0]
        assert values == pytest.approx([2, 0])

    def test_a_new_event_overtakes_many_old_ones(self):
        counts = Trending(2, timedelta(minutes=5))
        counts.observe(np.zeros(100, int), np.zeros(100, int))
        assert counts.top(1)[0].tolist() == [0]
        counts.observe([1], [timedelta(minutes=40) // timedelta(microseconds=1)])
        assert counts.top(1)[0].tolist() == [1]  # 100 / 2**8 < 1

    def test_histories_give_the_same_as_their_events(self):
        offsets, items = np.array([0, 2, 4]), np.array([0, 1, 1, 2], np.int32)
        weights = np.array([1, -1, 2, 1], np.float32)
        times = np.array([0, 1, 2, 3], np.int64) * MICROSECONDS
        histories = Histories(offsets, items, weights, 3, times)
        assert Trending.of(histories, HOUR).counts() == pytest.approx([0.125, 1, 1])

    def test_events_without_times_are_refused(self):
        with pytest.raises(BadInputError, match="no times"):
            Trending.of(Histories.from_lists([[0]], 1), HOUR)

    def test_nothing_is_trending_where_nothing_happened(self):
        counts = Trending(3, HOUR)
        counts.observe([], [])
        counts.observe([1], [5], [-1.0])
        assert counts.newest is None
        assert counts.counts(7).tolist() == [0, 0, 0]
        assert counts.top(3)[0].tolist() == []

    def test_moments_may_be_datetimes(self):
        counts = Trending(1, HOUR)
        counts.observe([0], [0])
        for moment in (datetime(1970, 1, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, 1)):
            assert counts.counts(moment) == pytest.approx([0.5])

    @pytest.mark.parametrize(
        ("items", "times"), [([3], [0]), ([-1], [0]), ([0, 1], [0]), ([0.5], [0]), ([0], [0.5])]
    )
    def test_bad_events_are_refused_and_none_is_counted(self, items, times):
        counts = Trending(3, HOUR)
        with pytest.raises(BadInputError):
            counts.observe(items, times)
        assert counts.newest is None

    def test_one_cannot_look_back(self):
        counts = Trending(1, HOUR)
        counts.observe([0], [MICROSECONDS])
        with pytest.raises(BadInputError, match="1970-01-01 01:00:00"):
            counts.counts(0)

    @pytest.mark.parametrize("half_life", [timedelta(0), timedelta(-1)])
    def test_half_lives_are_above_zero(self, half_life):
        with pytest.raises(BadInputError, match="above zero"):
            Trending(1, half_life)


class TestTop:
    def test_ties_go_to_the_lower_index_and_filters_hold(self):
        counts = Trending(5, HOUR)
        counts.observe([4, 2, 1, 1], [9, 9, 9, 9])
        assert counts.top(2)[0].tolist() == [1, 2]
        assert counts.top(3, allowed=np.array([1, 0, 1, 1, 1], bool))[0].tolist() == [2, 4]

    def test_a_list_has_at_least_one_place(self):
        with pytest.raises(BadInputError, match="at least 1"):
            Trending(1, HOUR).top(0)

    @given(st.lists(st.floats(-5, 5), min_size=1, max_size=30), st.integers(1, 30), st.randoms())
    def test_best_is_a_stable_sort(self, values, n, random):
        allowed = np.array([random.random() < 0.7 for _ in values])
        expected = [i for i in np.argsort(-np.array(values), kind="stable") if allowed[i]][:n]
        assert best(np.array(values), n, allowed).tolist() == expected


class TestRising:
    def test_is_the_ratio_of_smoothed_paces(self):
        short, long = Trending(3, HOUR), Trending(3, 4 * HOUR)
        for counts in (short, long):
            counts.observe([0, 0, 1], [0, 4 * MICROSECONDS, 0])
        now = 8 * MICROSECONDS
        usual = np.array([0.25 + 0.5, 0.25, 0]) / 4
        recent = np.array([2**-8 + 2**-4, 2**-8, 0])
        assert rising(short, long, now, 1.0) == pytest.approx((recent + 1) / (usual + 1))

    def test_an_even_pace_is_as_usual_and_a_doubled_one_rises(self):
        short, long = Trending(2, HOUR), Trending(2, 10 * HOUR)
        minutes = np.arange(0, 200 * 60, dtype=np.int64) * 60_000_000
        late = minutes[minutes > 199 * MICROSECONDS]
        for counts in (short, long):
            counts.observe(np.zeros(len(minutes), int), minutes)
            counts.observe(np.ones(len(minutes), int), minutes)
            counts.observe(np.ones(len(late), int), late)
        paces = rising(short, long)
        assert paces[0] == pytest.approx(1, abs=0.01)
        assert paces[1] > 1.3

    def test_half_lives_must_differ(self):
        with pytest.raises(BadInputError, match="longer one"):
            rising(Trending(1, HOUR), Trending(1, HOUR))
        with pytest.raises(BadInputError, match="longer one"):
            rising(Trending(1, HOUR), Trending(2, 2 * HOUR))
        with pytest.raises(BadInputError, match="smoothing"):
            rising(Trending(1, HOUR), Trending(1, 2 * HOUR), smoothing=0)


class TestFiles:
    def test_saved_and_loaded_it_goes_on_counting(self, tmp_path):
        counts = Trending(3, timedelta(minutes=7))
        counts.observe([0, 2], [5, MICROSECONDS])
        counts.save(tmp_path / "now.safetensors")
        loaded = Trending.load(tmp_path / "now.safetensors")
        for each in (counts, loaded):
            each.observe([1], [2 * MICROSECONDS])
        assert loaded.half_life == counts.half_life
        assert np.array_equal(loaded.counts(), counts.counts())

    def test_an_empty_one_too(self, tmp_path):
        Trending(3, HOUR).save(tmp_path / "now.safetensors")
        assert Trending.load(tmp_path / "now.safetensors").newest is None

    def test_what_is_none_is_refused(self, tmp_path):
        path = tmp_path / "now.safetensors"
        for content in (b"", b"nonsense" * 9):
            path.write_bytes(content)
            with pytest.raises(CorruptError, match="trending"):
                Trending.load(path)
        with pytest.raises(CorruptError, match="trending"):
            Trending.load(tmp_path / "absent")
