"""Pages on a catalogue of synthetic titles, and exact rows on one made by hand."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from limelight.datasets import synthetic
from limelight.errors import BadInputError, LimelightWarning
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import EASE
from limelight.recommend.pages import Row, make_page
from limelight.recommend.recommender import Recommender
from limelight.recommend.rerank import Cap, Pin
from limelight.recommend.titles import Filters

N = 120
ITEMS = pl.DataFrame(
    {
        "item_id": [str(i) for i in range(N)],
        "title": [f"Title {i}" for i in range(N)],
        "categories": [["Drama"] if i % 2 else ["Comedy"] for i in range(N)],
        "released": [date(1900 + i, 1, 1) for i in range(N)],
    }
)


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    events = synthetic(200, N, 4000, seed=5)
    interactions = Interactions.from_frame(events, item_ids=ITEMS["item_id"])
    model = EASE(regularization=50.0).fit(interactions)
    return Recommender(model, interactions.item_ids, items=ITEMS, interactions=interactions)


def ids(row: Row) -> list[str]:
    return row.titles["item_id"].to_list()


def seen(recommender: Recommender, user: str) -> set[str]:
    assert recommender.interactions is not None
    items = recommender.interactions.history(user).items
    return set(recommender.titles.table["item_id"].gather(items))


def test_no_title_twice_and_none_that_was_met(recommender: Recommender) -> None:
    trending = np.arange(N, dtype=np.float64)
    page = make_page(recommender, "7", length=5, trending=trending)
    shown = [item for row in page for item in ids(row)]
    assert len(shown) == len(set(shown)) > 20
    assert not set(shown) & seen(recommender, "7")
    assert all(4 <= row.titles.height <= 5 for row in page)
    assert [row.value for row in page] == sorted((row.value for row in page), reverse=True)
    assert page[0].titles.equals(recommender.recommend("7", 5))
    assert all(row.titles["reasons"].list.len().min() > 0 for row in page[:2])


def test_rows_are_what_they_say(recommender: Recommender) -> None:
    trending = np.array([10 <= int(item) < 40 for item in recommender.titles.table["item_id"]])
    page = make_page(recommender, "7", n_rows=9, length=5, shortest=1, trending=trending * 1.0)
    rows = {row.kind: row for row in page}
    assert set(rows) == {"top", "because", "new", "trending", "gems"}
    assert sum(row.kind == "because" for row in page) == 3
    assert sum(row.kind == "new" for row in page) <= 2
    assert {int(item) for item in ids(rows["trending"])} <= set(range(10, 40))
    for row in page:
        if row.kind == "new":
            drama = row.headline == "New in Drama"
            assert drama or row.headline == "New in Comedy"
            assert all(int(item) >= N * 0.9 and int(item) % 2 == drama for item in ids(row))
    assert recommender.interactions is not None
    counts = np.bincount(recommender.interactions.histories.items, minlength=N)
    known = np.sort(counts)[::-1].cumsum() / counts.sum()
    bound = np.sort(counts)[::-1][np.searchsorted(known, 0.8)]
    index = recommender.titles.index
    assert all(0 < counts[index[item]] <= bound for item in ids(rows["gems"]))
    anchor = rows["because"].headline.removeprefix("Because you watched ")
    watched = recommender.titles.table.filter(pl.col("title") == anchor)["item_id"][0]
    assert watched in seen(recommender, "7")
    assert set(ids(rows["because"])) <= set(recommender.similar(watched, 50)["item_id"])


def test_values_by_hand(recommender: Recommender) -> None:
    (only,) = make_page(recommender, "7", n_rows=1, length=4)
    expected = sum(1 / rank / np.log2(1 + rank) for rank in (1, 2, 3, 4))
    assert only.value == pytest.approx(expected)


def test_a_row_with_too_few_titles_is_not_shown(recommender: Recommender) -> None:
    trending = np.zeros(N)
    trending[:3] = 1
    page = make_page(recommender, "7", n_rows=20, length=8, trending=trending)
    assert "trending" not in {row.kind for row in page}
    few = Filters(allow=[str(i) for i in range(3)])
    assert make_page(recommender, history=["50"], filters=few) == []


def test_rules_hold_on_every_row_and_pins_on_the_first(recommender: Recommender) -> None:
    rules = [Pin("119", 2), Cap("category", 3)]
    page = make_page(recommender, history=["50", "61"], length=6, rerank=rules)
    assert ids(page[0])[1] == "119"
    assert all("119" not in ids(row) for row in page[1:])
    assert all(sum(int(item) % 2 for item in ids(row)) <= 3 for row in page)
    films = Filters(categories=["Drama"])
    for row in make_page(recommender, "7", filters=films):
        assert all(int(item) % 2 for item in ids(row))


def test_strangers_get_a_page_too(recommender: Recommender) -> None:
    with pytest.warns(LimelightWarning, match="user 'nobody' is unknown"):
        page = make_page(recommender, "nobody", trending=np.ones(N))
    assert [page[0].kind, page[0].headline] == ["popular", "Popular with everybody"]
    assert {row.kind for row in page} <= {"popular", "new", "trending", "gems"}
    assert {row.headline for row in page if row.kind == "new"} <= {"New"}


def test_what_is_wrong_is_said(recommender: Recommender) -> None:
    with pytest.raises(BadInputError, match="length must be at least 1, not 0"):
        make_page(recommender, "7", length=0)
    with pytest.raises(BadInputError, match=r"shape \(3,\), the titles are 120"):
        make_page(recommender, "7", trending=np.ones(3))
