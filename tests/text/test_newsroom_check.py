"""A sentence rests on its sources, or the check says what in it does not."""

import pytest

from limelight.text.newsroom import Evidence, check_sentence, check_text, gather
from limelight.text.newsroom.checking import Wording, longest_copy
from limelight.text.newsroom.data import parse_table
from limelight.text.reading import parse

REPORT = b"""Source: The Herald
Date: 2005-02-02

Guitar sold at auction

A guitar belonging to Jimi Hendrix has been sold for $100,000 at an auction in London on Tuesday.

The 1965 Fender Stratocaster was one of 12 guitars in the sale. The auction drew 320 bidders and
14 dealers from
around the world. Most of the items were collected by Bob Terry, who began at the age of 17.

"It is the finest sale we have ever held," said auctioneer Jane Moss. She said the house would
hold another in June.

The value of guitars rose by 12% last year. A poem by Hendrix was not sold. Mark Lane bought two
drums.
"""
CHINESE = """来源：星光日报
日期：2024-02-18

《飞越长河》领跑春节档

影片《飞越长河》由李明远执导，陈思雨主演，以27.2亿元票房位居第一。

李明远表示：“我们不想用特效代替真实的河水。”张晓峰认为，平均票价比去年下降了3.2元。
""".encode()


@pytest.fixture(scope="module")
def evidence():
    table = b"Film,Weekend gross ($),Weeks\nDune,45234567,3\nOrbit,22100000,1\n"
    sources = gather(parse(REPORT, "a.txt"))
    return Evidence(sources, [parse_table(table, "t.csv").numbered(2)])


@pytest.mark.parametrize(
    "text",
    [
        "A guitar belonging to Jimi Hendrix has been sold for 100,000 dollars at an "
        "auction in London.",
        "On Tuesday a guitar that belonged to Hendrix was sold in London for $0.1m.",
        "The auction drew 320 bidders and fourteen dealers.",
        'Jane Moss said: "It is the finest sale we have ever held."',
        "Moss said the house would hold another sale in June.",
        "The value of guitars rose by 12 per cent in 2004.",
        "Bob Terry began collecting at the age of seventeen.",
        "Dune took $45.2 million at the weekend, in its third week.",
    ],
)
def test_what_the_sources_say_passes(evidence, text):
    assert check_sentence(text, evidence, language="en").problems == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "A guitar belonging to Jimi Hendrix has been sold for $120,000 at an auction "
            "in London.",
            "number",
        ),
        (
            "A guitar belonging to Jimi Hendrix has been sold for £100,000 at an auction "
            "in London.",
            "number",
        ),
        ("The auction drew 14 bidders and 320 dealers from around the world.", "number"),
        (
            "A guitar belonging to Jimi Page has been sold at an auction in London on Tuesday.",
            "name",
        ),
        (
            "A guitar belonging to Bob Terry has been sold at an auction in London on Tuesday.",
            "name",
        ),
        (
            "A guitar belonging to Jimi Hendrix has been sold at an auction in London on Friday.",
            "date",
        ),
        ("The house would hold another sale in July, she said.", "date"),
        ('"It is the worst sale we have ever held," said auctioneer Jane Moss.', "quotation"),
        ('"It is the finest sale we have ever held," said Bob Terry.', "name"),
        ("The value of guitars fell by 12% last year.", "contrary"),
        ("A poem by Hendrix was sold.", "contrary"),
        ("Jane Moss said the house would not hold another in June.", "contrary"),
        ("The singer was born in Seattle and learned to play as a boy.", "words"),
        ("Dune took $45.9 million at the weekend.", "number"),
        ("Source 1 says that the auction drew 320 bidders.", "number"),
    ],
)
def test_what_they_do_not_say_is_found(evidence, text, kind):
    assert kind in {
        problem.kind for problem in check_sentence(text, evidence, language="en").problems
    }


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("李明远执导的《飞越长河》以27.2亿元票房位居第一。", True),
        ("《飞越长河》票房为272,000万元，位居第一。", True),
        ("李明远说：“我们不想用特效代替真实的河水。”", True),
        ("李明远执导的《飞越长河》以26.2亿元票房位居第一。", False),
        ("张艺谋执导的《飞越长河》以27.2亿元票房位居第一。", False),
        ("李明远说：“我们只想用特效代替真实的河水。”", False),
        ("张晓峰认为，平均票价比去年上涨了3.2元。", False),
        ("北京将举办冬季运动会。", False),
    ],
)
def test_chinese(text, fine):
    evidence = Evidence(gather(parse(CHINESE, "a.txt")))
    assert check_sentence(text, evidence, language="zh").supported == fine


def test_every_sentence_of_a_source_passes_against_it(evidence):
    verdicts = check_text("\n\n".join(parse(REPORT, "a.txt")[0].paragraphs), evidence)
    assert len(verdicts) == 9
    assert [v.text for v in verdicts if not v.supported] == []


def test_a_claimed_place_must_bear_the_sentence_out(evidence):
    line = next(line for line in evidence.lines if "320" in line.text)
    text = "The auction drew 320 bidders and 14 dealers."
    assert check_sentence(text, evidence, [line.place], "en").supported
    other = next(line for line in evidence.lines if "12%" in line.text)
    assert not check_sentence(text, evidence, [other.place], "en").supported


def test_copying_is_counted_outside_quotations():
    source = (
        "The auction drew three hundred and twenty bidders and fourteen dealers from around "
        "the world."
    )
    assert (
        len(longest_copy("They said the auction drew three hundred and twenty bidders.", [source]))
        == 8
    )
    assert longest_copy('It "drew three hundred and twenty bidders", he said.', [source]) == []
    wording = Wording.of([source], 5)
    assert wording.copied("So the auction drew three hundred bidders.") == []
    assert len(wording.copied("So the auction drew three hundred and twenty.")) == 6
