"""People without events, and with few: attributes, latent classes and how they give way."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from limelight.errors import BadInputError, LimelightWarning
from limelight.recommend.audience import Attributes
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.log_linear import Guesses, fit_log_linear, log_likelihoods
from limelight.recommend.models import (
    EASE,
    AttributePrior,
    ColdStart,
    LatentClasses,
    Newcomers,
    load_model,
)
from limelight.recommend.recommender import Recommender


def people(*attributes):
    ids = [f"u{place}" for place in range(len(attributes))]
    return pl.DataFrame(
        {"user_id": ids, "attributes": [None if a is None else json.dumps(a) for a in attributes]},
        schema={"user_id": pl.String, "attributes": pl.String},
    )


def crowd(n=200, agreeing=1.0, seed=0):
    """The young like titles 0 to 4, the old 5 to 9, if they agree with their kind; all like 10."""
    rng = np.random.default_rng(seed)
    young = np.arange(n) % 2 == 0
    lists = []
    for is_young in young:
        likes_first = is_young == (rng.random() < agreeing)
        own = rng.permutation(5)[:3] + (0 if likes_first else 5)
        lists.append([10, *own.tolist()])
    users = people(*({"age": "young" if y else "old"} for y in young))
    ids = pl.Series([f"i{item}" for item in range(12)])
    interactions = Interactions(users["user_id"], ids, Histories.from_lists(lists, 12))
    return interactions, users


class TestAttributes:
    def test_every_kind_of_value_has_its_columns(self):
        users = people(
            *({"sex": "F", "pro": True, "likes": ["tea", "rum"], "age": n} for n in range(30)),
            {"sex": "M", "address": {"city": "Bern"}},
            None,
        )
        columns = Attributes.of(users).columns
        assert ("sex", "F") in columns
        assert ("sex", "M") not in columns  # too few to say anything
        assert ("pro", "true") in columns
        assert {("likes", "rum"), ("likes", "tea")} < set(columns)
        ages = [column for column in columns if column[0] == "age"]
        assert len(ages) == 6
        assert ages[0][1] is None
        assert ages[-1][2] is None

    def test_people_are_described_by_ones(self):
        attributes = Attributes((("sex", "F"), ("age", None, 30.0), ("age", 30.0, None)))
        table = attributes.encode([{"sex": "F", "age": 30}, {"age": "29.5"}, {"age": "?"}, {}])
        assert table.toarray().tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0], [0, 0, 0]]

    def test_few_numbers_are_values_and_whole_ones_have_no_fraction(self):
        attributes = Attributes.of(people(*[{"group": 25.0}] * 10))
        assert attributes.columns == (("group", "25"),)
        assert attributes.encode([{"group": 25}, {"group": "25"}]).toarray().tolist() == [[1], [1]]

    @pytest.mark.parametrize("text", ["{", "[1]", "3"])
    def test_what_is_no_object_is_refused(self, text):
        with pytest.raises(BadInputError, match="JSON"):
            Attributes.of(pl.DataFrame({"user_id": ["u"], "attributes": [text]}))

    def test_a_table_without_attributes_is_refused(self):
        with pytest.raises(BadInputError, match="no column 'attributes'"):
            Attributes.of(pl.DataFrame({"user_id": ["u"]}))


class TestLogLinear:
    def test_finds_the_maximum(self):
        rng = np.random.default_rng(3)
        features = rng.normal(size=(2, 50, 6)).astype(np.float32)
        chosen = csr_matrix(rng.poisson(0.5, (50, 6)).astype(np.float32))
        block = Guesses(features, np.zeros((50, 6), np.float32), chosen)
        found = fit_log_linear([block], ridge=0)
        best = log_likelihoods(block, found).sum()
        for step in ([0.05, 0], [-0.05, 0], [0, 0.05], [0, -0.05]):
            assert log_likelihoods(block, found + step).sum() < best

    def test_recovers_the_weight_that_made_the_choices(self):
        rng = np.random.default_rng(0)
        features = rng.normal(size=(1, 1, 5)).astype(np.float32)
        shares = np.exp(0.7 * features[0, 0])
        chosen = csr_matrix((100_000 * shares / shares.sum())[None].astype(np.float32))
        block = Guesses(features, np.zeros((1, 5), np.float32), chosen)
        assert fit_log_linear([block], ridge=0) == pytest.approx([0.7], abs=1e-3)

    def test_barred_titles_have_no_part(self):
        base = np.array([[0, -np.inf, 0]], np.float32)
        features = np.array([[[1, 50, 0]]], np.float32)
        block = Guesses(features, base, csr_matrix(np.array([[3, 0, 1]], np.float32)))
        assert fit_log_linear([block], ridge=0) == pytest.approx([np.log(3)], abs=1e-3)


class TestAttributePrior:
    def test_people_get_what_people_like_them_like(self):
        interactions, users = crowd()
        prior = AttributePrior().fit_to(interactions, users)
        young, old, stranger = prior.score_people([{"age": "young"}, {"age": "old"}, {}])
        assert set(np.argsort(-young)[:6]) == {0, 1, 2, 3, 4, 10}
        assert set(np.argsort(-old)[:6]) == {5, 6, 7, 8, 9, 10}
        assert np.argmax(stranger) == 10
        assert np.allclose(np.exp(young).sum(), 1, atol=1e-5)
        assert np.allclose(stranger, prior.popularity, atol=1e-5)

    @given(st.integers(0, 1000))
    @settings(max_examples=15, deadline=None)
    def test_attributes_that_say_nothing_cost_nothing(self, seed):
        interactions, users = crowd(agreeing=0.5, seed=seed)
        prior = AttributePrior().fit_to(interactions, users)
        changed = np.abs(prior.score_people([{"age": "young"}, {"age": "old"}]) - prior.popularity)
        assert changed.max() < 0.3  # a telling attribute moves titles by more than 2

    def test_probabilities_are_those_of_the_group(self):
        interactions, users = crowd(2000)
        young = AttributePrior().fit_to(interactions, users).score_people([{"age": "young"}])[0]
        assert np.exp(young[10]) == pytest.approx(0.25, abs=0.02)
        assert np.exp(young[:5]).sum() == pytest.approx(0.75, abs=0.02)

    def test_without_attributes_it_is_popularity(self):
        interactions, users = crowd()
        for known in (users.clear(), users.with_columns(attributes=pl.lit(None, pl.String))):
            prior = AttributePrior().fit_to(interactions, known)
            assert prior.columns == ()
            assert np.argmax(prior.score_people([{"age": "young"}])[0]) == 10

    def test_saved_and_loaded_it_says_the_same(self, tmp_path):
        interactions, users = crowd()
        prior = AttributePrior().fit_to(interactions, users)
        prior.save(tmp_path)
        loaded = load_model(tmp_path)
        assert isinstance(loaded, AttributePrior)
        asked = [{"age": "old"}, {}]
        assert np.array_equal(loaded.score_people(asked), prior.score_people(asked))

    def test_a_single_user_is_enough(self):
        interactions, users = crowd(1)
        assert AttributePrior().fit_to(interactions, users).score_people([{}]).shape == (1, 12)


class TestLatentClasses:
    def test_two_kinds_of_people_are_told_apart(self):
        interactions, _ = crowd()
        model = LatentClasses(classes=2).fit(interactions)
        shown = Histories.from_lists([[0], [6], [10], []], 12)
        belongs = model.memberships(shown)
        assert belongs.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-5)
        assert belongs[0].max() > 0.9
        assert belongs[1].argmax() != belongs[0].argmax()
        assert belongs[2] == pytest.approx(model.sizes, abs=0.05)
        assert set(np.argsort(-model.score(shown)[0])[:6]) == {0, 1, 2, 3, 4, 10}

    def test_without_events_it_is_popularity(self):
        interactions, _ = crowd()
        scores = LatentClasses(classes=3).fit(interactions).score(Histories.from_lists([[]], 12))
        counts = np.bincount(interactions.histories.items, minlength=12)
        assert np.exp(scores[0]) == pytest.approx(counts / counts.sum(), abs=0.02)

    def test_there_is_at_least_one_class(self):
        with pytest.raises(BadInputError, match="at least one class"):
            LatentClasses(classes=0).fit(crowd()[0])


@pytest.fixture(scope="module")
def fitted():
    interactions, users = crowd(600, agreeing=0.8)
    model = EASE(regularization=1.0)
    return Newcomers().fit_to(model, interactions, users), model.fit(interactions)


class TestNewcomers:
    def test_reliance_falls_with_events(self, fitted):
        newcomers, _ = fitted
        a, b = newcomers.reliance_after(np.array([1, 2, 3, 10, 100, 10_000]))
        assert (np.diff(a) <= 0).all()
        assert (np.diff(b) <= 0).all()
        assert a[0] > 0
        assert a[-1] < a[-2] < a[0]

    def test_without_events_attributes_decide(self, fitted):
        newcomers, model = fitted
        nothing = Histories.from_lists([[], []], 12)
        scores = newcomers.blend(model.score(nothing), nothing, [{"age": "young"}, {"age": "old"}])
        assert np.argsort(-scores[0])[:6].max() == 10
        assert set(np.argsort(-scores[1])[:6]) == {5, 6, 7, 8, 9, 10}

    def test_events_outweigh_attributes(self, fitted):
        newcomers, model = fitted
        shown = Histories.from_lists([[5, 6]], 12)
        scores = newcomers.blend(model.score(shown), shown, [{"age": "young"}])
        assert set(np.argsort(-scores[0])[:6]) == {5, 6, 7, 8, 9, 10}

    def test_saved_and_loaded_it_blends_the_same(self, fitted, tmp_path):
        newcomers, model = fitted
        newcomers.save(tmp_path)
        loaded = load_model(tmp_path)
        assert isinstance(loaded, Newcomers)
        shown, asked = Histories.from_lists([[1], []], 12), [{"age": "old"}, {}]
        scores = model.score(shown)
        same = newcomers.blend(scores, shown, asked)
        assert np.array_equal(loaded.blend(scores, shown, asked), same)

    def test_too_few_users_to_hold_out_are_no_failure(self):
        interactions, users = crowd(4)
        newcomers = Newcomers().fit_to(EASE(), interactions, users)
        assert newcomers.reliance_after(np.array([1]))[0] == pytest.approx([0])


class TestColdStart:
    def test_it_serves_each_person_through_the_recommender(self):
        interactions, users = crowd(600, agreeing=0.8)
        model = ColdStart(model="ease:regularization=1.0").fit_to(interactions, users)
        for age, likes in (("young", range(5)), ("old", range(5, 10))):
            person = model.for_person({"age": age})
            recommender = Recommender(person, interactions.item_ids, fallback=person)
            with pytest.warns(LimelightWarning, match="empty"):
                found = recommender.recommend(n=6, history=[])["item_id"]
            assert set(found) == {"i10", *(f"i{item}" for item in likes)}
            shown = recommender.recommend(n=3, history=["i5", "i6"])["item_id"]
            assert set(shown) <= {"i7", "i8", "i9", "i10"}
        assert model.about == {}

    def test_saved_and_loaded_it_knows_whom_it_serves(self, tmp_path):
        interactions, users = crowd(100)
        person = ColdStart().fit_to(interactions, users).for_person({"age": "old"})
        person.save(tmp_path)
        nothing = Histories.from_lists([[], [1]], 12)
        assert np.array_equal(load_model(tmp_path).score(nothing), person.score(nothing))
