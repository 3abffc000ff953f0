"""Tags of texts: every encoder, thresholds, measures, trees, and what is kept."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from limelight.errors import BadInputError, CorruptError, LimelightWarning, NotFoundError
from limelight.text.tag import Examples, Settings, Tagger, judge
from limelight.text.tag.batches import grouped, laid
from limelight.text.tag.brackets import bracketed, chunks, clauses
from limelight.text.tag.encoders import ENCODERS
from limelight.text.tag.network import TagNetwork
from limelight.text.tag.reading import LONGEST, WordList
from limelight.text.tag.tagger import READERS
from limelight.text.tag.thresholds import each, shared

SAID = {
    "Horror": ("a ghost haunts the old house", "the vampire bites", "blood in the cellar"),
    "Romance": ("they fall in love", "a wedding by the sea", "her heart is broken"),
    "War": ("soldiers at the front", "the battle is lost", "a general surrenders"),
}
CHINESE = {
    "恐怖": ("鬼魂出没的老房子", "吸血鬼咬人", "地窖里的鲜血"),
    "爱情": ("他们坠入爱河", "海边的婚礼", "她的心碎了"),
}


def made(said: dict[str, tuple[str, ...]], n: int, seed: int) -> Examples:
    """Make texts of one or two labels, each by what is said of those."""
    random = np.random.default_rng(seed)
    names = list(said)
    texts, labels = [], []
    for _ in range(n):
        chosen = random.choice(len(names), size=random.integers(1, 3), replace=False)
        parts = [said[names[k]][random.integers(0, 3)] for k in chosen]
        texts.append(", ".join(parts).capitalize() + ".")
        labels.append(tuple(names[k] for k in chosen))
    return Examples(tuple(texts), tuple(labels), "genres")


SMALL = {"width": 24, "words": 16, "dropout": 0.1, "learning_rate": 0.02, "epochs": 14}


@pytest.mark.parametrize("encoder", READERS)
def test_every_reader_learns_and_comes_back_from_a_folder(encoder: str, tmp_path: Path) -> None:
    tagger = Tagger.train(made(SAID, 120, 0), made(SAID, 40, 1), Settings(encoder, **SMALL))
    test = made(SAID, 60, 2)
    judgement = tagger.judge(test)
    assert judgement.micro.f1 > 0.97
    assert judgement.accuracy > 0.9
    tagger.save(tmp_path / "tagger")
    again = Tagger.load(tmp_path / "tagger")
    assert again.tags(test.texts) == tagger.tags(test.texts)
    assert (again.labels, again.noun) == (tagger.labels, "genres")
    np.testing.assert_array_equal(again.curve, tagger.curve)
    (given_tags,) = tagger.tags(["A ghost haunts the old house, they fall in love."])
    assert given_tags
    assert set(given_tags) <= {"Horror", "Romance"}
    assert [*given_tags.values()] == sorted(given_tags.values(), reverse=True)
    assert tagger.tags(["", "?!"]) == [{}, {}]
    assert tagger.tags([]) == []
    assert tagger.scores(["one", "word " * 20_000, "x" * 100_000]).shape == (3, 3)


@pytest.mark.parametrize("encoder", ["logistic", "bag", "recursive"])
def test_chinese_is_read_as_well(encoder: str) -> None:
    settings = Settings(encoder, **SMALL)
    tagger = Tagger.train(made(CHINESE, 100, 0), made(CHINESE, 30, 1), settings)
    assert tagger.judge(made(CHINESE, 40, 2)).micro.f1 > 0.97
    assert [*tagger.tags(["吸血鬼咬人。"])[0]] == ["恐怖"]


@pytest.mark.parametrize("encoder", ["recursive", "attention"])
def test_a_training_that_was_broken_off_ends_like_an_unbroken_one(
    encoder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from limelight.training import epochs

    monkeypatch.setattr(epochs, "CHECKPOINT_SECONDS", 0.0)
    settings = Settings(encoder, **SMALL | {"epochs": 3, "dropout": 0.3})
    learned, validation = made(SAID, 70, 0), made(SAID, 20, 1)

    def trained(stop: float) -> Tagger:
        def progress(done: float, total: float | None, message: str) -> None:
            if done >= stop:
                raise KeyboardInterrupt

        return Tagger.train(learned, validation, settings, None, progress, tmp_path)

    with pytest.raises(KeyboardInterrupt):
        trained(1.4)
    assert len(list(tmp_path.iterdir())) == 1
    resumed = trained(9)
    assert not list(tmp_path.iterdir())
    whole = trained(9)
    for name, weights in whole.model[0].state_dict().items():
        assert torch.equal(weights, resumed.model[0].state_dict()[name]), name
    np.testing.assert_array_equal(whole.curve[:, :2], resumed.curve[:, :2])
    np.testing.assert_array_equal(whole.thresholds, resumed.thresholds)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_text_is_scored_alike_alone_and_among_longer_ones(encoder: str) -> None:
    words = WordList.learn(["a b c d e", "a b c d e"], 10)
    torch.manual_seed(0)
    network = TagNetwork(encoder, len(words), 4, 8, 12, 0.0)
    torch.nn.init.normal_(network.embedding.weight)
    texts = ["a", "b a.", "c, d and e of b, (a). e d!", "e d c b a b c d e, a b c d e: a"]
    read = [words.read(text, network.encoder.reads_trees) for text in texts]
    together = network.scores(read)
    assert together.shape == (4, 4)
    for row, one in zip(together, read, strict=True):
        np.testing.assert_allclose(network.scores([one])[0], row, atol=1e-5)


def test_a_tree_lstm_is_what_its_paper_says() -> None:
    from limelight.text.tag.encoders.recursive import Recursive

    torch.manual_seed(0)
    encoder = Recursive(3, 2, 0.0).eval()
    words = WordList(("lost", "dog", "barks"))
    batch = laid([words.read("lost dog, barks", True), words.read("barks", True)])
    vectors = torch.randn(2, 3, 3)
    found = encoder(vectors, batch)

    def word(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        i, o, u = encoder.word(x).chunk(3)
        memory = i.sigmoid() * u.tanh()
        return memory, o.sigmoid() * memory.tanh()

    def node(left: tuple, right: tuple) -> tuple[torch.Tensor, torch.Tensor]:
        i, first, second, o, u = encoder.node(torch.cat([left[1], right[1]])).chunk(5)
        memory = i.sigmoid() * u.tanh() + first.sigmoid() * left[0] + second.sigmoid() * right[0]
        return memory, o.sigmoid() * memory.tanh()

    lost, dog, barks = (word(vectors[0, k]) for k in range(3))
    phrase = node(lost, dog)
    whole = node(phrase, barks)
    states = torch.stack([one[1] for one in (lost, dog, barks, phrase, whole)])
    torch.testing.assert_close(found[0], states.amax(0))
    torch.testing.assert_close(found[1], word(vectors[1, 0])[1])


def test_brackets_follow_punctuation_and_function_words() -> None:
    (sentence,) = clauses("A lost dog barks at the moon, loudly.")
    assert sentence == [["a", "lost", "dog", "barks", "at", "the", "moon"], ["loudly"]]
    assert chunks(sentence[0]) == [["a", "lost", "dog", "barks"], ["at", "the", "moon"]]
    tree, order = bracketed([sentence], 99)
    assert order == [*sentence[0], *sentence[1]]
    pairs = list(zip(tree.left.tolist(), tree.right.tolist(), strict=True))
    # (a (lost (dog barks))) is node 10, (at (the moon)) 12, both 13, with the last clause 14.
    assert pairs == [(2, 3), (1, 8), (0, 9), (5, 6), (4, 11), (10, 12), (13, 7)]
    assert tree.level.tolist() == [1, 2, 3, 1, 2, 4, 5]


@given(
    st.lists(
        st.lists(st.lists(st.sampled_from(["the", "of", "dog", "moon", "的"]), min_size=1)),
        max_size=6,
    ),
    st.integers(1, 40),
)
def test_a_tree_joins_every_word_once(parts: list[list[list[str]]], longest: int) -> None:
    tree, order = bracketed(parts, longest)
    said = [word for sentence in parts for clause in sentence for word in clause]
    assert order == said[:longest]
    n = max(len(order), 1)
    assert len(tree.left) == len(tree.right) == len(tree.level) == n - 1
    children = sorted([*tree.left.tolist(), *tree.right.tolist()])
    assert children == list(range(2 * n - 2))
    heights = [0] * n
    for k, (left, right) in enumerate(zip(tree.left, tree.right, strict=True)):
        assert left < n + k
        assert right < n + k
        heights.append(1 + max(heights[left], heights[right]))
        assert tree.level[k] == heights[-1]


def test_a_long_text_is_no_deep_tree() -> None:
    read = WordList(("moon",)).read("moon " * 5000, True)
    assert len(read.ids) == LONGEST
    assert read.tree is not None
    assert read.tree.level.max() == 9


def test_measures_are_their_definitions() -> None:
    truth = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]], bool)
    said = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1]], bool)
    found = judge(["a", "b", "c"], truth, said)
    assert found.accuracy == 0.25
    assert (found.micro.precision, found.micro.recall) == (3 / 5, 3 / 4)
    assert found.micro.f1 == pytest.approx(2 * 3 / (5 + 4))
    a, b, c = found.by_label
    assert (a.precision, a.recall, a.f1) == (2 / 3, 1.0, 0.8)
    assert (b.precision, b.recall, b.f1) == (1.0, 0.5, pytest.approx(2 / 3))
    assert (c.n, c.said, c.precision, c.f1) == (0, 1, 0.0, 0.0)
    assert found.macro.f1 == pytest.approx((0.8 + 2 / 3) / 2)  # nobody has c


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=30))
def test_no_threshold_is_better_than_the_chosen(pairs: list[tuple[int, bool]]) -> None:
    scores = np.array([[score / 8] for score, _ in pairs], np.float32)
    truth = np.array([[true] for _, true in pairs])
    threshold, f1 = shared(scores, truth)
    reached = [judge(["a"], truth, scores >= k / 16).micro.f1 for k in range(-1, 17)]
    assert f1 == pytest.approx(max(reached) if truth.any() else 0.0)
    assert judge(["a"], truth, scores >= np.float32(threshold)).micro.f1 == pytest.approx(f1)


def test_rare_labels_share_a_threshold() -> None:
    random = np.random.default_rng(0)
    truth = random.random((200, 3)) < [0.5, 0.3, 0.02]
    assert truth[:, 2].sum() < 10
    scores = np.clip(truth * [0.4, 0.1, 0.2] + random.random((200, 3)) / 2, 0, 1).astype(np.float32)
    found = each(scores, truth)
    assert found[2] == np.float32(shared(scores, truth)[0])
    assert found[0] != found[1]


def test_groups_hold_every_text_once() -> None:
    lengths = [k % 13 + 1 for k in range(50)]
    groups = grouped(lengths, 8, np.random.default_rng(0))
    assert sorted(row for group in groups for row in group) == list(range(50))
    assert max(map(len, groups)) == 8


def test_known_vectors_are_where_words_set_out_from() -> None:
    known = SimpleNamespace(
        vocabulary={"ghost": 0, "love": 1, "unheard": 2},
        matrix=np.array([[9, 9, 9], [-9, -9, -9], [1, 1, 1]], np.float32),
    )
    settings = Settings("bag", **SMALL | {"epochs": 1, "learning_rate": 1e-6})
    tagger = Tagger.train(made(SAID, 60, 0), made(SAID, 20, 1), settings, known)
    network, words = tagger.model
    np.testing.assert_allclose(network.embedding.weight[words.ids["ghost"]], 9, atol=1e-3)
    assert network.embedding.weight.shape[1] == 3
    assert "unheard" not in words.ids
    with pytest.raises(BadInputError, match="encoder=bag"):
        Tagger.train(made(SAID, 60, 0), made(SAID, 20, 1), Settings(), known)


def test_rare_and_unknown_labels_are_told_of() -> None:
    learned = made(SAID, 60, 0)
    learned = Examples((*learned.texts, "singing"), (*learned.labels, ("Musical",)), "genres")
    with pytest.warns(LimelightWarning, match="fewer than 5 texts have them: Musical"):
        tagger = Tagger.train(learned, made(SAID, 20, 1))
    assert tagger.labels == tuple(name for name in learned.counts() if name != "Musical")
    with pytest.warns(LimelightWarning, match="never learned them: Noir"):
        assert tagger.judge(Examples(("a ghost",), (("Noir",),))).n == 1


def test_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    few = Examples(("a", "b"), (("x",), ("y",)))
    with pytest.raises(BadInputError, match="least=1"):
        Tagger.train(few, few)
    mute = Examples(("!", "?") * 5, (("x",), ("y",)) * 5)
    with pytest.raises(BadInputError, match="no words"):
        Tagger.train(mute, mute)
    with pytest.raises(BadInputError, match="give more"):
        Tagger.train(made(SAID, 30, 0), Examples((), ()))
    with pytest.raises(NotFoundError, match="train one first"):
        Tagger.load(tmp_path)


def test_a_damaged_tagger_is_refused(tmp_path: Path) -> None:
    Tagger.train(made(SAID, 40, 0), made(SAID, 20, 1)).save(tmp_path / "a")
    for name in ("tagger.safetensors", "words.json", "tagger.json"):
        kept = (tmp_path / "a" / name).read_bytes()
        (tmp_path / "a" / name).write_bytes(kept[: len(kept) // 2])
        with pytest.raises(CorruptError, match="train the tagger again"):
            Tagger.load(tmp_path / "a")
        (tmp_path / "a" / name).write_bytes(kept)
    Tagger.load(tmp_path / "a")


@pytest.mark.parametrize(
    "wrong",
    [
        {"encoder": "magic"},
        {"thresholds": "none"},
        {"width": 50},
        {"epochs": 0},
        {"dropout": 1.0},
        {"learning_rate": 0.0},
        {"seed": -1},
    ],
)
def test_settings_that_make_no_tagger_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInputError, match=next(iter(wrong))):
        Settings(**wrong)


def test_logistic_regression_gives_reasons() -> None:
    tagger = Tagger.train(made(SAID, 120, 0), made(SAID, 40, 1))
    reasons = tagger.model.reasons("The vampire bites.", tagger.labels.index("Horror"), 2)
    assert "vampire" in " ".join(word for word, _ in reasons)
