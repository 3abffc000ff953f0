"""Near-duplicates among texts: against all pairs, in two scripts, and at scale."""

import numpy as np
import pytest

from limelight.errors import BadInputError
from limelight.text.duplicates import SPACED, Group, near_duplicates

WIRE = (
    "The minister resigned on Friday after a report found that he had broken the rules on "
    "expenses. A successor is to be named next week, the government said in a short statement."
)
OTHER = (
    "A storm brought down trees and power lines across the north of the country on Saturday night, "
    "leaving forty thousand homes without electricity until the following morning."
)
CHINESE = (
    "部长周五辞职，此前一份报告发现他违反了报销规定。政府在一份简短声明中说，下周将任命继任者。"
)


def shingles(text: str) -> set[str]:
    return {text[i : i + SPACED] for i in range(max(len(text) - SPACED + 1, 1))}


def test_copies_with_small_changes_are_found() -> None:
    texts = [
        WIRE,
        OTHER,
        WIRE.upper().replace(",", " —"),
        CHINESE,
        WIRE.replace("next week", "on Monday"),
        CHINESE.replace("周五", "星期五"),
        "",
        "…",
    ]
    first, second = near_duplicates(texts)
    assert first.rows == (0, 2, 4)
    assert first.alike[:2] == (1, 1)
    assert 0.7 <= first.alike[2] < 1
    assert second.rows == (3, 5)


def test_how_alike_they_are_is_exact() -> None:
    one, other = "abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwy"
    a, b = shingles(one), shingles(other)
    (group,) = near_duplicates([one, other])
    assert group == Group((0, 1), (1.0, round(len(a & b) / len(a | b), 4)))
    assert near_duplicates([one, other], alike=0.95) == []


def test_all_pairs_that_are_alike_are_found() -> None:
    random = np.random.default_rng(0)
    words = ["".join(random.choice(list("abcdefghij"), 6)) for _ in range(400)]
    texts = []
    for _ in range(60):
        base = random.choice(words, 60)
        for changes in (0, 2, 5, 9):
            changed = base.copy()
            changed[random.integers(60, size=changes)] = random.choice(words, changes)
            texts.append(" ".join(changed))
    together = {row: at for at, g in enumerate(near_duplicates(texts)) for row in g.rows}
    sets = [shingles(text) for text in texts]
    pairs = 0
    for one in range(len(texts)):
        for other in range(one):
            alike = len(sets[one] & sets[other]) / len(sets[one] | sets[other])
            if alike >= 0.7:
                pairs += 1
                assert together[one] == together[other]
    assert pairs > 60
    for group in near_duplicates(texts):
        assert len({row // 4 for row in group.rows}) == 1


def test_a_thousand_copies_are_one_group() -> None:
    texts = [f"{WIRE} Report number {n}." for n in range(1000)]
    (group,) = near_duplicates([*texts, OTHER])
    assert group.rows == tuple(range(1000))


def test_one_word_one_line_and_nothing() -> None:
    assert near_duplicates([]) == []
    assert near_duplicates(["alien"]) == []
    assert near_duplicates(["alien", "Alien!", "aliens"])[0].rows == (0, 1)
    long = "".join(chr(97 + n * n % 26) + str(n) for n in range(150_000))
    assert near_duplicates([long, long + "y", "short"])[0].rows == (0, 1)


@pytest.mark.parametrize("alike", [0.0, 0.49, 1.01, float("nan")])
def test_a_share_that_is_none_is_refused(alike: float) -> None:
    with pytest.raises(BadInputError, match=r"from 0\.5 to 1"):
        near_duplicates(["a", "b"], alike)
