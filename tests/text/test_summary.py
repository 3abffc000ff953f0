"""Summaries, synopses, loglines: whole sentences, in place, to a length."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from limelight.errors import BadInputError
from limelight.text.summary import Length, document_of, logline, summarise, synopsis
from limelight.text.summary.centrality import lexrank, similarities, tfidf
from limelight.text.summary.leaning import supports
from limelight.text.summary.loglines import forms
from limelight.text.summary.selection import selected
from limelight.text.summary.source import opened

NEWS = Path(__file__).parents[2] / "../shared/data/news/bbc-summaries.jsonl.gz"
STORY = """Kane wakes from hibernation when the ship Nostromo picks up a signal. The crew of seven
lands on a bare moon (LV-426) and finds a wreck. He is attacked by a creature that leaps from an
egg. But the science officer lets him back aboard. During the meal a small alien bursts from his
chest and flees into the ship. The crew hunts the alien with nets. Brett is killed while he looks
for the cat. Dallas goes into the ducts and does not come back. Ripley learns that the company
wants the alien. Ash, who is an android, tries to kill her. Ripley sets the ship to destroy itself.
The alien hides in the shuttle, and Ripley blows it out of the airlock."""
CHINESE = (
    "电影《流浪地球》讲述人类带着地球逃离太阳系的故事。刘培强是空间站的宇航员，多年没有回家。"
    "他的儿子刘启偷偷开着运输车来到地面。就在这时，木星引力突然增大，地球的发动机大面积停摆。"
    "刘启和救援队一起运送火石，重启发动机。最终地球脱离木星，继续前往新的家园。"
)


def test_sentences_have_their_places_and_quotations_stay_together() -> None:
    said = 'Mr. Ito said: "It is late. We go." He left.\n\n他走了。她说：“好。”'
    found = opened(document_of(said)).sentences
    assert [(one.where, one.text) for one in found] == [
        ("¶1.1", 'Mr. Ito said: "It is late. We go."'),
        ("¶1.2", "He left."),
        ("¶2.1", "他走了。"),
        ("¶2.2", "她说：“好。”"),
    ]


def test_lexrank_is_the_walk_over_all_pairs() -> None:
    vectors = tfidf(opened(document_of(STORY)).sentences)
    pairs = similarities(vectors, vectors)
    walk = 0.15 / len(pairs) + 0.85 * (pairs / pairs.sum(axis=1)[:, None])
    share = np.full(len(pairs), 1 / len(pairs))
    for _ in range(500):
        share = share @ walk
    np.testing.assert_allclose(lexrank(vectors), share, atol=1e-8)
    np.testing.assert_allclose(lexrank(vectors.toarray()), share, atol=1e-8)
    assert lexrank(csr_array(np.eye(3))) == pytest.approx(np.full(3, 1 / 3))


def test_what_only_repeats_is_not_taken_twice() -> None:
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], np.float32)
    worth = np.array([0.9, 0.8, 0.1])
    assert selected(worth, vectors, [1, 1, 1], 2) == [0, 2]
    assert selected(worth, vectors, [1, 1, 1], 3) == [0, 2]
    assert selected(worth, vectors, [5, 1, 1], 2) == [1, 2]
    assert selected(worth, vectors, [1, 1, 1], 1, supports=[2, None, None]) == [1]
    assert selected(worth, vectors, [1, 1, 1], 2, first=[2]) == [0, 2]


def test_a_sentence_that_leans_comes_only_with_the_one_before() -> None:
    text = opened(document_of(STORY)).sentences
    needs = supports(text)
    assert [at for at, need in enumerate(needs) if need is not None] == [2, 3]
    for most in range(1, 12):
        numbers = {one.number for one in summarise(STORY, Length(most)).sentences}
        assert all(at in numbers for at in numbers & {2} if 3 in numbers)
        assert 4 not in numbers or 3 in numbers


@pytest.mark.parametrize(
    ("text", "length"),
    [
        (STORY, Length(3)),
        (STORY, Length(40, "words")),
        (STORY, Length(200, "characters")),
        (CHINESE, Length(60, "characters")),
        (CHINESE, Length(2)),
    ],
)
def test_summaries_keep_to_the_length_and_to_the_words(text: str, length: Length) -> None:
    found = summarise(text, length)
    assert 0 < sum(map(length.of, found.sentences)) <= length.most
    whole = " ".join(text.split())
    assert all(one.text in whole for one in found.sentences)
    numbers = [one.number for one in found.sentences]
    assert numbers == sorted(numbers)
    assert not found.whole


def test_chinese_sentences_are_joined_without_spaces() -> None:
    found = summarise(CHINESE, Length(60, "characters"))
    assert len(found.sentences) > 1
    assert " " not in found.text


def test_a_short_text_is_its_own_summary() -> None:
    assert summarise("Alien", Length(3)).text == "Alien"
    assert summarise(STORY, Length(50)).whole


def test_a_synopsis_begins_at_the_beginning_and_keeps_the_end() -> None:
    found = synopsis(STORY, Length(60, "words"))
    assert found.sentences[0].number == 1
    assert max(one.number for one in found.sentences) <= 9
    assert "airlock" not in found.text


@pytest.mark.parametrize(
    ("sentence", "shortest"),
    [
        ("But Ripley stays.", "Ripley stays."),
        ("Two men (both thieves) meet Ana, who runs a bar.", "Two men meet Ana."),
        ("He, who knows, tells Ana, Bo and Cy.", "He, who knows, tells Ana, Bo and Cy."),
        ("《红》（1994）是一部电影。", "《红》是一部电影。"),
        ("Later Ada returns.", "Ada returns."),
        ("Sooner or later Ada returns.", "Sooner or later Ada returns."),
    ],
)
def test_what_a_logline_may_lose(sentence: str, shortest: str) -> None:
    assert forms(sentence)[0] == sentence
    assert forms(sentence)[-1] == shortest


def test_a_logline_is_one_sentence_that_stands_alone() -> None:
    found = logline(STORY, Length(13, "words"))
    assert found.text == found.sentence.text
    assert not found.leaning
    assert found.sentence.number == 1
    assert logline(CHINESE).text.endswith("。")
    shortened = logline(
        "In Rome two men (both thieves) meet Ana, who runs a bar.", Length(7, "words")
    )
    assert shortened.text == "In Rome two men meet Ana."
    assert shortened.shortened
    with pytest.raises(BadInputError, match="the shortest has 3 words"):
        logline("Ann meets Bo.", Length(2, "words"))


@pytest.mark.parametrize("text", ["", " \n ", "!!! ...", "。。。"])
def test_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="no words"):
        summarise(text)


def test_what_has_no_sentences_is_refused_and_told() -> None:
    with pytest.raises(BadInputError, match="2,999 characters without a sentence's end"):
        summarise("words " * 500)
    mixed = summarise("Ann leaves. " * 3 + "\n\n" + "words " * 500, Length(5))
    assert [one.text for one in mixed.sentences] == ["Ann leaves."] * 3
    assert "without a sentence's end" in mixed.source.left_out[0].reason


def test_too_short_a_length_is_refused_with_the_least_that_works() -> None:
    with pytest.raises(BadInputError, match="fits into 2 words: the shortest has 7 words"):
        summarise(STORY, Length(2, "words"))
    with pytest.raises(BadInputError, match="say nothing"):
        Length(0)


def test_a_long_line_is_cut_between_sentences_only() -> None:
    line = " ".join(f"Guest {n} of the hotel meets Dr. Marlow at noon." for n in range(3000))
    source = opened(document_of(line))
    assert len(source.sentences) == 3000
    assert {one.text[-5:] for one in source.sentences} == {"noon."}
    assert len(summarise(line, Length(2)).sentences) == 2


@given(
    st.lists(st.text(alphabet="ab Cd,.!?\"'“”(中文。！？\n", max_size=60), max_size=12),
    st.integers(1, 40),
    st.sampled_from(["sentences", "words", "characters"]),
)
@settings(max_examples=60, deadline=None)
def test_whatever_comes_is_kept_to_or_refused(parts: list[str], most: int, unit: str) -> None:
    text, length = "\n\n".join(parts), Length(most, unit)  # type: ignore[arg-type]
    for make in (summarise, synopsis):
        try:
            found = make(text, length)
        except BadInputError as error:
            assert str(error)
            continue
        assert sum(map(length.of, found.sentences)) <= most
        assert set(found.sentences) <= set(found.source.sentences)


def test_references_of_news_are_met_better_than_by_the_lead() -> None:
    if not NEWS.exists():
        pytest.skip("../shared/data/news is not here")
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        articles = [json.loads(next(lines)) for _ in range(40)]
    ours = first = 0.0
    for article in articles:
        body = article["article"].split("\n", 1)[1]
        whole = document_of(body, title=article["title"])
        found = summarise(whole, Length(5))
        reference = "".join(article["summary"].split())
        leading = opened(whole).sentences[:5]
        ours += sum("".join(one.text.split()) in reference for one in found.sentences)
        first += sum("".join(one.text.split()) in reference for one in leading)
    assert ours > 1.3 * first
