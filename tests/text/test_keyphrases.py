"""Keyphrases say what a text is about, in its words."""

import pytest

from limelight.text.keyphrases import keyphrases

ENGLISH = """Interest rates and the housing market

The Bank of England kept interest rates at 4.75% on Thursday. Higher interest rates have slowed the
housing market, and house prices fell for a third month. Mortgage lenders said that the housing
market would recover once the Bank of England cuts interest rates. "We're waiting," a lender said.
"""
CHINESE = (
    "人工智能正在改变电影行业。许多电影公司使用人工智能制作特效。导演们担心人工智能会取代编剧，"
    "但是电影公司认为编剧仍然重要。"
)


def test_english() -> None:
    found = keyphrases(ENGLISH, 6)
    texts = [one.text.lower() for one in found]
    assert texts[0] == "interest rates"
    assert "housing market" in texts
    assert "bank" in texts
    assert "lenders" not in texts
    assert found[0].count == 4
    assert sum(one.score for one in found) == pytest.approx(1, abs=0.001)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert not any(word in texts for word in ("thursday on", "said", "we're", "the"))


def test_chinese() -> None:
    texts = [one.text for one in keyphrases(CHINESE, 4)]
    assert "人工智能" in texts[0] or "人工智能" in texts[1]
    assert any("电影" in text for text in texts)
    assert not any(word in texts for word in ("但是", "正在", "许多"))


def test_phrases_do_not_hold_each_other() -> None:
    found = [set(one.text.lower().split()) for one in keyphrases(ENGLISH, 20)]
    for at, one in enumerate(found):
        assert not any(one <= other or other <= one for other in found[:at])


@pytest.mark.parametrize("text", ["", "…", "the of and", "123 456", "的了是", "\x00"])
def test_nothing_comes_of_nothing(text: str) -> None:
    assert keyphrases(text) == []


def test_one_word_and_one_endless_line() -> None:
    assert [one.text for one in keyphrases("Alien")] == ["Alien"]
    assert keyphrases("shark attack " * 100_000, 1)[0].text in ("shark attack", "attack shark")


def test_other_languages_go_by_their_longer_words() -> None:
    text = "Die Wohnungspreise sind gefallen. Die Wohnungspreise fielen wegen der hohen Zinsen."
    assert keyphrases(text, 2)[0].text.startswith("Wohnungspreise")
