"""Exact answers of the recommender on five titles whose item-item weights are written by hand."""

import csv
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import BadInputError, LimelightWarning, NotFoundError, UnavailableError
from limelight.recommend.explain import describe
from limelight.recommend.interactions import Interactions
from limelight.recommend.models.ease import EASE
from limelight.recommend.models.popularity import Popularity
from limelight.recommend.recommender import Recommender
from limelight.recommend.rerank import (
    AgeLimit,
    Boost,
    Calibration,
    Cap,
    Diversity,
    LessPopular,
    Pin,
)
from limelight.recommend.titles import Filters

IDS = ["a", "b", "c", "d", "“é🎬”"]
WEIGHTS = [
    [0.0, 0.5, 0.3, 0.1, 0.0],
    [0.4, 0.0, 0.1, 0.6, 0.2],
    [0.0, 0.0, 0.0, -0.2, 0.7],
    [0.1, 0.1, 0.1, 0.0, 0.1],
    [0.2, 0.0, 0.2, 0.0, 0.0],
]
ITEMS = pl.DataFrame(
    {
        "item_id": IDS,
        "title": ["Alien", "Brazil", "Casablanca", "Dune", None],
        "kind": ["film", "film", "film", "series", "series"],
        "released": [date(1979, 5, 25), date(1985, 2, 20), date(1942, 11, 26), None, None],
        "categories": [["Horror", "Sci-Fi"], ["Sci-Fi"], ["Drama"], ["Sci-Fi", "Drama"], None],
    }
)
EVENTS = pl.DataFrame(
    {
        "user_id": ["ann", "ann", "bob", "cat", "cat", "dan"],
        "item_id": ["a", "b", "a", "a", "c", "d"],
        "kind": ["play", "play", "play", "play", "skip", "skip"],
    }
)


def model() -> EASE:
    ease = EASE()
    ease.weights = np.array(WEIGHTS, np.float32)
    return ease


@pytest.fixture
def recommender() -> Recommender:
    interactions = Interactions.from_frame(EVENTS, item_ids=IDS)
    return Recommender(model(), IDS, items=ITEMS, interactions=interactions)


def test_ranks_unseen_titles_by_score(recommender: Recommender) -> None:
    table = recommender.recommend("ann", 2)
    assert table["item_id"].to_list() == ["d", "c"]
    assert table["title"].to_list() == ["Dune", "Casablanca"]
    assert table["score"].to_list() == pytest.approx([0.7, 0.4])
    assert table.schema == {
        "item_id": pl.String,
        "title": pl.String,
        "score": pl.Float32,
        "reasons": recommender.recommend("bob", 1).schema["reasons"],
    }


def test_reasons_are_shares_of_what_speaks_for_a_title(recommender: Recommender) -> None:
    (reasons,) = recommender.recommend("ann", 1)["reasons"].to_list()
    assert [(r["kind"], r["item_id"], r["title"]) for r in reasons] == [
        ("watched", "b", "Brazil"),
        ("watched", "a", "Alien"),
    ]
    assert [r["share"] for r in reasons] == pytest.approx([6 / 7, 1 / 7])
    assert describe(reasons) == "because you watched Brazil, 86 %; Alien, 14 %"


def test_what_speaks_against_a_title_is_no_reason(recommender: Recommender) -> None:
    table = recommender.recommend(history=["a", "c"], n=5, include_seen=True)
    dune = table.filter(pl.col("item_id") == "d")["reasons"].to_list()[0]
    assert [(r["item_id"], r["share"]) for r in dune] == [("a", 1.0)]
    brazil = recommender.recommend(history=["c"], filters=Filters(allow=["b"]))
    assert brazil["reasons"].to_list() == [[]]
    assert describe([]) == ""


def test_titles_with_negative_events_are_seen_but_do_not_speak(recommender: Recommender) -> None:
    assert recommender.recommend("cat")["item_id"].to_list() == ["b", "d", IDS[4]]
    with_seen = recommender.recommend("cat", include_seen=True)
    assert with_seen["item_id"].to_list() == ["b", "c", "d", "a", IDS[4]]
    assert with_seen["score"].to_list() == pytest.approx([0.5, 0.3, 0.1, 0, 0])


def test_strangers_get_what_is_popular_and_are_told(recommender: Recommender) -> None:
    with pytest.warns(LimelightWarning, match="user 'eve' is unknown"):
        table = recommender.recommend("eve", 2)
    assert table["item_id"].to_list() == ["a", "b"]
    assert table["score"].to_list() == [3, 1]
    assert [[r["kind"] for r in reasons] for reasons in table["reasons"]] == [["popular"]] * 2
    assert describe(table["reasons"][0]) == "popular with everybody"


def test_whoever_only_rejected_gets_what_is_popular(recommender: Recommender) -> None:
    with pytest.warns(LimelightWarning, match="user 'dan' liked nothing"):
        table = recommender.recommend("dan", 9)
    assert table["item_id"].to_list() == ["a", "b", "c", IDS[4]]


def test_an_empty_history_gets_what_is_popular(recommender: Recommender) -> None:
    with pytest.warns(LimelightWarning, match="the history is empty"):
        assert recommender.recommend(history=[], n=1)["item_id"].to_list() == ["a"]


def test_unknown_titles_of_a_history_are_ignored_and_named(recommender: Recommender) -> None:
    with pytest.warns(LimelightWarning, match=r"ignored, 7 in all: 'x0', .*'x4', …$") as notes:
        table = recommender.recommend(history=[f"x{i}" for i in range(7)] + ["x0", "b"], n=1)
    assert "x5" not in str(notes[0].message)
    assert table["item_id"].to_list() == ["d"]


def test_repeated_titles_of_a_history_change_nothing(recommender: Recommender) -> None:
    once = recommender.recommend(history=["a", "b"])
    assert recommender.recommend(history=["a", "b", "a", "a"]).equals(once)


def test_without_interactions_nobody_is_known() -> None:
    lonely = Recommender(model(), IDS)
    assert lonely.recommend(history=["b"], n=1)["title"].to_list() == ["d"]
    with pytest.raises(NotFoundError, match="no fallback"):
        lonely.recommend("ann")
    with pytest.raises(NotFoundError, match="no users"):
        next(lonely.recommend_all())


def test_a_fallback_can_be_given() -> None:
    fallback = Popularity().fit(Interactions.from_frame(EVENTS, item_ids=IDS))
    with pytest.warns(LimelightWarning):
        table = Recommender(model(), IDS, fallback=fallback).recommend("ann", 1)
    assert table["item_id"].to_list() == ["a"]


def test_popularity_is_its_own_fallback() -> None:
    popular = Popularity()
    popular.counts = np.array([0, 0, 5, 0, 0], np.float32)
    with pytest.warns(LimelightWarning):
        assert Recommender(popular, IDS).recommend("ann", 1)["score"].to_list() == [5]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(kinds=["series"]), ["d", IDS[4]]),
        (Filters(kinds=["FILM", "series"]), ["d", "c", IDS[4]]),
        (Filters(categories=["drama"]), ["d", "c"]),
        (Filters(released_from=date(1942, 11, 26)), ["c"]),
        (Filters(released_to=date(1942, 11, 26)), ["c"]),
        (Filters(released_to=date(1942, 11, 25)), []),
        (Filters(allow=[IDS[4], "c", "nonsense"]), ["c", IDS[4]]),
        (Filters(allow=[]), []),
        (Filters(block=["d", "nonsense"]), ["c", IDS[4]]),
        (Filters(kinds=["film"], categories=["drama"], block=["c"]), []),
        (Filters(allow=["c", "d"], block=["d"]), ["c"]),
    ],
)
def test_filters_compose(recommender: Recommender, filters: Filters, expected: list[str]) -> None:
    table = recommender.recommend("ann", filters=filters)
    assert table["item_id"].to_list() == expected
    assert table.schema == recommender.recommend("ann").schema


def test_a_category_that_does_not_exist_is_reported(recommender: Recommender) -> None:
    with pytest.warns(LimelightWarning, match="category comdy; there are Drama, Horror, Sci-Fi"):
        assert recommender.recommend("ann", filters=Filters(categories=["Comdy"])).height == 0


@pytest.mark.parametrize("n", [0, -1])
def test_a_count_below_one_is_refused(recommender: Recommender, n: int) -> None:
    for call in (
        lambda: recommender.recommend("ann", n),
        lambda: recommender.similar("a", n),
        lambda: next(recommender.recommend_all(n)),
    ):
        with pytest.raises(BadInputError, match=f"at least 1, not {n}"):
            call()


def test_more_titles_than_there_are_gives_what_there_is(recommender: Recommender) -> None:
    assert recommender.recommend("ann", 10**12).height == 3
    assert recommender.similar("a", 10**12).height == 4
    assert next(recommender.recommend_all(10**12))["rank"].max() == 4


def test_a_user_who_saw_everything_gets_an_empty_table() -> None:
    seen = Interactions.from_frame(pl.DataFrame({"user_id": ["u"] * 5, "item_id": IDS}))
    recommender = Recommender(model(), IDS, interactions=seen)
    assert recommender.recommend("u").height == 0
    assert next(recommender.recommend_all()).height == 0


def test_either_a_user_or_a_history(recommender: Recommender) -> None:
    for wrong in ({}, {"user_id": "ann", "history": ["a"]}):
        with pytest.raises(BadInputError, match="either a user or a history"):
            recommender.recommend(**wrong)
    with pytest.raises(BadInputError, match="not one text"):
        recommender.recommend(history="abc")


def test_similar_ranks_other_titles(recommender: Recommender) -> None:
    table = recommender.similar("b", 2)
    assert table.columns == ["item_id", "title", "score"]
    assert table["item_id"].to_list() == ["d", "a"]
    assert table["score"].to_list() == pytest.approx([0.6, 0.4])
    assert recommender.similar(IDS[4], 1)["item_id"].to_list() == ["a"]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("Brasil", "b .Brazil."), ("dun", "d .Dune."), ("casa", "c .Casablanca."), ("", "titles$")],
)
def test_an_unknown_title_names_the_likely_ones(
    recommender: Recommender, wrong: str, meant: str
) -> None:
    with pytest.raises(NotFoundError, match=meant):
        recommender.similar(wrong)


def test_contributions_sum_to_the_score(recommender: Recommender) -> None:
    parts = recommender.explain("d", "ann")
    assert parts.rows() == [
        ("b", "Brazil", pytest.approx(0.6)),
        ("a", "Alien", pytest.approx(0.1)),
    ]
    score = recommender.recommend("ann", 1)["score"][0]
    assert parts["contribution"].sum() == pytest.approx(score)


def test_what_one_saw_can_be_explained_too(recommender: Recommender) -> None:
    parts = recommender.explain("a", history=["b", "a", "b"])
    assert parts.rows() == [("b", "Brazil", pytest.approx(0.4)), ("a", "Alien", 0.0)]
    with pytest.raises(NotFoundError, match="user 'nobody' is unknown, so there is nothing to"):
        recommender.explain("a", "nobody")


def test_a_model_that_was_not_fitted_is_refused() -> None:
    with pytest.raises(BadInputError, match="ease model was not fitted"):
        Recommender(EASE(), IDS)


@settings(deadline=None)
@given(
    weights=st.lists(st.lists(st.integers(-9, 9), min_size=6, max_size=6), min_size=6, max_size=6),
    history=st.lists(st.integers(0, 5), min_size=1, max_size=9),
)
def test_every_recommendation_is_explained_by_its_parts(
    weights: list[list[int]], history: list[int]
) -> None:
    ease = EASE()
    ease.weights = np.array(weights, np.float32)
    recommender = Recommender(ease, map(str, range(6)))
    table = recommender.recommend(history=list(map(str, history)), n=6)
    assert not set(table["item_id"]) & set(map(str, history))
    assert table["score"].is_sorted(descending=True)
    for item, _, score, reasons in table.iter_rows():
        parts = recommender.explain(item, history=list(map(str, history)))
        assert parts["contribution"].sum() == pytest.approx(score, abs=1e-5)
        positive = parts["contribution"].filter(parts["contribution"] > 0)
        expected = (positive / positive.sum()).head(3).to_list()
        assert [r["share"] for r in reasons] == pytest.approx(expected, rel=1e-5)


def test_ids_that_the_model_does_not_know_are_left_out() -> None:
    more = pl.concat([EVENTS, EVENTS.head(1).with_columns(item_id=pl.lit("new"))])
    more = more.with_columns(pl.col("item_id").replace("b", "0 sorts first"))
    with pytest.warns(LimelightWarning, match="2 events are left out"):
        recommender = Recommender(model(), IDS, interactions=Interactions.from_frame(more))
    assert recommender.recommend("ann", 1)["item_id"].to_list() == ["b"]
    assert recommender.recommend("cat", 9)["item_id"].to_list() == ["b", "d", IDS[4]]


def test_items_must_fit() -> None:
    with pytest.raises(BadInputError, match="no column 'item_id'"):
        Recommender(model(), IDS, items=ITEMS.drop("item_id"))
    with pytest.raises(BadInputError, match="columns of other types"):
        Recommender(model(), IDS, items=ITEMS.with_columns(released=pl.lit("once")))


def test_numbers_are_ids_too() -> None:
    recommender = Recommender(model(), range(5), items=pl.DataFrame({"item_id": [1, 3]}))
    assert recommender.recommend(history=iter([0, 1]), n=1)["item_id"].to_list() == ["3"]
    assert recommender.similar(1, 1)["title"].to_list() == ["3"]


def test_the_number_of_ids_must_fit_the_model() -> None:
    with pytest.raises(BadInputError, match="scores 5 titles, 4 ids"):
        Recommender(model(), IDS[:4])


def test_everybody_gets_what_each_would_get_alone(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limelight.recommend.recommender.BATCH", 2)
    heard: list[tuple[float, float | None]] = []
    frames = list(
        recommender.recommend_all(3, progress=lambda done, total, _: heard.append((done, total)))
    )
    assert heard == [(2, 4), (4, 4)]
    everybody = pl.concat(frames)
    assert everybody.columns == ["user", "item", "rank", "score"]
    for user in ("ann", "bob", "cat", "dan"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LimelightWarning)
            alone = recommender.recommend(user, 3)
        rows = everybody.filter(pl.col("user") == user)
        assert rows["item"].to_list() == alone["item_id"].to_list()
        assert rows["score"].to_list() == alone["score"].to_list()
        assert rows["rank"].to_list() == list(range(1, alone.height + 1))


def test_everybody_in_a_file(recommender: Recommender, tmp_path: Path) -> None:
    expected = pl.concat(recommender.recommend_all(2))
    assert recommender.write_all(tmp_path / "all.csv", 2) == expected.height == 8
    assert recommender.write_all(tmp_path / "all.parquet", 2) == 8
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["user", "item", "rank", "score"]
    assert rows[1][:3] == ["ann", "d", "1"]
    assert float(rows[1][3]) == pytest.approx(0.7)
    assert [row[1] for row in rows[1:]] == expected["item"].to_list()
    assert pl.from_arrow(pq.read_table(tmp_path / "all.parquet")).equals(expected)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.csv", "all.parquet"]


def test_filters_hold_for_everybody(recommender: Recommender) -> None:
    everybody = pl.concat(recommender.recommend_all(5, filters=Filters(kinds=["series"])))
    assert set(everybody["item"]) == {"d", IDS[4]}


def test_an_interrupted_file_leaves_the_old_one(recommender: Recommender, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_text("old", encoding="utf-8")

    def interrupt(done: float, total: float | None, message: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recommender.write_all(path, progress=interrupt)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written(recommender: Recommender, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"must end in .csv or .parquet"):
        recommender.write_all(tmp_path / "all.xlsx")
    with pytest.raises(BadInputError, match="no folder"):
        recommender.write_all(tmp_path / "nowhere" / "all.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UnavailableError, match="can't be written"):
        recommender.write_all(tmp_path / "folder.csv")


def test_a_batch_holds_at_least_one_user(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limelight.recommend.recommender.BATCH_ROWS", 1)
    assert [frame["user"].unique().to_list() for frame in recommender.recommend_all(2)] == [
        ["ann"],
        ["bob"],
        ["cat"],
        ["dan"],
    ]


def test_reranked_lists_keep_scores_and_reasons(recommender: Recommender) -> None:
    plain = recommender.recommend("ann")
    assert plain["item_id"].to_list() == ["d", "c", IDS[4]]
    moved = recommender.recommend("ann", rerank=[Boost(Filters(kinds=["film"]), 1)])
    assert moved["item_id"].to_list() == ["c", "d", IDS[4]]
    assert moved.sort("item_id").equals(plain.sort("item_id"))


def test_pins_come_from_beyond_the_candidates(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limelight.recommend.rerank.building.POOL", 1)
    monkeypatch.setattr("limelight.recommend.rerank.building.TIMES", 1)
    assert recommender.recommend("ann", 1, rerank=[Pin("c", 1)])["item_id"].to_list() == ["c"]
    assert recommender.recommend("ann", 1, rerank=[Pin("a", 1)])["item_id"].to_list() == ["d"]
    pinned = recommender.recommend("ann", 1, rerank=[Pin("a", 1)], include_seen=True)
    assert (pinned["item_id"][0], pinned["score"][0]) == ("a", pytest.approx(0.4))
    film = Filters(kinds=["film"])
    assert recommender.recommend("ann", 1, filters=film, rerank=[Pin("d", 1)])["item_id"][0] == "c"


def test_a_cap_reaches_beyond_the_first_candidates(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limelight.recommend.rerank.building.POOL", 2)
    monkeypatch.setattr("limelight.recommend.rerank.building.TIMES", 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one_each = recommender.recommend(history=["b"], n=2, rerank=[Cap("kind", 1)])
    assert one_each["item_id"].to_list() == ["d", "a"]


def test_rules_that_leave_too_few_titles_say_so(recommender: Recommender) -> None:
    text = "^the list has fewer than 3 titles under the rules: at most 1 of one kind$"
    with pytest.warns(LimelightWarning, match=text):
        assert recommender.recommend("ann", 3, rerank=[Cap("kind", 1)]).height == 2
    with pytest.warns(LimelightWarning, match="4 of 4 lists .* rated for age 12 or younger"):
        assert pl.concat(recommender.recommend_all(3, rerank=[AgeLimit(12)])).height == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert recommender.recommend("ann", 9, rerank=[Diversity(0.5)]).height == 3


def test_everybody_reranked_gets_what_each_would_get_alone(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limelight.recommend.recommender.BATCH", 2)
    wishes = [Diversity(0.3), LessPopular(0.5), Calibration(0.2), Pin("d", 2)]
    everybody = pl.concat(recommender.recommend_all(3, rerank=wishes))
    assert everybody.filter(pl.col("user") == "bob")["item"][1] == "d"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimelightWarning)
        for user in ("ann", "bob", "cat", "dan"):
            alone = recommender.recommend(user, 3, rerank=wishes)
            rows = everybody.filter(pl.col("user") == user)
            assert rows["item"].to_list() == alone["item_id"].to_list()
            assert rows["score"].to_list() == alone["score"].to_list()


def test_popularity_must_be_known_to_debias_it() -> None:
    lonely = Recommender(model(), IDS)
    with pytest.raises(BadInputError, match="how popular the titles are; give the recommender"):
        lonely.recommend(history=["b"], rerank=[LessPopular(0.5)])
