"""Re-ranked lists on catalogues small enough to work them out by hand, and what always holds."""

import warnings
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import BadInputError, LimelightWarning
from limelight.recommend import metrics
from limelight.recommend.interactions import Histories
from limelight.recommend.rerank import (
    AgeLimit,
    Available,
    Boost,
    Bury,
    Calibration,
    Candidates,
    Cap,
    Diversity,
    Freshness,
    LessPopular,
    Pin,
    Reranker,
    first_met,
    rerank,
)
from limelight.recommend.rerank.base import Wish
from limelight.recommend.titles import Filters, Titles

# Titles a to f, candidates in that order: relevance 1, 1/2, 1/3, 1/4, 1/5, 1/6.
CATEGORIES = [["X"], ["X"], ["X", "Y"], ["Y"], ["Y"], None]
ATTRIBUTES = [
    '{"provider":"one","age_rating":18,"available_until":"2026-05-31"}',
    '{"provider":"one","age_rating":"PG-13"}',
    '{"provider":["one","two"],"age_rating":"FSK 6","available_from":"2026-06-01T12:00:00Z"}',
    '{"provider":"two","age_rating":0}',
    '{"provider":"two"}',
    None,
]
DATES = [date(1999, 1, 1), date(2001, 1, 1), None, date(2000, 1, 1), date(2020, 1, 1), None]
TITLES = Titles(
    list("abcdef"),
    pl.DataFrame(
        {
            "item_id": list("abcdef"),
            "kind": ["film", "film", "film", "series", "series", "series"],
            "categories": CATEGORIES,
            "attributes": ATTRIBUTES,
            "released": DATES,
        }
    ),
)
POPULARITY = np.array([1000, 100, 10, 1, 0, 0])


def candidates(
    items: list[list[int]] | None = None, history: list[int] | None = None
) -> Candidates:
    ranked = np.array([[0, 1, 2, 3, 4, 5]] if items is None else items, np.int32)
    scores = np.where(ranked >= 0, -np.arange(ranked.shape[1]), -np.inf).astype(np.float32)
    histories = Histories.from_lists([history or []] * len(ranked), 6)
    return Candidates(ranked, scores, histories, TITLES, POPULARITY)


def letters(items: np.ndarray) -> list[str]:
    return ["".join("abcdef"[i] for i in row if i >= 0) for row in items]


def order(*rerankers: Reranker, n: int = 6, history: list[int] | None = None) -> str:
    (word,) = letters(rerank(candidates(history=history), rerankers, n)[0])
    return word


def test_relevance_is_the_reciprocal_rank() -> None:
    gaps = candidates([[3, -1, 5], [0, 1, -1]]).relevance
    assert gaps.tolist() == [[1, 0, 1 / 2], [1, 1 / 2, 0]]


def test_without_wishes_nothing_changes() -> None:
    items, scores = rerank(candidates([[5, 0, 2], [1, -1, -1]]), [], 2)
    assert items.tolist() == [[5, 0], [1, -1]]
    assert scores.tolist() == [[0, -1], [0, -np.inf]]


def test_diversity_by_hand() -> None:
    # After a (X): b loses its similarity 1, c loses 1/sqrt 2, d, e and f nothing. With strength 1/2
    # the next is d (1/4); then e loses 1, and f, which is like nothing, comes before c and b.
    assert order(Diversity(0.5)) == "adfcbe"
    assert order(Diversity(0.0)) == "abcdef"
    # All relevance gone, ties alone are broken by it: f is never like anything.
    assert order(Diversity(1.0))[:3] == "adf"


def test_diversity_by_vectors() -> None:
    vectors = np.array([[2, 0], [0, 1], [0, 3], [5, 5], [1, 0], [0, 0]])
    assert order(Diversity(0.5, vectors))[:3] == "abf"
    with pytest.raises(BadInputError, match="vectors of 5 titles, not of 6"):
        order(Diversity(0.5, vectors[:5]))
    with pytest.raises(BadInputError, match="row of finite numbers"):
        Diversity(0.5, np.array([[np.nan]]))


def test_calibration_by_hand() -> None:
    # A history of Y alone: with nothing but calibration, titles of Y, best first; f, which has no
    # category and so changes no share; then c, half of which is Y.
    assert order(Calibration(1.0), history=[3, 4], n=4) == "defc"
    # X and Y in equal parts: a first would leave KL(p || q) = .5 log(.5 / .505) + .5 log 100, c
    # alone 0, and then f, which has no category, keeps it so.
    assert order(Calibration(1.0), history=[0, 3], n=2) == "cf"
    assert order(Calibration(1.0)) == "abcdef"
    assert order(Calibration(0.0), history=[3]) == "abcdef"


def test_calibration_brings_lists_nearer_to_the_history() -> None:
    history = Histories.from_lists([[3, 4, 4, 0]], 6)
    far = []
    for strength in (0, 0.2, 0.5, 1):
        lists, _ = rerank(candidates(history=[3, 4, 4, 0]), [Calibration(strength)], 3)
        shares = TITLES.facts.category_shares
        far.append(metrics.calibration(lists, history, shares)[0])
    assert far == sorted(far, reverse=True)
    assert far[-1] < far[0] / 2


def test_less_popular_by_hand() -> None:
    # Popularity log(1 + count) / log(1001): 1, .668, .347, .100, 0, 0.
    assert order(LessPopular(0.5)) == "efdacb"
    assert order(LessPopular(0.1)) == "abcdef"
    assert order(LessPopular(1.0)) == "efdcba"
    unknown = Candidates(**{**vars(candidates()), "popularity": None})
    with pytest.raises(BadInputError, match="how popular"):
        rerank(unknown, [LessPopular(0.5)], 2)


def test_freshness_by_hand() -> None:
    # Newness, the share of the four dated titles that are older: a 0, b 1/2, d 1/4, e 3/4.
    assert order(Freshness(0.5)) == "abedcf"
    assert order(Freshness(1.0)) == "ebdacf"
    assert order(Freshness(0.0)) == "abcdef"
    met = Histories(
        np.array([0, 3]),
        np.array([4, 0, 4], np.int32),
        np.ones(3, np.float32),
        6,
        np.array([1, 2, 3]),
    )
    assert first_met(met).to_list() == [2, None, None, None, 1, None]
    assert order(Freshness(1.0, first_met(met)), n=2) == "ab"
    assert order(Freshness(0.7, first_met(met)), n=1) == "a"
    with pytest.raises(BadInputError, match="no times"):
        first_met(Histories.from_lists([[0]], 6))
    with pytest.raises(BadInputError, match="dates of 2 titles, not of 6"):
        order(Freshness(0.5, pl.Series([1, 2])))
    with pytest.warns(LimelightWarning, match="no title has a date"):
        assert order(Freshness(1.0, pl.Series([None] * 6, dtype=pl.Date))) == "abcdef"


def test_boost_and_bury_by_hand() -> None:
    series = Filters(kinds=["series"])
    assert order(Boost(series, 1)) == "defabc"
    assert order(Boost(series, 0.26)) == "adbefc"
    assert order(Boost(Filters(attributes={"provider": ["TWO"]}), 1), n=3) == "cde"
    assert order(Bury(Filters(allow=["a"]), 0.7)) == "bcadef"
    assert order(Bury(Filters(categories=["x"]), 1)) == "defabc"
    assert order(Boost(series, 0), Bury(series, 0)) == "abcdef"


def test_pins_stand_where_they_belong() -> None:
    assert order(Pin("f", 1)) == "fabcde"
    assert order(Pin("f", 3), Pin("a", 2)) == "bafcde"
    assert order(Pin("f", 3), n=2) == "ab"
    assert order(Pin("e", 6), Filter("ae")) == "ae"
    with pytest.raises(BadInputError, match="two titles are pinned at place 2"):
        order(Pin("a", 2), Pin("b", 2))
    with pytest.raises(BadInputError, match="'b' is pinned at two places"):
        order(Pin("b", 1), Pin("b", 2))
    with pytest.raises(BadInputError, match="counts from 1"):
        Pin("a", 0)
    with pytest.warns(LimelightWarning, match="pin at place 1 is left out: there is no title 'z'"):
        assert order(Pin("z", 1), n=2) == "ab"


class Filter(Reranker):
    """Lets only some letters through."""

    def __init__(self, allowed: str) -> None:
        self.letters = allowed

    def wish(self, titles: Titles):
        return Wish(allowed=np.array([item in self.letters for item in "abcdef"]))


def test_pins_are_left_out_where_they_are_no_candidates() -> None:
    items, _ = rerank(candidates([[0, 1, 2], [3, 0, 1]]), [Pin("d", 1)], 2)
    assert letters(items) == ["ab", "da"]


def test_caps_by_hand() -> None:
    assert order(Cap("category", 1)) == "adf"
    assert order(Cap("category", 2)) == "abdef"
    assert order(Cap("provider", 1)) == "adf"
    assert order(Cap("kind", 1)) == "ad"
    with pytest.warns(LimelightWarning, match="no title has the attribute 'studio'"):
        assert order(Cap("studio", 1)) == "abcdef"
    with pytest.raises(BadInputError, match="1 or more"):
        Cap("kind", 0)


def test_a_pin_counts_towards_a_cap_from_the_start() -> None:
    assert order(Cap("kind", 1), Pin("c", 2)) == "dc"
    assert order(Cap("kind", 1), Pin("b", 1), Pin("c", 2)) == "bd"


def test_windows() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert order(Available(noon)) == "bcdef"
    assert order(Available(noon - timedelta(microseconds=1))) == "bdef"
    assert order(Available(datetime(2026, 5, 31, 23, 59))) == "abdef"
    east = timezone(timedelta(hours=9))
    assert order(Available(datetime(2026, 6, 1, 8, 59, tzinfo=east))) == "abdef"


def test_ages() -> None:
    assert order(AgeLimit(99)) == "abcd"
    assert order(AgeLimit(13)) == "bcd"
    assert order(AgeLimit(12)) == "cd"
    assert order(AgeLimit(0)) == "d"


def test_what_can_not_be_read_is_not_shown_and_named() -> None:
    items = pl.DataFrame({"item_id": ["a", "b"], "attributes": ['{"age_rating":"R"}', "{}"]})
    titles = Titles(["a", "b"], items)
    with pytest.warns(LimelightWarning, match="age_rating must be .* first is 'R'"):
        assert AgeLimit(99).wish(titles).allowed.tolist() == [False, False]
    soon = items.with_columns(attributes=pl.lit('{"available_from":"soon"}'))
    with pytest.warns(LimelightWarning, match="available_from must be .* first is 'soon'"):
        assert Available().wish(Titles(["a", "b"], soon)).allowed.tolist() == [False, False]


@pytest.mark.parametrize("kind", [Diversity, Calibration, LessPopular, Freshness])
@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_knobs_lie_between_0_and_1(kind: type[Diversity], strength: float) -> None:
    with pytest.raises(BadInputError, match="between 0"):
        kind(strength)


@pytest.mark.parametrize("by", [-1, float("nan"), float("inf")])
def test_boosts_and_ages_are_numbers(by: float) -> None:
    for refused in (
        lambda: Boost(Filters(), by),
        lambda: Bury(Filters(), by),
        lambda: AgeLimit(by),
    ):
        with pytest.raises(BadInputError, match="number of 0 or more"):
            refused()


STRENGTHS = st.sampled_from([0.0, 0.1, 0.5, 1.0])
WISHES = st.one_of(
    st.builds(Diversity, STRENGTHS),
    st.builds(Calibration, STRENGTHS),
    st.builds(LessPopular, STRENGTHS),
    st.builds(Freshness, STRENGTHS),
    st.builds(Boost, st.just(Filters(kinds=["film"])), st.floats(0, 2)),
    st.builds(Bury, st.just(Filters(categories=["Y"])), st.floats(0, 2)),
)
RULES = st.one_of(
    st.builds(Cap, st.sampled_from(["category", "provider", "kind"]), st.integers(1, 3)),
    st.builds(AgeLimit, st.sampled_from([0, 6, 13, 18])),
    st.builds(Available, st.just(datetime(2026, 6, 15, tzinfo=UTC))),
)
RANKINGS = st.lists(
    st.permutations(range(6)).map(
        lambda whole: [*whole[:4], *(i if i > 2 else -1 for i in whole[4:])]
    ),
    min_size=1,
    max_size=3,
).map(lambda rows: [sorted(row, key=lambda item: item < 0) for row in rows])
HISTORIES = st.lists(st.integers(0, 5), max_size=4)


@settings(deadline=None, max_examples=60)
@given(RANKINGS, st.lists(WISHES, max_size=3), st.lists(RULES, max_size=3), HISTORIES, st.data())
def test_what_always_holds(
    ranked: list[list[int]],
    wishes: list[Reranker],
    rules: list[Reranker],
    history: list[int],
    data: st.DataObject,
) -> None:
    n = data.draw(st.integers(1, 7))
    pin = data.draw(st.none() | st.builds(Pin, st.sampled_from("abcdef"), st.integers(1, n)))
    wanted = [*wishes, *rules, *([pin] if pin else [])]
    given_ = candidates(ranked, history)
    items, scores = rerank(given_, wanted, n)
    assert items.shape == scores.shape == (len(ranked), min(n, 6))
    allowed = [rule.wish(TITLES).allowed for rule in rules]
    for row, row_scores, available in zip(items, scores, ranked, strict=True):
        chosen = row[row >= 0]
        assert (row[len(chosen) :] == -1).all()
        assert len(set(chosen)) == len(chosen)
        assert set(chosen) <= set(available)
        assert all(mask[chosen].all() for mask in allowed if mask is not None)
        assert row_scores[: len(chosen)].tolist() == [-available.index(item) for item in chosen]
        for cap in (rule for rule in rules if isinstance(rule, Cap)):
            values = TITLES.facts.attribute(cap.attribute).gather(chosen).explode().drop_nulls()
            assert values.value_counts()["count"].max() in range(cap.at_most + 1) or not len(values)
        if pin and "abcdef".index(pin.item_id) in chosen and pin.place <= len(row):
            place = chosen.tolist().index("abcdef".index(pin.item_id)) + 1
            assert place == pin.place or (place == len(chosen) < pin.place)
    shuffled = data.draw(st.permutations(wanted))
    assert np.array_equal(rerank(given_, shuffled, n)[0], items)
    alone, _ = rerank(candidates(ranked[:1], history), wanted, n)
    assert alone.tolist() == items[:1].tolist()


@settings(deadline=None, max_examples=40)
@given(RANKINGS, HISTORIES, st.integers(1, 6))
def test_knobs_at_zero_change_nothing(ranked: list[list[int]], history: list[int], n: int) -> None:
    still = [Diversity(0), Calibration(0), LessPopular(0), Freshness(0), Boost(Filters(), 0)]
    items, _ = rerank(candidates(ranked, history), still, n)
    assert items.tolist() == [row[:n] for row in ranked]


def test_no_candidates_give_empty_lists() -> None:
    none = candidates(np.empty((2, 0), np.int32).tolist())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        items, scores = rerank(none, [Diversity(0.5), Cap("kind", 1), Pin("a", 1)], 3)
    assert items.shape == scores.shape == (2, 0)
