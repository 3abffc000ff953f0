from pathlib import Path

import numpy as np
import pytest
import torch

from limelight.errors import BadInputError, CorruptError, NotFoundError
from limelight.text.sequence.beam import Search
from limelight.text.sequence.continuing import Continuing
from limelight.text.sequence.examples import Example, Fixed, batches, padded
from limelight.text.sequence.facts import Fact, Report, Reported, name, property_name, source_of
from limelight.text.sequence.network import Memory, Network
from limelight.text.sequence.vocabulary import END, PAD, START, Vocabulary
from limelight.text.sequence.writer import NETWORKS, Settings, Writer
from limelight.training import epochs

ARCHITECTURES = ("recurrent", "transformer")
FIRST = ("Ann", "Bea", "Cid", "Dan", "Eve", "Fay", "Gus", "Hal")
LAST = ("Adler", "Brand", "Cole", "Dietz", "Ewing", "Falk", "Gray", "Hope")
UNMET = ("Eve Cole", "Gus Gray", "Bea Hope")


def film(person: str, year: int) -> Example:
    source = source_of([Fact(person, "director", "X"), Fact("X", "year", str(year))])
    return Example(source, (f"{person} directed X in {year}.",))


@pytest.fixture(scope="module", params=ARCHITECTURES)
def writer(request: pytest.FixtureRequest) -> Writer:
    random = np.random.default_rng(0)
    people = [f"{first} {last}" for first in FIRST for last in LAST]
    met = [person for person in people if person not in UNMET] * 4
    examples = [film(person, int(random.integers(1950, 2000))) for person in met]
    settings = Settings(request.param, 32, 1, 0.0, 420, 6, 6, 8e-3, 400, 0.0)
    return Writer.train(Fixed(examples), [film("Bea Hope", 1977)], settings)


def test_who_was_not_met_is_written_of(writer: Writer) -> None:
    examples = [film(person, 1961) for person in UNMET]
    written = writer.write([example.source for example in examples])
    assert [found[0].text for found in written] == [example.targets[0] for example in examples]


def test_attention_says_where_a_word_is_from(writer: Writer) -> None:
    (best, *_) = writer.write([film("Gus Gray", 1951).source])[0]
    assert best.attention.shape == (len(best.subwords), len(best.source))
    np.testing.assert_allclose(best.attention.sum(axis=1), 1, atol=1e-4)
    assert "".join(best.subwords[:-1]).strip() == best.text
    assert writer.curve.shape[1] == 3
    assert writer.curve[-1, 1] < writer.curve[0, 1] / 4


def test_a_saved_writer_writes_the_same(writer: Writer, tmp_path: Path) -> None:
    writer.save(tmp_path / "saved")
    sources = [film("Hal Hope", 1988).source, film("Ann Gray", 1966).source]
    again = Writer.load(tmp_path / "saved")
    for before, after in zip(writer.write(sources), again.write(sources), strict=True):
        assert [one.text for one in before] == [one.text for one in after]
        assert [one.score for one in before] == pytest.approx([one.score for one in after])
    np.testing.assert_array_equal(writer.curve, again.curve)
    (tmp_path / "saved" / "network.safetensors").write_bytes(b"damaged")
    with pytest.raises(CorruptError, match="train the writer again"):
        Writer.load(tmp_path / "saved")
    with pytest.raises(NotFoundError, match="train one first"):
        Writer.load(tmp_path)


def test_several_sources_are_written_of_as_if_each_were_alone(writer: Writer) -> None:
    sources = [film(f"{first} Cole", 1960).source for first in FIRST[:5]]
    sources.append(source_of([Fact("Dan", "director", "X")]))
    together = writer.write(sources)
    for source, found in zip(sources, together, strict=True):
        (alone,) = writer.write([source])
        assert found[0].text == alone[0].text
        assert found[0].score == pytest.approx(alone[0].score, abs=1e-3)


def test_nothing_and_too_much_are_refused(writer: Writer) -> None:
    with pytest.raises(BadInputError, match="empty"):
        writer.write([""])
    with pytest.raises(BadInputError, match="fewer facts"):
        writer.write(["abcde " * 400])
    with pytest.raises(BadInputError, match="nothing to learn from"):
        Writer.train(Fixed([]), [])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_training_that_was_broken_off_ends_like_an_unbroken_one(
    architecture: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "CHECKPOINT_SECONDS", 0.0)
    examples = [film(f"{first} Gray", 1960 + k) for k, first in enumerate(FIRST)]
    settings = Settings(architecture, 16, 1, 0.2, 300, epochs=3, batch=300)

    def trained(stop: float) -> Writer:
        def progress(done: float, total: float | None, message: str) -> None:
            if done >= stop:
                raise KeyboardInterrupt

        return Writer.train(Fixed(examples), examples[:2], settings, progress, checkpoints=tmp_path)

    with pytest.raises(KeyboardInterrupt):
        trained(1.3)
    assert len(list(tmp_path.iterdir())) == 1
    resumed = trained(9)
    assert not list(tmp_path.iterdir())
    whole = trained(9)
    for name_, weights in whole.network.state_dict().items():
        assert torch.equal(weights, resumed.network.state_dict()[name_]), name_
    np.testing.assert_array_equal(whole.curve[:, :2], resumed.curve[:, :2])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_probabilities_are_a_mixture_that_sums_to_one(architecture: str) -> None:
    network = _network(architecture)
    source, said = padded([[5, 6, 7], [8, 9]]), torch.tensor([[START, 5], [START, 8]])
    memory = network.encode(source)
    heard = network.decode(memory, said, {})
    found = network.logarithms(memory, heard)
    torch.testing.assert_close(found.exp().sum(-1), torch.ones(2, 2), atol=1e-4, rtol=0)
    wanted = torch.tensor([[5, END], [8, PAD]])
    each = [found[0, 0, 5], found[0, 1, END], found[1, 0, 8]]
    expected = -torch.stack(each).mean()
    torch.testing.assert_close(network.loss(memory, heard, wanted, 0.0), expected)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_step_at_a_time_says_what_the_whole_says(architecture: str) -> None:
    network = _network(architecture)
    memory = network.encode(padded([[5, 6, 7, 8], [8, 9]]))
    said = torch.tensor([[START, 5, 6, 7], [START, 8, 9, 5]])
    whole = network.decode(memory, said, {})
    state: dict[str, torch.Tensor] = {}
    for t in range(4):
        step = network.decode(memory, said[:, t : t + 1], state)
        torch.testing.assert_close(step.vectors[:, 0], whole.vectors[:, t], atol=1e-5, rtol=1e-4)
        state = step.state


def test_places_gain_by_how_many_of_the_last_subwords_they_follow_on() -> None:
    source = torch.tensor([[5, 6, 5, 7, 6, 5, 8]])
    memory = Memory(torch.zeros(1, 7, 4), source, source != PAD)
    said = torch.tensor([[START, 6, 5, 9, 6]])
    continuing = Continuing(4)
    vectors = torch.zeros(1, 5, 4)
    whole, _ = continuing(vectors, memory, said, None)
    assert whole[0].tolist() == [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 1, 0],
        [0, 1, 0, 2, 0, 0, 2],
        [0, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 1, 0],
    ]
    before = None
    for t in range(5):
        step, before = continuing(vectors[:, [t]], memory, said[:, [t]], before)
        assert torch.equal(step[:, 0], whole[:, t])
    longer, _ = continuing(vectors, memory, torch.tensor([[5, 7, 6, 5, 1]]), None)
    assert longer[0, 3].tolist() == [0, 1, 0, 1 + 1, 0, 0, 3]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_widest_beam_finds_the_likeliest(architecture: str) -> None:
    """Against every text of up to two subwords, of a vocabulary of seven."""
    network = _network(architecture, 7)
    source = padded([[4, 5, 6]])
    from limelight.text.sequence.beam import search

    (found,) = search(network, source, Search(width=60, length=0, coverage=0, longest=3))
    memory = network.encode(source)
    best = (-np.inf, [])
    for first in (*range(3, 7), END):
        for second in (*range(3, 7), END) if first != END else (None,):
            ids = [word for word in (first, second) if word not in (END, None)]
            said = torch.tensor([[START, *ids]])
            told = network.logarithms(memory, network.decode(memory, said, {}))[0]
            score = sum(told[t, word].item() for t, word in enumerate([*ids, END]))
            best = max(best, (score, ids))
    assert found[0].ids == best[1]
    assert found[0].score == pytest.approx(best[0], abs=1e-4)


def _network(architecture: str, n_subwords: int = 12) -> Network:
    torch.manual_seed(1)
    return NETWORKS[architecture](n_subwords, 16, 1, 0.0).eval()


def test_batches_hold_every_pair_once_and_no_more_than_asked() -> None:
    texts = [("a " * k, "b " * (k % 7 + 1)) for k in range(1, 40)]
    vocabulary = Vocabulary.learn((text for pair in texts for text in pair), 300)
    found = batches(texts, vocabulary, 120, np.random.default_rng(0))
    assert sum(len(batch.source) for batch in found) == 39
    assert sum(int((batch.wanted == END).sum()) for batch in found) == 39
    for batch in found:
        size = batch.source.shape[1] + batch.wanted.shape[1]
        assert len(batch.source) == 1 or size * len(batch.source) <= 120
        assert torch.equal(batch.said[:, 1:], batch.wanted[:, :-1] * (batch.wanted[:, :-1] != END))


def test_any_text_comes_back_from_its_subwords() -> None:
    vocabulary = Vocabulary.learn(["Alan Bean was born."], 300, ["<subject>"])
    for text in ("Alan Bean", "他说：“我喜欢。”", "naïve 🙂"):
        (ids,) = vocabulary.encode([text])
        assert vocabulary.decode(ids) == text
    assert len(vocabulary.encode(["<subject>"])[0]) == 1
    again = Vocabulary.read(vocabulary.stored())
    assert again.encode(["Alan"]) == vocabulary.encode(["Alan"])


def test_facts_are_written_as_people_write_them() -> None:
    assert name('"10R/28L"') == "10R/28L"
    assert name('"Aarhus Lufthavn A/S"@en') == "Aarhus Lufthavn A/S"
    assert name('"2776.73"^^xsd:double') == "2776.73"
    assert property_name("birthPlace") == "birth place"
    assert property_name("ISBNNumber_of") == "isbn number of"
    fact = Fact("Alan_Bean", "birthPlace", '"Wheeler, Texas"')
    assert (
        source_of([fact]) == "<subject> Alan Bean <predicate> birth place <object> Wheeler, Texas"
    )


def test_names_change_in_facts_and_text_alike() -> None:
    reports = [
        Report((Fact(who, "born", where), Fact(who, "job", "cook")), (f"{who} is of {where}.",))
        for who, where in (("Ann", "Ulm"), ("Ben", "Bonn"), ("Cleo Day", "Kiel on Sea"))
    ]
    seen = set()
    random = np.random.default_rng(0)
    for _ in range(50):
        for source, text in Reported(reports).pairs(random):
            seen.add(text)
            who, where = text[:-1].split(" is of ")
            assert source.count(f"<subject> {who} ") == 2
            assert f"<predicate> born <object> {where}" in source
            assert "<object> cook" in source
    assert "Ben is of Ulm." in seen
    assert any(text.startswith("Cleo Ann") or text.startswith("Ann Day") for text in seen)
    assert any(text.endswith(" is of Boel.") for text in seen)  # of Bonn and of Kiel
