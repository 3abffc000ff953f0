"""New titles are scored by what a model says of titles like them, and nothing else changes."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from limelight.errors import BadInputError
from limelight.recommend.evaluate import evaluate
from limelight.recommend.explain import describe
from limelight.recommend.features import Features
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.likeness import Likeness, learn_likeness, most_alike
from limelight.recommend.models import EASE, Transitions, load_model
from limelight.recommend.models.new_titles import NewTitles
from limelight.recommend.pretending import Pull
from limelight.recommend.recommender import Recommender
from limelight.recommend.splits import new_titles

GENRES = ["horror", "comedy", "western", "drama"]
N_KNOWN, N_NEW = 60, 8
N_ITEMS = N_KNOWN + N_NEW


def catalogue() -> pl.DataFrame:
    """Title i is of genre i % 4; the last eight are new."""
    genres = [GENRES[item % 4] for item in range(N_ITEMS)]
    return pl.DataFrame(
        {
            "item_id": [f"{item:02}" for item in range(N_ITEMS)],
            "title": [f"Film {item}" for item in range(N_ITEMS)],
            "categories": [[genre] for genre in genres],
            "text": [f"a {genre} with tag{item % 8}" for item, genre in enumerate(genres)],
        }
    )


def tastes() -> Interactions:
    """Everybody keeps to one genre, apart from a stray title."""
    random = np.random.default_rng(0)
    lists = []
    for user in range(120):
        liked = np.arange(user % 4, N_KNOWN, 4)
        lists.append([*random.permutation(liked)[:8].tolist(), int(random.integers(N_KNOWN))])
    histories = Histories.from_lists(lists, N_ITEMS)
    users = pl.Series([f"u{user}" for user in range(120)])
    ids = catalogue()["item_id"]
    return Interactions(users, ids, histories, Features.from_items(catalogue(), ids))


@pytest.fixture(scope="module")
def interactions() -> Interactions:
    return tastes()


@pytest.fixture(scope="module")
def model(interactions: Interactions) -> NewTitles:
    return NewTitles("transitions").fit(interactions)


HORROR = [0, 4, 8]
NEW_HORROR, NEW_COMEDY = 60, 61


def test_a_title_without_an_event_is_found_by_those_who_like_its_kind(model: NewTitles) -> None:
    scores = model.score(Histories.from_lists([HORROR, [1, 5, 9]], N_ITEMS))[:, N_KNOWN:]
    assert set(np.argsort(-scores[0])[:2]) == {0, 4}
    assert set(np.argsort(-scores[1])[:2]) == {1, 5}


def test_known_titles_keep_the_scores_of_the_base(
    model: NewTitles, interactions: Interactions
) -> None:
    base = Transitions().fit(interactions)
    histories = interactions.histories
    scores, expected = model.score(histories), base.score(histories)
    assert np.array_equal(scores[:, :N_KNOWN], expected[:, :N_KNOWN])
    assert not expected[:, N_KNOWN:].any()
    assert scores[:, N_KNOWN:].any()


def test_without_features_or_without_new_titles_it_is_its_base(interactions: Interactions) -> None:
    plain = replace(interactions, features=None)
    histories = interactions.histories
    base = EASE(regularization=20.0).fit(plain).score(histories)
    named = "ease:regularization=20"
    assert np.array_equal(NewTitles(named).fit(plain).score(histories), base)
    nothing = Features.from_items(pl.DataFrame({"item_id": ["x"]}), interactions.item_ids)
    unknown = replace(interactions, features=nothing)
    assert np.array_equal(NewTitles(named).fit(unknown).score(histories), base)


@pytest.mark.parametrize("history", [HORROR, [0, NEW_HORROR, 5], [NEW_COMEDY]])
def test_contributions_are_exact_parts(model: NewTitles, history: list[int]) -> None:
    subject, targets = Histories.from_lists([history], N_ITEMS), np.arange(N_ITEMS)
    parts = model.contributions(subject, targets)
    assert parts.shape == (len(history), N_ITEMS)
    assert np.allclose(parts.sum(axis=0), model.score(subject)[0], atol=1e-4)


def test_a_new_title_in_a_history_is_understood_through_titles_like_it(model: NewTitles) -> None:
    scores = model.score(Histories.from_lists([[NEW_HORROR], [NEW_COMEDY]], N_ITEMS))
    for row, genre in enumerate((0, 1)):
        of_genre = np.arange(N_KNOWN) % 4 == genre
        assert scores[row, :N_KNOWN][of_genre].mean() > 2 * scores[row, :N_KNOWN][~of_genre].mean()
    mixed = model.score(Histories.from_lists([[NEW_HORROR], HORROR], N_ITEMS))
    alone = model.score(Histories.from_lists([HORROR], N_ITEMS))
    assert np.array_equal(mixed[1], alone[0]), "others in the batch are not touched"


def test_saved_and_loaded_it_says_the_same(model: NewTitles, tmp_path) -> None:
    model.save(tmp_path)
    loaded = load_model(tmp_path)
    histories = Histories.from_lists([HORROR, [NEW_HORROR]], N_ITEMS)
    assert isinstance(loaded, NewTitles)
    assert np.array_equal(loaded.score(histories), model.score(histories))
    targets = np.array([NEW_HORROR, 3])
    assert loaded.likes(histories[:1], targets) == model.likes(histories[:1], targets)


def test_it_says_which_title_a_new_one_is_like(model: NewTitles) -> None:
    like, known = model.likes(Histories.from_lists([HORROR], N_ITEMS), np.array([NEW_HORROR, 3]))
    assert known is None
    assert like is not None
    assert like.item in HORROR
    assert like.group in ("categories", "text")


def test_recommended_with_its_reason(model: NewTitles, interactions: Interactions) -> None:
    items = catalogue().with_columns(pl.lit(None, pl.String).alias("kind"))
    recommender = Recommender(model, interactions.item_ids, items=items, interactions=interactions)
    found = recommender.recommend(history=["00", "04", "08"], n=20)
    new = found.filter(pl.col("item_id") == "60")
    assert new.height == 1
    first, *others = new["reasons"][0]
    assert (first["kind"], first["title"] in ("Film 0", "Film 4", "Film 8")) == ("like", True)
    assert {reason["kind"] for reason in others} == {"watched"}
    assert describe([first]).startswith("new, and like Film ")
    alike = recommender.similar("60", 10)["item_id"].cast(pl.Int64) % 4
    assert (alike == 0).mean() >= 0.8


def test_new_titles_take_the_places_that_known_ones_would(
    model: NewTitles, interactions: Interactions
) -> None:
    recommender = Recommender(model, interactions.item_ids, interactions=interactions)
    lists = pl.concat(recommender.recommend_all(10))
    share = (lists["item"].cast(pl.Int64) >= N_KNOWN).mean()
    assert 0.02 < share < 0.6


def test_the_protocol_is_beaten_without_having_seen_an_event(interactions: Interactions) -> None:
    split = new_titles(interactions)
    learned = evaluate(NewTitles("ease").fit(split.train), split, 2, metrics=["recall"])
    assert learned["recall@2"] > 0.5
    bare = replace(split, train=replace(split.train, features=None))
    assert evaluate(NewTitles("ease").fit(bare.train), bare, 2, metrics=["recall"])["recall@2"] == 0


def test_too_few_neighbours_are_refused(interactions: Interactions) -> None:
    with pytest.raises(BadInputError, match="neighbours must be 3 or more"):
        NewTitles(neighbours=1).fit(interactions)


def groups() -> dict:
    return tastes().features.groups


def test_interpolation_is_kernel_ridge_regression() -> None:
    likeness = Likeness({"categories": 0.5, "text": 0.5}, nearness=0.3, ridge=0.2)
    described = likeness.describe(groups())
    known, sought = np.arange(N_KNOWN), np.array([61, 66])
    matrix = likeness.interpolate(described, known, sought, neighbours=5)
    K = likeness.kernel(described, described).astype(np.float64)
    system = K[:N_KNOWN, :N_KNOWN] + 0.2 * np.eye(N_KNOWN)
    expected = np.linalg.solve(system, K[:N_KNOWN, sought])
    assert np.allclose(matrix[sought][:, known].toarray(), expected.T, atol=1e-4)
    assert np.flatnonzero(np.diff(matrix.indptr)).tolist() == sought.tolist()


def test_large_catalogues_are_explained_by_the_nearest(monkeypatch) -> None:
    from limelight.recommend import likeness as module

    likeness = Likeness({"categories": 0.5, "text": 0.5})
    described = likeness.describe(groups())
    known, sought = np.arange(N_KNOWN), np.array([61, 66])
    whole = likeness.interpolate(described, known, sought, neighbours=N_KNOWN)
    monkeypatch.setattr(module, "WHOLE", 0)
    assert np.allclose(
        likeness.interpolate(described, known, sought, N_KNOWN).toarray(),
        whole.toarray(),
        atol=1e-4,
    )
    few = likeness.interpolate(described, known, sought, 5)
    assert np.diff(few.indptr)[sought].tolist() == [5, 5]
    assert (few[61].indices % 4 == 1).all()
    assert (most_alike(described, known, sought, 5)[66].indices % 4 == 2).all()


def test_groups_that_tell_nothing_lose_their_weight() -> None:
    random = np.random.default_rng(1)
    known = groups()
    noise = pl.DataFrame(
        {"item_id": catalogue()["item_id"], "parent_id": random.integers(0, 8, N_ITEMS).astype(str)}
    )
    parents = Features.from_items(noise, catalogue()["item_id"]).groups["parent"]
    values = np.array([[item % 4 == genre for genre in range(4)] for item in range(N_KNOWN)])
    learned = learn_likeness(
        {"categories": known["categories"], "noise": parents},
        np.arange(N_KNOWN),
        values.astype(np.float32),
    )
    assert learned.weights["categories"] > 0.9


def test_popularity_counts_as_much_as_its_power_says() -> None:
    from scipy.sparse import csr_matrix

    weights = csr_matrix(np.array([[0, 0, 0], [0, 0, 0], [0.5, 0.5, 0]], np.float32))
    popularity = np.array([1.0, 100, 0])
    assert np.array_equal(Pull().by_popularity(weights, popularity).toarray(), weights.toarray())
    scaled = Pull(power=1.0).by_popularity(weights, popularity).toarray()[2]
    assert np.allclose(scaled, [0.5 * 10, 0.5 / 10, 0], rtol=1e-4)
