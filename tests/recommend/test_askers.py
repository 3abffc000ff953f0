"""What is known of people besides their history has a say while that is short, and says so."""

import json

import numpy as np
import polars as pl
import pytest

from limelight.errors import BadInputError, LimelightWarning, NotFoundError
from limelight.recommend import askers
from limelight.recommend.explain import describe
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import EASE, ColdStart, ItemKNN, Newcomers, Rocchio
from limelight.recommend.pages import make_page
from limelight.recommend.recommender import Recommender

YOUNG, OLD = {f"i{item}" for item in range(5)}, {f"i{item}" for item in range(5, 10)}


def crowd(n=300):
    """The young meet three of titles 0 to 4, the old three of 5 to 9, all of them title 10."""
    rng = np.random.default_rng(0)
    lists = [[10, *(rng.permutation(5)[:3] + 5 * (user % 2)).tolist()] for user in range(n)]
    lists[0], lists[1], lists[2] = [10], [10], []
    users = pl.DataFrame(
        {
            "user_id": [f"u{user}" for user in range(n)],
            "attributes": [json.dumps({"age": ("young", "old")[user % 2]}) for user in range(n)],
        }
    )
    ids = pl.Series([f"i{item}" for item in range(12)])
    return Interactions(users["user_id"], ids, Histories.from_lists(lists, 12)), users


INTERACTIONS, USERS = crowd()
MODEL = EASE(regularization=1.0).fit(INTERACTIONS)
NEWCOMERS = Newcomers().fit_to(MODEL, INTERACTIONS, USERS)


def recommender(**given):
    given = {"newcomers": NEWCOMERS, "users": USERS} | given
    return Recommender(MODEL, INTERACTIONS.item_ids, interactions=INTERACTIONS, **given)


def ids(table):
    return table["item_id"].to_list()


def test_attributes_alone_rank_and_are_the_reason():
    said = "there is no history, so what people with age=old meet stands in"
    with pytest.warns(LimelightWarning, match=f"^{said}$"):
        found = recommender().recommend(n=6, about={"age": "old"})
    assert set(ids(found)) == OLD | {"i10"}
    reasons = dict(zip(ids(found), found["reasons"], strict=True))
    assert describe(reasons["i7"]) == "met more by people with age=old"
    assert describe(reasons["i10"]) == "popular with everybody"


def test_a_user_with_a_short_history_is_known_by_the_store():
    found = recommender().recommend("u1", 5)
    assert set(ids(found)) == OLD
    kinds = {reason["kind"] for reasons in found["reasons"] for reason in reasons}
    assert "attributes" in kinds
    assert set(ids(recommender().recommend("u0", 5))) == YOUNG
    alone = recommender(users=None).recommend("u1", 5)
    assert ids(alone) == ids(Recommender(MODEL, INTERACTIONS.item_ids).recommend(history=["i10"]))


def test_what_is_told_goes_before_what_is_stored():
    assert set(ids(recommender().recommend("u1", 5, about={"age": "young"}))) == YOUNG


def test_a_user_without_events_is_known_by_attributes():
    with pytest.warns(LimelightWarning, match="user 'u2' liked nothing, so what people with age="):
        assert set(ids(recommender().recommend("u2", 5))) <= YOUNG | {"i10"}
    later = pl.DataFrame({"user_id": ["new"], "attributes": ['{"age":"old"}']})
    said = "user 'new' met nothing yet, so what people with age=old meet"
    with pytest.warns(LimelightWarning, match=said):
        recommender(users=later).recommend("new")


def test_a_history_that_is_long_enough_speaks_alone(monkeypatch):
    monkeypatch.setattr(askers, "FEW", 1)
    assert set(ids(recommender().recommend(history=["i10"], about={"age": "old"}, n=5))) == OLD
    said = "attributes count for 1 events at most, here are 2"
    with pytest.warns(LimelightWarning, match=said):
        found = recommender().recommend(history=["i0", "i1"], about={"age": "old"}, n=5)
    plain = Recommender(MODEL, INTERACTIONS.item_ids).recommend(history=["i0", "i1"], n=5)
    assert found.equals(plain)


def test_everybody_gets_what_each_would_get_alone(monkeypatch):
    monkeypatch.setattr(askers, "FEW", 1)
    whole = pl.concat(recommender().recommend_all(3))
    for user in ("u0", "u1", "u3", "u4"):
        alone = recommender().recommend(user, 3)
        mine = whole.filter(user=user)
        assert mine["item"].to_list() == ids(alone)
        assert mine["score"].to_list() == pytest.approx(alone["score"].to_list(), abs=1e-5)
    with pytest.warns(LimelightWarning):
        assert whole.filter(user="u2")["item"].to_list() == ids(recommender().recommend("u2", 3))


def test_what_a_title_adds_for_a_newcomer_is_told():
    parts = recommender().explain("i7", history=["i5", "i10"], about={"age": "old"})
    assert set(parts["item_id"]) == {"i5", "i10"}
    assert not parts.equals(recommender().explain("i7", history=["i5", "i10"]))
    with pytest.raises(NotFoundError, match="nothing to explain"):
        recommender().explain("i7", about={"age": "old"})


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"hair": "red"}, "nothing is known of the attribute 'hair', only of age"),
        ({"age": "oId"}, "nothing is known of age=oId, only of old, young"),
    ],
)
def test_what_is_not_known_of_people_is_said(about, said):
    with pytest.warns(LimelightWarning) as notes:
        found = recommender().recommend(n=1, about=about)
    assert [str(note.message) for note in notes] == [
        said,
        "there is no history, so what is popular stands in",
    ]
    assert ids(found) == ["i10"]


def test_a_model_without_attributes_says_so():
    with pytest.warns(LimelightWarning, match="learned nothing of people's attributes"):
        found = recommender(newcomers=None).recommend(history=["i5"], about={"age": "old"})
    assert ids(found) == ids(recommender(newcomers=None).recommend(history=["i5"]))


def test_what_is_no_mapping_is_refused():
    with pytest.raises(BadInputError, match="about maps attributes to values"):
        recommender().recommend(about="age=old")
    with pytest.raises(BadInputError, match="or what a person is about"):
        recommender().recommend()


def test_whatever_stands_in_is_named():
    def note(fallback):
        plain = Recommender(MODEL, INTERACTIONS.item_ids, fallback=fallback)
        with pytest.warns(LimelightWarning) as notes:
            plain.recommend(history=[])
        return str(notes[0].message).removeprefix("the history is empty, so ")

    both = ColdStart.of(MODEL, NEWCOMERS)
    assert note(both.for_person({"age": "old"})) == "what people with age=old meet stands in"
    assert note(both) == "what is popular stands in"
    knn = ItemKNN().fit(INTERACTIONS)
    assert note(knn) == "the fallback, item-knn, stands in"


def test_a_cold_start_model_listens_to_attributes_itself():
    served = Recommender(ColdStart.of(MODEL, NEWCOMERS), INTERACTIONS.item_ids)
    with pytest.warns(LimelightWarning, match="age=old"):
        assert set(ids(served.recommend(n=6, about={"age": "old"}))) == OLD | {"i10"}


def test_a_page_for_people_like_you():
    with pytest.warns(LimelightWarning, match="age=young"):
        rows = make_page(recommender(), about={"age": "young"}, length=4, n_rows=1)
    assert (rows[0].kind, rows[0].headline) == ("popular", "Popular with people like you")
    assert set(rows[0].titles["item_id"]) <= YOUNG | {"i10"}


def test_ranges_of_numbers_are_told_in_words():
    ages = pl.DataFrame({"user_id": USERS["user_id"]}).with_columns(
        attributes=pl.Series([json.dumps({"age": 20 + user % 40}) for user in range(300)])
    )
    attributes = NEWCOMERS.prior.fit_to(INTERACTIONS, ages).attributes
    assert attributes.words(0) == "age below 26"
    assert attributes.words(len(attributes.columns) - 1).startswith("age from ")
    assert attributes.unknown({"age": 33}) == []
    assert attributes.unknown({"age": "x"})[0].startswith("nothing is known of age=x, only of age ")


def test_rejections_count_for_newcomers_too():
    rejecting = Rocchio(model="ease:regularization=1.0").fit(INTERACTIONS)
    rejecting.weight = np.ones(1, np.float32)
    past = Histories(np.array([0, 2]), np.array([10, 5], np.int32), np.array([1, -1.0]), 12)
    of_old = [{"age": "old"}]
    cold = ColdStart.of(rejecting, NEWCOMERS)
    items, scores = cold.top_for(of_old, past, 12)
    expected = NEWCOMERS.blend(rejecting.score(past), past, of_old)[0]
    assert scores[0] == pytest.approx(np.sort(expected)[::-1], abs=1e-6)
    assert not np.allclose(scores, cold.top_for(of_old, past.positive(), 12)[1])
    assert items[0].tolist() == np.argsort(-expected, kind="stable").tolist()
