"""Titles that nobody played are recommended by what is written of them, across languages too."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from limelight.catalog import Store, describe_items, import_frame, open_store
from limelight.errors import BadInputError, NotFoundError
from limelight.recommend.explain import describe as words_of
from limelight.recommend.features import Features
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import NewTitles
from limelight.recommend.recommender import Recommender
from limelight.text.embed import BagOfWords, Embedder, SentenceVectors, TfIdf
from limelight.text.titles import embed_titles, like, searching, texts_of, vectors_of

SPACE = [
    f"{crew} {does} {where}."
    for crew in ("Two astronauts", "The crew of a spaceship", "A lonely robot")
    for does in ("lands on", "is lost near")
    for where in ("a distant planet", "the moons of Jupiter")
]
LOVE = [
    f"{who} {does} {where}."
    for who in ("A shy baker", "A young widow", "The violin teacher")
    for does in ("falls in love with", "marries")
    for where in ("a stranger in Paris", "her best friend")
]
NEW_SPACE, NEW_LOVE = "一艘飞船的宇航员在遥远的星球上迷路。", "一个害羞的女孩爱上了她最好的朋友。"
N_KNOWN, N_USERS = len(SPACE) + len(LOVE), 40


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A catalogue whose users keep to one of two kinds, and two titles that nobody played."""
    texts = [text for pair in zip(SPACE, LOVE, strict=True) for text in pair]
    texts += [NEW_SPACE, NEW_LOVE]
    ids = [f"t{number:02}" for number in range(len(texts))]
    random = np.random.default_rng(0)
    rows = [
        (f"u{user:02}", f"t{item:02}", 1_700_000_000 + 3600 * time)
        for user in range(N_USERS)
        for time, item in enumerate(random.permutation(np.arange(user % 2, N_KNOWN, 2))[:6])
    ]
    with open_store(tmp_path / "store.db") as opened:
        items = pl.DataFrame({"item_id": ids, "title": [f"No. {i}" for i in ids], "text": texts})
        import_frame(opened, "items", items)
        events = pl.DataFrame(rows, schema=["user_id", "item_id", "time"], orient="row")
        import_frame(opened, "events", events)
        yield opened


def first_new_of(store: Store, user: str) -> dict[str, object]:
    items = store.items()
    events = Interactions.from_frame(store.events(), item_ids=items["item_id"])
    interactions = replace(events, features=Features.from_items(items, events.item_ids))
    model = NewTitles("ease:regularization=5").fit(interactions)
    recommender = Recommender(model, interactions.item_ids, items=items, interactions=interactions)
    found = recommender.recommend(user, n=len(items))
    return found.filter(pl.col("item_id") >= f"t{N_KNOWN:02}").row(0, named=True)


def test_a_new_title_in_chinese_goes_to_who_likes_such_in_english(
    store: Store, fetched: Callable[[str], None]
) -> None:
    fetched("use-multilingual")
    assert embed_titles(store, SentenceVectors()) == N_KNOWN + 2
    for user, new in (("u00", f"t{N_KNOWN:02}"), ("u01", f"t{N_KNOWN + 1:02}")):
        first = first_new_of(store, user)
        assert first["item_id"] == new
        reason = first["reasons"][0]  # type: ignore[index]
        assert (reason["kind"], reason["group"]) == ("like", "meaning")
        assert words_of([reason]).endswith("in its meaning")
    alike = like(store.items(), f"t{N_KNOWN:02}", 3)
    assert all(int(item_id[1:]) % 2 == 0 for item_id, _ in alike)


def test_a_new_title_goes_to_who_likes_such_by_its_words(store: Store) -> None:
    import_frame(
        store,
        "items",
        pl.DataFrame(
            {
                "item_id": [f"t{N_KNOWN:02}", f"t{N_KNOWN + 1:02}"],
                "text": ["Astronauts near Jupiter.", "A baker marries in Paris."],
            }
        ),
    )
    embed_titles(store, TfIdf(dimensions=8))
    assert first_new_of(store, "u00")["item_id"] == f"t{N_KNOWN:02}"
    assert first_new_of(store, "u01")["item_id"] == f"t{N_KNOWN + 1:02}"


def test_vectors_come_back_as_they_were(store: Store) -> None:
    embedder: Embedder = TfIdf(dimensions=8)
    describe_items(store, {"t00": {"label": "ours"}})
    embed_titles(store, embedder)
    items = store.items()
    assert json.loads(items["attributes"][0])["label"] == "ours"
    vectors = vectors_of(items)
    assert vectors is not None
    assert vectors == pytest.approx(embedder.vectors(texts_of(items)), abs=1e-3)


def test_titles_are_searched_in_all_that_is_written(store: Store) -> None:
    found = searching(store.items()).find("jupitr robots", 4)
    assert len(found) == 4
    assert all("Jupiter" in store.items()["text"][hit.row] for hit in found[:2])


def test_what_cannot_be_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no title 't99'"):
        like(store.items(), "t99")
    describe_items(store, {"t00": {"meaning": [0.5, 0.5]}, "t01": {"meaning": [0.5]}})
    with pytest.raises(BadInputError, match="vectors of several lengths"):
        vectors_of(store.items())
    with open_store(tmp_path / "empty.db") as empty:
        with pytest.raises(NotFoundError, match="no title with a text"):
            embed_titles(empty, TfIdf())
        with pytest.raises(NotFoundError, match="has no titles"):
            searching(empty.items())
        words = " ".join(f"w{n}" for n in range(3000))
        import_frame(empty, "items", pl.DataFrame({"item_id": ["a", "b"], "text": [words, ""]}))
        with pytest.raises(BadInputError, match="at most; reduce them"):
            embed_titles(empty, BagOfWords())
        with pytest.raises(NotFoundError, match="nothing is written of 'b'"):
            like(empty.items(), "b")
