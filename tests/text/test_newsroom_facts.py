"""Numbers, dates, names and quotations, however they are written."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.text.newsroom.facts import facts_of
from limelight.text.newsroom.facts.numbers import numbers_in
from limelight.text.newsroom.writing.data_chinese import amount as han_amount
from limelight.text.newsroom.writing.data_english import amount


def number(text: str, language: str = "en"):
    (found,) = numbers_in(text, language)
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.2 million people", "1,200,000 people"),
        ("1.2 million people", "120万人"),
        ("£60m", "60 million pounds"),
        ("$45.2bn", "$45,200,000,000"),
        ("two and a half million cars", "2,500,000 cars"),
        ("half a million pounds", "£500,000"),
        ("90%", "90 per cent"),
        ("百分之三十", "30%"),
        ("三成", "30%"),
        ("4.5亿元", "450 million yuan"),
        ("两千零五万人", "20,050,000 people"),
        ("sixty-five films", "65 films"),
        ("the 21st film", "21 films"),
        ("three hundred and twenty bids", "320 bids"),
        ("第三部", "3部"),
    ],
)
def test_the_same_number_in_other_words(one, other):
    a = number(one, "zh" if ord(one[0]) > 255 else "en")
    b = number(other, "zh" if ord(other[-1]) > 255 else "en")
    assert a.agrees(b)
    assert b.agrees(a)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("£60m", "$60m"),
        ("90%", "90 people"),
        ("1.2 million people", "1.3 million people"),
        ("£45.3 million", "£45,234,567"),
        ("3-2", "2-3"),
        ("4.5亿元", "4.5万元"),
        ("about 400 people", "412,000 people"),
    ],
)
def test_other_numbers(one, other):
    assert not number(one).agrees(number(other))


def test_rounding_needs_a_word_for_it_or_millions():
    assert number("£45.2 million").agrees(number("£45,234,567"))
    assert number("more than 300 people").agrees(number("312 people"))
    assert not number("more than 300 people").agrees(number("290 people"))
    assert number("almost 300 people").agrees(number("290 people"))
    assert not number("less than 10 weeks").agrees(number("17 weeks"))
    assert number("about 300 people").agrees(number("340 people"))
    assert not number("about 300 people").agrees(number("390 people"))
    assert not number("不到300人").agrees(number("312人"))
    assert not number("300 people").agrees(number("312 people"))


@pytest.mark.parametrize(
    ("exact", "rounded", "fine"),
    [
        ("16", "20", False),
        ("17", "20", True),
        ("23", "20", True),
        ("24", "20", False),
        ("9", "10", True),
        ("8", "10", False),
        ("26", "30", True),
        ("1.3 million", "1 million", False),
        ("4.6 million", "5 million", True),
        ("1,249", "1,200", True),
        ("1,251", "1,200", False),
    ],
)
def test_about_is_half_a_step_and_a_sixth_at_most(exact, rounded, fine):
    assert number(f"about {rounded} people").agrees(number(f"{exact} people")) is fine


@pytest.mark.parametrize(
    ("one", "other", "fine"),
    [
        ("about 16", "about 20", False),
        ("about 17", "about 20", True),
        ("about 340", "about 300", True),
        ("about 1.2 million", "about 1.3 million", False),
        ("more than 16", "about 20", True),
        ("more than 30", "about 20", False),
        ("more than 10", "nearly 20", True),
        ("more than 21", "fewer than 20", False),
        ("more than 300", "312", True),
        ("more than 300", "more than 120", False),
        ("more than 300", "more than 340", True),
        ("nearly 30", "nearly 24", False),
        ("16", "20", False),
    ],
)
def test_two_figures_may_be_of_one_number(one, other, fine):
    a, b = number(f"{one} people"), number(f"{other} people")
    assert a.may_be(b) is fine
    assert b.may_be(a) is fine


def test_names_with_digits_and_dates_are_no_numbers():
    found = facts_of("The G7 met on 22 January 2005.", "en")
    assert found.numbers == ()
    assert [(d.year, d.month, d.day) for d in found.days] == [(2005, 1, 22)]


@given(st.integers(1, 10**13), st.sampled_from(["", "USD", "GBP"]))
def test_what_is_written_of_an_amount_reads_back(value, unit):
    from limelight.text.newsroom.data import Cell

    cell = Cell(Decimal(value), unit)
    kind = "money" if unit else "count"
    (read,) = numbers_in(amount(cell) + ("" if unit else " people"), "en")
    assert read.kind == kind
    assert abs(read.values[0] - value) <= max(Decimal(value) / 20, 0)
    (han,) = numbers_in(han_amount(cell) + ("" if unit else "人"), "zh")
    assert abs(han.values[0] - value) <= Decimal(value) / 20


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("on 2 February 2005", "2005-02-02"),
        ("February 2nd, 2005", "2005年2月2日"),
        ("2 February", "2005-02-02"),
        ("in 2005", "2005-02-02"),
        ("February 2005", "2/2/2005"),
        ("yesterday", "1 February 2005"),
        ("昨天", "2005年2月1日"),
        ("on Wednesday", "2005-02-02"),
        ("last year", "2004"),
    ],
)
def test_the_same_date_in_other_forms(one, other):
    today = date(2005, 2, 2)
    (a,), (b,) = facts_of(one, "en", today).days, facts_of(other, "en", today).days
    assert a.agrees(b)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2 February 2005", "February 2005"),
        ("3 February", "2 February"),
        ("on Monday", "2005-02-02"),
    ],
)
def test_other_dates_and_less_than_is_said(one, other):
    (a,), (b,) = facts_of(one, "en").days, facts_of(other, "en").days
    assert not a.agrees(b)


@pytest.mark.parametrize(
    ("one", "other", "fine"),
    [
        ("2 February 2005", "February 2005", True),
        ("on Tuesday", "2 February", True),
        ("on Tuesday", "2 February 2005", False),
        ("on Tuesday", "on Friday", False),
        ("last week", "on Friday", True),
        ("last week", "next week", False),
        ("in 2004", "February 2005", False),
        ("31 February 2005", "on Friday", True),
    ],
)
def test_two_dates_may_be_of_one_day(one, other, fine):
    (a,), (b,) = facts_of(one, "en").days, facts_of(other, "en").days
    assert a.may_be(b) is fine
    assert b.may_be(a) is fine


def names(text: str, language: str = "en", known=()):
    return [name.text for name in facts_of(text, language, None, known).names]


def test_names_in_english():
    text = "On Friday the director Martin Campbell of MGM met Mr Brosnan in Los Angeles."
    assert names(text) == ["Martin Campbell of MGM", "Mr Brosnan", "Los Angeles"]
    assert names("Shooting begins in May.") == []
    assert names("Hill wrote it.") == []
    assert names("Hill wrote it.", known={"hill"}) == ["Hill"]
    assert names("Campbell wrote it.") == ["Campbell"]


def test_names_in_chinese():
    found = names("李明远执导的《飞越长河》在北京上映，IMAX版由张晓峰表示将于5月公映。", "zh")
    assert {"飞越长河", "北京", "IMAX", "张晓峰"} <= set(found)


@pytest.mark.parametrize(
    "text",
    [
        'She said: "It is fine, it is."',
        "She said: “It is fine, it is.”",
        "她说：「It is fine, it is.」",
    ],
)
def test_quotations(text):
    (found,) = facts_of(text, "en").quotations
    assert found.words == "It is fine, it is."


def test_apostrophes_quote_nothing():
    assert facts_of("It's the actor's film, and the critics' choice.", "en").quotations == ()
