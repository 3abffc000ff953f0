"""Embedders: counts by hand, GloVe against its definition, and saved ones that say the same."""

import json
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import BadInputError, CorruptError, NotFoundError, UnavailableError
from limelight.text.embed import (
    EMBEDDERS,
    BagOfWords,
    Glove,
    Glove6B,
    SentenceVectors,
    TfIdf,
    choose,
    load,
)
from limelight.text.embed.cooccurrence import WHOLE, Pairs, cooccurrences
from limelight.text.embed.factorisation import BLOCKS, RIDGE, UNSEEN, _gram, _seen, _solve

FILMS = [
    "A shark attacks the beach.",
    "The shark hunts, the beach is closed.",
    "一个侦探追捕凶手。",
    "侦探与凶手的故事。",
]


def test_bag_of_words_counts() -> None:
    bag = BagOfWords().fit(["the cat and the dog", "a cat"])
    counts = bag.counts(["The cat, the the!", "unknown"]).toarray()
    assert counts[0, bag.vocabulary["the"]] == 3
    assert counts[0, bag.vocabulary["cat"]] == 1
    assert counts.sum() == 4
    vectors = bag.vectors(["the the cat", "unknown", ""])
    assert vectors.dtype == np.float32
    assert vectors[0, bag.vocabulary["the"]] == pytest.approx(2 / 5**0.5)
    assert not vectors[1:].any()


def test_only_the_most_frequent_words_count() -> None:
    assert BagOfWords(words=1).fit(["b a a", "a c"]).vocabulary == {"a": 0}


def test_tfidf_weighs_by_rarity() -> None:
    tfidf = TfIdf().fit(["film shark", "film robot", "film film"])
    film, shark = (tfidf.vocabulary[word] for word in ("film", "shark"))
    assert tfidf.rarity[film] == pytest.approx(1)
    assert tfidf.rarity[shark] == pytest.approx(1 + np.log(4 / 2))
    (vector,) = tfidf.vectors(["film film shark"])
    assert vector[film] / vector[shark] == pytest.approx((1 + np.log(2)) / (1 + np.log(2)))


def test_directions_liken_what_goes_together() -> None:
    texts = [
        *["ship sea sailor"] * 5,
        *["sea wave"] * 5,
        *["court judge law"] * 5,
        *["law jury"] * 5,
    ]
    vectors = TfIdf(dimensions=2).fit(texts).vectors(["ship", "wave", "jury"])
    assert vectors.shape == (3, 2)
    assert vectors[0] @ vectors[1] > 0.9
    assert abs(vectors[0] @ vectors[2]) < 0.1


@pytest.mark.parametrize("described", ["bag-of-words", "tfidf", "tfidf:dimensions=3"])
def test_chinese_texts_alike(described: str) -> None:
    vectors = choose(described).fit(FILMS).vectors(FILMS)
    assert vectors[2] @ vectors[3] > 0.2
    assert vectors[2] @ vectors[0] == pytest.approx(0, abs=0.05)


def by_hand(texts: list[list[int]], window: int) -> dict[tuple[int, int], float]:
    cells: dict[tuple[int, int], float] = {}
    for text in texts:
        for at, word in enumerate(text):
            for other in range(max(0, at - window), at):
                for pair in ((word, text[other]), (text[other], word)):
                    cells[pair] = cells.get(pair, 0.0) + 1 / (at - other)
    return cells


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.lists(st.integers(0, 1500), max_size=30), min_size=1, max_size=12),
    st.integers(1, 6),
)
def test_neighbours_are_counted_as_by_hand(texts: list[list[int]], window: int) -> None:
    ids = np.array([word for text in texts for word in text], np.int32)
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    pairs = cooccurrences(ids, starts, 1501, window)
    found = dict(
        zip(
            zip(pairs.first.tolist(), pairs.second.tolist(), strict=True), pairs.counts, strict=True
        )
    )
    wanted = {pair: n for pair, n in by_hand(texts, window).items() if pair[0] >= pair[1]}
    assert found.keys() == wanted.keys()
    for pair, n in wanted.items():
        assert found[pair] == pytest.approx(n, abs=100 / WHOLE)


@pytest.fixture(scope="module")
def corpus() -> list[list[str]]:
    """Sentences in which two kinds of nouns keep to verbs of their own."""
    random = np.random.default_rng(0)
    kinds = [
        (["cat", "dog", "horse", "cow"], ["eats", "sleeps", "runs"], ["grass", "straw", "meat"]),
        (
            ["bank", "fund", "firm", "broker"],
            ["buys", "sells", "owes"],
            ["shares", "bonds", "debt"],
        ),
    ]
    texts = []
    for _ in range(4000):
        own = random.integers(2)
        text = ["the", *(str(random.choice(kinds[own][part])) for part in range(3))]
        if random.random() < 0.2:
            text[1] = str(random.choice(kinds[1 - own][0]))
        texts.append(text)
    return texts


@pytest.fixture(scope="module")
def glove(corpus: list[list[str]]) -> Glove:
    return Glove(dimensions=10, window=4).fit_words(corpus)


def test_glove_brings_words_together_that_stand_alike(glove: Glove) -> None:
    assert {word for word, _ in glove.similar("cat", 3)} == {"dog", "horse", "cow"}
    assert {word for word, _ in glove.similar("Bank", 3)} == {"fund", "firm", "broker"}
    with pytest.raises(NotFoundError, match="no vector of the word 'unicorn'"):
        glove.similar("unicorn")


def test_every_epoch_of_glove_lowers_the_loss(corpus: list[list[str]]) -> None:
    said: list[str] = []
    Glove(dimensions=10, epochs=10, window=4).fit_words(
        corpus, lambda done, total, message: said.append(message)
    )
    losses = [float(message.rpartition(" ")[2]) for message in said if "loss" in message]
    assert losses[-1] < 0.5 * losses[0]
    assert losses == sorted(losses, reverse=True)


def test_glove_solves_its_equations() -> None:
    """A word's vector is the best one for the contexts, by dense normal equations."""
    random = np.random.default_rng(0)
    first, second = np.tril_indices(12)
    kept = random.random(len(first)) < 0.6
    first, second = first[kept].astype(np.int32), second[kept].astype(np.int32)
    counts = random.lognormal(size=len(first)).astype(np.float32)
    seen = _seen(Pairs(first, second, counts), 12, x_max=2)
    table = np.zeros((12, 12))
    table[first, second] = table[second, first] = counts
    totals = table.sum(axis=1)
    with np.errstate(divide="ignore"):
        chance = np.log(table * totals.sum() / np.outer(totals, totals))
    targets = np.where(table > 0, chance, 0)
    weights = np.where(table > 0, np.minimum(1, (table / 2) ** 0.75), UNSEEN)
    own = random.standard_normal((12, 2), np.float32)  # two steps solve two dimensions
    others = random.standard_normal((12, 2), np.float32)
    gram = UNSEEN * sum(_gram(others, block, BLOCKS) for block in range(BLOCKS))
    wanted = weights * (targets - own @ others.T) ** 2
    loss = (wanted.sum() + RIDGE * (own**2).sum()) / 2
    lost = sum(_solve(seen, own, others, gram, block) for block in range(BLOCKS))
    assert lost == pytest.approx(loss, rel=1e-4)
    for word in range(12):
        normal = (others.T * weights[word]) @ others + RIDGE * np.eye(2)
        best = np.linalg.solve(normal, others.T @ (weights[word] * targets[word]))
        assert own[word] == pytest.approx(best, abs=1e-3)


def test_glove_does_not_depend_on_the_number_of_cores(
    glove: Glove, corpus: list[list[str]]
) -> None:
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = Glove(dimensions=10, window=4).fit_words(corpus)
    finally:
        numba.set_num_threads(before)
    assert (alone.matrix == glove.matrix).all()


def test_glove_can_be_cancelled(corpus: list[list[str]]) -> None:
    def stop(done: float, total: float | None, message: str) -> None:
        if "loss" in message:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Glove(dimensions=10).fit_words(corpus, stop)


def test_frequent_words_count_less_in_a_text(glove: Glove) -> None:
    plain, padded = glove.vectors(["cat", "the the cat the"])
    alone = glove.vectors(["the"])[0]
    assert plain @ padded > alone @ padded
    assert not glove.vectors(["nothing known"]).any()


def test_too_little_to_learn_from() -> None:
    with pytest.raises(BadInputError, match="too little to learn from"):
        Glove().fit(["one two three"])
    with pytest.raises(BadInputError, match="no text has two known words"):
        Glove(fewest=1).fit(["one", "two"])
    for embedder in (BagOfWords(), TfIdf(), Glove(fewest=1)):
        with pytest.raises(BadInputError):
            embedder.fit(["", " …"])
        with pytest.raises(BadInputError, match="fit it to texts first"):
            embedder.vectors(["a text"])


@pytest.mark.parametrize(
    "described", ["bag-of-words", "tfidf", "tfidf:dimensions=3", "glove:dimensions=4,fewest=1"]
)
def test_saved_ones_say_the_same(described: str, tmp_path: Path) -> None:
    embedder = choose(described).fit(FILMS)
    embedder.save(tmp_path / "kept")
    again = choose(str(tmp_path / "kept"))
    assert type(again) is type(embedder)
    assert (again.vectors(FILMS) == embedder.vectors(FILMS)).all()


def test_what_is_no_embedder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="holds no embedder"):
        load(tmp_path)
    with pytest.raises(NotFoundError, match=f"there are {', '.join(EMBEDDERS)}"):
        choose("word2vec")
    with pytest.raises(BadInputError, match="has no setting 'size'"):
        choose("glove:size=3")
    for bad in ("glove:window=0", "tfidf:dimensions=-1", "bag-of-words:words=0", "glove:x_max=0"):
        with pytest.raises(BadInputError):
            choose(bad)
    TfIdf().fit(FILMS).save(tmp_path / "kept")
    for name, bad in (
        ("embedder.safetensors", "xx"),
        ("embedder.json", "{"),
        ("embedder.json", "[]"),
    ):
        (tmp_path / "kept" / name).write_text(bad, encoding="utf-8")
        with pytest.raises(CorruptError, match="is damaged"):
            load(tmp_path / "kept")


def test_settings_are_kept(tmp_path: Path) -> None:
    Glove(dimensions=3, fewest=1, seed=5).fit(FILMS).save(tmp_path / "kept")
    told = json.loads((tmp_path / "kept" / "embedder.json").read_text(encoding="utf-8"))
    assert told["settings"]["seed"] == 5
    assert load(tmp_path / "kept").seed == 5  # type: ignore[attr-defined]


@pytest.mark.parametrize("embedder", [SentenceVectors(), Glove6B()], ids=lambda one: one.name)
def test_weights_that_are_not_there_are_asked_for(
    embedder: SentenceVectors | Glove6B, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMELIGHT_HOME", str(tmp_path))
    with pytest.raises(UnavailableError, match="limelight weights fetch"):
        embedder.fit(FILMS).vectors(FILMS)
