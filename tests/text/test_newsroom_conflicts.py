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
    ],
)
def test_like_words_about_other_things_are_no_conflict(one, other):
    assert shown(one, other) == []


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
