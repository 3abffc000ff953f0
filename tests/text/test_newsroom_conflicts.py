"""What sources contradict each other in is found, and like words about other things are not."""

import pytest

from limelight.text.newsroom import Assignment, Evidence, Material, opened, written
from limelight.text.newsroom.conflicts import conflicts_of, distinct


def evidence_of(*texts: str) -> Evidence:
    material = [Material(f"{n}.txt", text.encode()) for n, text in enumerate(texts)]
    return Evidence(*opened(Assignment(tuple(material))))


def shown(*texts: str) -> list[set[str]]:
    evidence = evidence_of(*texts)
    found = distinct(conflicts_of(evidence), evidence)
    return [{said for said, _, _ in conflict.sides} for conflict in found]


@pytest.mark.parametrize(
    ("one", "other", "sides"),
    [
        (
            "The team have less than 10 weeks before they meet the champions in round 12.",
            "The team have less than 17 weeks before they meet the champions in round 12.",
            {"10", "17"},
        ),
        (
            'Bell spoke of his wild years. "I was out of control. I was 18 when she was born. It '
            'was a different time."',
            "I was 23 when she was born.",
            {"18", "23"},
        ),
        (
            "Holmes was selected for both the 800m and 1500m at the indoor championships.",
            "Holmes was selected for both the 400m and 1500m at the indoor championships.",
            {"800m", "400m"},
        ),
        (
            "About 16 bidders came to the auction house in London on Tuesday.",
            "About 20 bidders came to the auction house in London on Tuesday.",
            {"16", "20"},
        ),
    ],
)
def test_another_figure_for_the_same_thing_is_found(one, other, sides):
    assert shown(one, other) == [sides]
    assert shown(other, one) == [sides]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Fourth quarter turnover was $44.7bn, compared to $45.9bn a year ago.",
            "In the fourth quarter Ford had income of $104m, compared with a loss of $317m a year "
            "ago.",
        ),
        (
            "In the men's 3,000m, Mo Farah won.",
            "Gardener fought all the way to the line to claim the men's 60m title at the trials.",
        ),
        (
            "The word will appear in the 2005 version of Merriam-Webster's printed dictionary.",
            "The word is already in some printed versions of the Oxford English Dictionary.",
        ),
        (
            "Pernod is about 9% smaller than Allied Domecq, which makes gin.",
            "Allied Domecq shares rose 4%, while Pernod shares slipped.",
        ),
        (
            "More than 300 bidders came to the auction in London on Tuesday.",
            "The 312 bidders came to the auction in London on Tuesday.",
        ),
        (
            "More than 16 bidders came to the auction in London on Tuesday.",
            "About 20 bidders came to the auction in London on 2 February.",
        ),
    ],
)
def test_like_words_about_other_things_are_no_conflict(one, other):
    assert shown(one, other) == []
    assert shown(other, one) == []


def test_a_conflict_is_shown_once_in_the_lines_of_the_reports():
    one = (
        "Turkey knocks six zeros off lira\n\nTurkey is to relaunch its currency on Saturday, "
        "knocking six zeros off the lira to boost trade."
    )
    other = (
        "Turkey is to relaunch its currency on Saturday, knocking ten zeros off the lira to "
        "boost trade."
    )
    evidence = evidence_of(one, other)
    found = conflicts_of(evidence)
    assert len(found) == 2
    (conflict,) = distinct(found, evidence)
    assert all(place.paragraph for _, place, _ in conflict.sides)


def test_a_title_that_is_contradicted_is_no_headline():
    one = (
        "Insurer cuts 2,500 jobs\n\nThe insurer Marsh is to cut 2,500 jobs in London, its "
        "chairman said on Tuesday. Shares in the company rose by 4% after the announcement."
    )
    other = "The insurer Marsh is to cut 3,900 jobs in London, its chairman said on Tuesday."
    draft = written(
        Assignment(
            (Material("a.txt", one.encode()), Material("b.txt", other.encode())), "article", "en"
        )
    )
    assert len(draft.conflicts) == 1
    for statement in draft.statements():
        assert ("2,500" in statement.text) == ("3,900" in statement.text)


BOX = (
    "Film,Weekend gross ($),Total gross ($m),Screens,Released\n"
    "Dune,45234567,310,3850,2024-03-01\nThe Last Orbit,22100000,22.1,2900,2024-05-10\n"
)
MATCHES = "Date,Home,Away,Score\n2024-05-03,Rovers,City,3-1\n2024-05-04,United,Albion,1-1\n"


def beside_tables(text: str) -> list[tuple[str, ...]]:
    material = [Material("a.txt", f"A report of the week\n\n{text}".encode())]
    material += [
        Material("b.csv", BOX.encode(), "data"),
        Material("m.csv", MATCHES.encode(), "data"),
    ]
    evidence = Evidence(*opened(Assignment(tuple(material))))
    return [tuple(side[0] for side in c.sides) for c in distinct(conflicts_of(evidence), evidence)]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Dune took $52.4 million at the weekend.", ("$52.4 million", "$45,234,567")),
        ("At the weekend The Last Orbit took $25m.", ("$25m", "$22,100,000")),
        ("Dune has now taken $370 million in all.", ("$370 million", "$310,000,000")),
        ("The Last Orbit took some $30 million at the weekend.", ("$30 million", "$22,100,000")),
        ("Dune was shown on 3,580 screens.", ("3,580", "3,850")),
        ("The Last Orbit was released on 17 May 2024.", ("17 May 2024", "2024-05-10")),
        ("Rovers beat City 4-1 in Leeds.", ("4-1", "3-1")),
    ],
)
def test_a_text_that_contradicts_a_table_is_found(text, sides):
    assert beside_tables(text) == [sides]


@pytest.mark.parametrize(
    "text",
    [
        "Dune took $45.2 million at the weekend.",
        "Dune took some $45 million at the weekend.",
        "Dune took $50 million at the weekend.",
        "Dune took $52.4 million in its opening weekend.",
        "Dune took $52.4 million in China at the weekend, and 45,234,567 dollars at home.",
        "Dune was expected to take $52.4 million at the weekend.",
        "Dune did not take $52.4 million at the weekend.",
        "Dune cost $190 million to make.",
        "Dune and The Last Orbit took $67.3 million at the weekend.",
        "The sequel to Dune took $52.4 million at the weekend.",
        "Dune fell behind Blaze, which took $60 million at the weekend.",
        "A dune of sand was sold for $52.4 million at the weekend.",
        "The Last Orbit opened on 10 May.",
        "The Last Orbit was originally to be released on 3 May 2024.",
        "City lost 3-1 to Rovers.",
        "Rovers led City 2-1 at half-time.",
        "Rovers beat City 5-0 on 12 January 2023.",
    ],
)
def test_what_a_table_does_not_speak_of_is_no_conflict(text):
    assert beside_tables(text) == []


def test_a_draft_tells_what_table_and_text_have_and_takes_no_side():
    report = "Source: The Herald\n\nDune took $52.4 million at the weekend. It was shown in 3D."
    material = (
        Material("a.txt", report.encode()),
        Material("b.csv", BOX.encode(), "data"),
    )
    draft = written(Assignment(material, "article", "en"))
    said = [s.text for s in draft.statements() if "52.4" in s.text or "45.2" in s.text]
    assert said
    for text in said:
        assert "$52.4 million" in text
        assert "$45.2 million" in text
        assert "The Herald has" in text or "The Herald reports" in text
    assert "67.3" not in str([s.text for s in draft.statements()])


def test_a_chinese_draft_tells_both():
    report = "来源：星光日报\n\n春节档票房\n\n《飞越长河》周末票房达到6.1亿元，位居榜首。"
    rows = "片名,周末票房(万元)\n飞越长河,52340\n团圆饭,980\n"
    material = (Material("a.txt", report.encode()), Material("b.csv", rows.encode(), "data"))
    draft = written(Assignment(material, "article", "zh"))
    assert len(draft.conflicts) == 1
    assert any("6.1亿元" in s.text and "5.23亿元" in s.text for s in draft.statements())
    for statement in draft.statements():
        assert ("6.1亿元" in statement.text) == ("5.23亿元" in statement.text)


def test_a_name_that_opens_a_line_keeps_its_capital():
    report = "A week of football\n\nRovers beat Albion in Leeds on Friday."
    material = (Material("a.txt", report.encode()), Material("m.csv", MATCHES.encode(), "data"))
    text = " ".join(s.text for s in written(Assignment(material, "brief", "en")).statements())
    assert "On Friday, Rovers beat Albion" in text
