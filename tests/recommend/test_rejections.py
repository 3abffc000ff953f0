"""Low ratings, skips and dislikes: judged, learned from, and taken out of scores."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import BadInputError
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.metrics import dislike_rate
from limelight.recommend.models import load_model
from limelight.recommend.models.rocchio import Rocchio
from limelight.recommend.ratings import INDIFFERENT, RatingScale


def ratings(*rows):
    events = pl.DataFrame(rows, schema=["user_id", "value"], orient="row")
    return events.with_columns(item_id=pl.int_range(pl.len()), kind=pl.lit("rating"))


def signed(lists, n_items):
    """Histories of titles, those below zero rejected (title -1 - i)."""
    offsets = np.cumsum([0, *map(len, lists)])
    flat = np.array([item for row in lists for item in row], np.int32)
    weights = np.where(flat < 0, -1, 1).astype(np.float32)
    return Histories(
        offsets, np.where(flat < 0, -1 - flat, flat).astype(np.int32), weights, n_items
    )


def tastes_with_dislikes():
    """All begin with title 0; friends of 1 like 2 and 3, those who reject 1 like 4 and reject 2."""
    lists = [[0, 1, 5, 2, 3]] * 30 + [[0, -2, 5, 4, -3]] * 20
    histories = signed(lists, 7)
    ids = pl.Series([f"u{row}" for row in range(len(lists))])
    return Interactions(ids, pl.Series([f"i{item}" for item in range(7)]), histories)


class TestRatingScale:
    def test_kinds_follow_the_users_own_mean(self):
        generous = [("ann", 5.0)] * 50 + [("ann", 4.0), ("ann", 3.0)]
        strict = [("ben", 2.0)] * 50 + [("ben", 3.0), ("ben", 1.0)]
        events = ratings(*generous, *strict)
        scale = RatingScale(mean=3.0, spread=1.0)
        kinds = scale.judge(events)["kind"].to_list()
        assert kinds[49:52] == ["rating", "indifferent", "dislike"]
        assert kinds[52 + 49 :] == ["rating", "rating", "dislike"]

    def test_one_rating_is_held_against_everybodys_mean(self):
        scale = RatingScale(mean=3.5, spread=1.0)
        assert scale.judge(ratings(("ann", 1.0)))["kind"].to_list() == ["dislike"]
        assert scale.judge(ratings(("ann", 5.0)))["kind"].to_list() == ["rating"]

    def test_other_events_and_missing_values_stay(self):
        events = ratings(("ann", None), ("ann", float("nan")), ("ann", 1.0)).with_columns(
            kind=pl.Series(["rating", "rating", "play"])
        )
        judged = RatingScale(3.0, 1.0).judge(events)
        assert judged["kind"].to_list() == ["rating", "rating", "play"]

    @settings(deadline=None, max_examples=30)
    @given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5)), min_size=1))
    def test_it_does_not_depend_on_the_units(self, rows):
        stars = ratings(*((user, float(value)) for user, value in rows))
        percent = stars.with_columns(value=pl.col("value") * 20)
        judged = [RatingScale.of(each).judge(each)["kind"].to_list() for each in (stars, percent)]
        assert judged[0] == judged[1]

    def test_equal_ratings_all_speak_for_their_titles(self):
        events = ratings(("ann", 4.0), ("ben", 4.0))
        assert set(RatingScale.of(events).judge(events)["kind"]) == {"rating"}

    def test_judged_events_make_signed_histories(self):
        rows = ratings(("ann", 5.0), ("ann", 2.5), ("ann", 1.0))
        events = RatingScale(3.0, 1.0).judge(rows)
        weights = Interactions.from_frame(events, kind_weights=INDIFFERENT).histories.weights
        assert weights.tolist() == [1, 0, -2]

    @pytest.mark.parametrize("column", ["user_id", "kind", "value"])
    def test_missing_columns_are_named(self, column):
        with pytest.raises(BadInputError, match="user_id, kind and value"):
            RatingScale.of(ratings(("ann", 1.0)).drop(column))

    def test_without_ratings_there_is_no_scale(self):
        with pytest.raises(BadInputError, match="no event of kind 'rating'"):
            RatingScale.of(ratings(("ann", None)).cast({"value": pl.Float64}))


@pytest.fixture(scope="module")
def model():
    return Rocchio(model="ease:regularization=1").fit(tastes_with_dislikes())


class TestRocchio:
    def test_learns_that_rejections_tell(self, model):
        assert model.weight[0] > 0

    def test_takes_away_what_the_rejected_titles_say(self, model):
        liked, rejected = signed([[0]], 7), signed([[1]], 7)
        both = model.score(signed([[0, -2]], 7))
        inner = model.fitted[0]
        expected = inner.score(liked) - model.weight * inner.score(rejected)
        assert np.allclose(both, expected, atol=1e-6)
        assert both[0, 2] < model.score(liked)[0, 2]

    def test_parts_sum_to_the_score(self, model):
        history, targets = signed([[0, -2, 5]], 7), np.array([2, 3, 4])
        parts = model.contributions(history, targets)
        assert (parts[1] < 0).any()
        assert np.allclose(parts.sum(axis=0), model.score(history)[0, targets], atol=1e-5)

    def test_every_row_is_its_own(self, model):
        histories = signed([[0, -2], [0], [-2], []], 7)
        scores = model.score(histories)
        for row in range(4):
            assert np.allclose(model.score(histories[row : row + 1])[0], scores[row], atol=1e-6)
        assert not scores[3].any()

    def test_saved_and_loaded_it_scores_the_same(self, model, tmp_path):
        model.save(tmp_path)
        histories = signed([[0, -2]], 7)
        assert np.array_equal(load_model(tmp_path).score(histories), model.score(histories))

    def test_where_nobody_rejects_it_is_the_model(self):
        interactions = tastes_with_dislikes()
        liked = Interactions(
            interactions.user_ids, interactions.item_ids, interactions.histories.positive()
        )
        model = Rocchio(model="ease:regularization=1").fit(liked)
        assert model.weight[0] == 0
        shown = signed([[0, -2]], 7)
        assert np.array_equal(model.score(shown), model.fitted[0].score(shown))

    def test_it_needs_something_liked(self):
        lone = tastes_with_dislikes()
        against = lone.histories.where(lone.histories.weights < 0)
        with pytest.raises(BadInputError, match="positive"):
            Rocchio().fit(Interactions(lone.user_ids, lone.item_ids, against))


class TestDislikeRate:
    def test_counts_rejected_titles_in_lists(self):
        ranked = np.array([[0, 1, 2], [3, 4, -1], [-1, -1, -1]])
        rejected = signed([[-2, -3, -6], [3], [-1]], 6)
        rates = dislike_rate(ranked, rejected)
        assert rates[:2] == pytest.approx([2 / 3, 0])
        assert np.isnan(rates[2])
