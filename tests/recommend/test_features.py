"""Features of titles: what they hold, how they are weighed, and where they go with the events."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from limelight.errors import BadInputError
from limelight.recommend.features import Features
from limelight.recommend.interactions import Interactions, align
from limelight.recommend.splits import in_time, leave_one_out, new_titles, new_users

ITEMS = pl.DataFrame(
    {
        "item_id": ["a", "b", "c", "d"],
        "title": ["Alien", "Aliens return", "Alien return", None],
        "text": ["A ship. A monster!", "the ship and the Monster", None, "東京物語"],
        "categories": [["Horror", "Space"], ["horror"], ["Drama"], []],
        "released": [date(1979, 5, 25), date(1986, 7, 18), None, date(1953, 11, 3)],
        "parent_id": [None, "a", None, None],
        "attributes": [
            json.dumps({"cast": ["Sigourney Weaver", "John Hurt"], "year": 1979}),
            json.dumps({"cast": "Sigourney Weaver; Bill Paxton", "crew": [{"name": "Cameron"}]}),
            json.dumps({"crew": [{"name": "Cameron"}, {"name": "Ozu"}], "year": 1979}),
            None,
        ],
    }
)


def cosines(features: Features, group: str) -> np.ndarray:
    matrix = features.groups[group]
    return (matrix @ matrix.T).toarray()


def test_groups_hold_what_several_titles_share() -> None:
    features = Features.from_items(ITEMS, ["a", "b", "c", "d"])
    known = {"title", "text", "categories", "released", "parent", "cast", "crew", "year"}
    assert set(features.groups) == known
    for matrix in features.groups.values():
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        assert np.allclose(lengths[lengths > 0], 1)
    assert cosines(features, "cast")[0, 1] == pytest.approx(1)
    assert cosines(features, "crew")[1, 2] == pytest.approx(1)
    assert cosines(features, "parent")[0, 1] == pytest.approx(1), "a part is like its whole"
    assert cosines(features, "categories")[0, 1] == pytest.approx(1), "in whatever letter case"
    assert cosines(features, "title")[0, 2] == pytest.approx(np.sqrt(0.5))


def test_words_weigh_by_their_rarity_and_the_logarithm_of_their_count() -> None:
    texts = ["ghost ghost ship", "ghost sea", "ship sea", "sea"]
    items = pl.DataFrame({"item_id": list("abcd"), "text": texts})
    found = Features.from_items(items, list("abcd")).groups["text"].toarray()
    ghost, sea, ship = np.log([4 / 2, 4 / 3, 4 / 2])
    expected = np.array([[(1 + np.log(2)) * ghost, 0, ship], [ghost, sea, 0], [0, sea, ship]])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.allclose(found[:3], expected, atol=1e-6)


def test_scripts_without_spaces_are_read_in_pairs_of_letters() -> None:
    texts = ["東京物語", "東京の夜", "物", "物 Tokyo", "ＴＯＫＹＯ"]
    items = pl.DataFrame({"item_id": list("abcde"), "text": texts})
    alike = cosines(Features.from_items(items, list("abcde")), "text") > 0
    assert alike[0, 1], "they share 東京"
    assert not alike[0, 2], "one letter alone is another word"
    assert alike[2, 3]
    assert alike[3, 4], "full-width letters are letters"


def test_releases_grow_less_alike_and_not_at_all_after_ten_years() -> None:
    years = [1980, 1982, 1986, 1990, 2020]
    items = pl.DataFrame(
        {"item_id": list("abcde"), "released": [date(year, 1, 1) for year in years]}
    )
    from_1980 = cosines(Features.from_items(items, list("abcde")), "released")[0]
    assert from_1980[0] == pytest.approx(1)
    assert from_1980[0] > from_1980[1] > from_1980[2] > from_1980[3] == from_1980[4] == 0


def test_lists_of_numbers_with_a_point_are_vectors_and_others_are_values() -> None:
    attributes = [{"sound": [3.0, 4], "ids": [1, 2]}, {"sound": [4.0, 3]}, {"ids": [2]}]
    items = pl.DataFrame({"item_id": list("abc"), "attributes": map(json.dumps, attributes)})
    picture = np.array([[2.0, 0], [0, 0], [1, 1]])
    features = Features.from_items(items, list("abc"), {"picture": picture})
    assert np.allclose(features.groups["sound"].toarray(), [[0.6, 0.8], [0.8, 0.6], [0, 0]])
    assert cosines(features, "picture")[0, 2] == pytest.approx(np.sqrt(0.5))
    assert cosines(features, "ids")[0, 2] == pytest.approx(1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"items": pl.DataFrame({"id": ["a"]})}, "no column 'item_id'"),
        ({"items": pl.DataFrame({"item_id": ["a"], "categories": [1]})}, "other types"),
        ({"vectors": {"x": np.zeros((3, 2))}}, "row for each of 2 titles"),
        ({"vectors": {"x": np.array([[1.0], [np.nan]])}}, "no numbers"),
    ],
)
def test_what_is_no_feature_is_refused(given: dict, message: str) -> None:
    items = given.get("items", pl.DataFrame({"item_id": ["a", "b"]}))
    with pytest.raises(BadInputError, match=message):
        Features.from_items(items, ["a", "b"], given.get("vectors"))


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (['{"v": [1.0, 2]}', '{"v": [1.5]}'], "'v' holds vectors of 1 and of 2"),
        (["{", None], "'a' are no JSON"),
    ],
)
def test_attributes_that_make_no_sense_are_named(attributes: list, message: str) -> None:
    items = pl.DataFrame({"item_id": ["a", "b"], "attributes": attributes})
    with pytest.raises(BadInputError, match=message):
        _ = Features.from_items(items, ["a", "b"]).groups


def test_nothing_known_gives_no_groups() -> None:
    assert Features.from_items(pl.DataFrame({"item_id": ["x"]}), ["a", "b"]).groups == {}


def test_titles_can_be_taken_in_another_order() -> None:
    features = Features.from_items(ITEMS, list("abcd"), {"picture": np.eye(4)})
    taken = features.take(np.array([1, -1, 0]))
    assert len(taken) == 3
    assert cosines(taken, "cast")[0, 2] == pytest.approx(1)
    assert np.allclose(taken.groups["picture"].toarray(), np.eye(4)[[1, 3, 0]] * [1, 1, 1, 0])


def test_features_go_where_the_events_go() -> None:
    events = pl.DataFrame(
        {
            "user_id": [user for user in "tuvwxyz123" for _ in range(4)],
            "item_id": ["a", "b", "c", "d"] * 10,
            "time": [0, 1, 2, 3] * 10,
        }
    )
    interactions = Interactions.from_frame(events)
    assert interactions.features is None
    features = Features.from_items(ITEMS, interactions.item_ids)
    interactions = replace(interactions, features=features)
    for split in (leave_one_out, new_users, in_time, new_titles):
        assert split(interactions).train.features is features
    moved = align(interactions, pl.Series(["x", "b", "a", "c", "d"])).features
    assert cosines(moved, "cast")[1, 2] == pytest.approx(1)
    assert moved.groups["cast"][0].nnz == 0
