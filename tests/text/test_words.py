from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.text.language import language_of
from limelight.text.sentences import LONGEST, paragraphs, sentences
from limelight.text.words import words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A man falls in love with the woman who wants to sell his house.", "en"),
        ("Inception", "en"),
        ("", "en"),
        ("1962", "en"),
        ("电影《Inception》由诺兰执导", "zh"),
        ("無間道是一部香港電影", "zh"),
        ("A film about 北京", "en"),
        ("ドラえもん映画", "ja"),
        ("Le film raconte l'histoire d'une famille parisienne.", "fr"),
        ("Der Film erzählt von einer Familie in den Bergen.", "de"),
    ],
)
def test_language_is_found(text: str, language: str) -> None:
    assert language_of(text) == language


def test_words_keep_numbers_and_apostrophes_whole() -> None:
    assert words("It didn’t earn $1,250.5 million!") == [
        *("it", "didn't", "earn"),
        *("1,250.5", "million"),
    ]


def test_chinese_is_cut_into_words() -> None:
    assert words("票房达3.5亿元，导演：诺兰。") == ["票房", "达", "3.5", "亿元", "导演", "诺兰"]


def test_sentences_end_where_they_end() -> None:
    text = 'Mr. Smith paid $3.50. "I like it," he said.\n\nThe U.S. box office (see p. 3) rose'
    assert [span.of(text) for span in sentences(text)] == [
        "Mr. Smith paid $3.50.",
        '"I like it," he said.',
        "The U.S. box office (see p. 3) rose",
    ]


def test_chinese_sentences_keep_their_quotations() -> None:
    text = "他说：“我喜欢。”票房达3.5亿元！真的吗？"
    assert [span.of(text) for span in sentences(text)] == [
        "他说：“我喜欢。”",
        "票房达3.5亿元！",
        "真的吗？",
    ]


@given(st.text(alphabet=st.sampled_from("ab.!? \n\r\t\"'“”。！？票房é🙂0"), max_size=80))
def test_sentences_are_all_that_is_no_space_in_order(text: str) -> None:
    found = sentences(text)
    assert all(span.of(text) == span.of(text).strip() != "" for span in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert "".join("".join(span.of(text).split()) for span in found) == "".join(text.split())
    assert all(span.of(text).strip() for span in paragraphs(text))


@pytest.mark.parametrize(
    "told",
    [
        "It cost $3.50 in the U.S. last year, Mr. Smith said.",
        "“Is it? It is. No. 5 is here,” he said.",
        "他说：“我喜欢。真的。”票房达3.5亿元！",
    ],
)
def test_a_long_paragraph_is_cut_where_its_sentences_end(told: str) -> None:
    alone = [span.of(told) for span in sentences(told)]
    text = " ".join([told] * (3 * LONGEST // len(told)))
    found = [span.of(text) for span in sentences(text)]
    assert found == alone * (3 * LONGEST // len(told))


@given(st.text(alphabet=st.sampled_from("ab.!? \n\"'“”。！？票房é🙂0"), max_size=120))
def test_nothing_is_lost_between_pieces(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("limelight.text.sentences.LONGEST", 20)
        patch.setattr("limelight.text.sentences.AHEAD", 5)
        found = sentences(text, "en")
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert "".join("".join(span.of(text).split()) for span in found) == "".join(text.split())


def test_a_line_without_an_end_is_cut_into_pieces() -> None:
    found = sentences("word " * 100_000)
    assert 1 < len(found) < 100
