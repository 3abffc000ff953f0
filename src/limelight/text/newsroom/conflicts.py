"""Where sources contradict each other: another number, date or name for the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

from limelight.text.language import HAN
from limelight.text.newsroom.checking.alignment import Side, exchanged
from limelight.text.newsroom.draft import Conflict
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.facts.numbers import Number, same_kind
from limelight.text.newsroom.table_conflicts import table_conflicts
from limelight.text.newsroom.tokens import STOPS, content_of, stem

SAME = 0.55
"""Share of one line's words that another must have to be of the same thing."""
WORDS = 4
"""Words that two lines must share to be of the same thing, unless one is the other almost whole."""
WHOLE = 0.7
"""Share of the shorter line's tokens, in order, from which it is."""
MOST = 50
PAIRS = 200
RATIO = 4
"""Times by which two numbers may differ and still be of one thing told differently."""

Found = tuple[Conflict, tuple[int, int]]


@dataclass(frozen=True)
class Pair:
    """Two lines of different sources, and the share of its words that either has in common."""

    one: int
    two: int
    shares: tuple[float, float]


def conflicts_of(evidence: Evidence) -> list[Found]:
    """Find pairs of lines of different sources that can't both be true, with where these are.

    Of texts each is compared with each, and of tables every row with the texts.

    What several lines say alike is in the list once for each pair of them; `distinct` has it once.
    """
    found: list[Found] = list(islice(table_conflicts(evidence), PAIRS))
    met: set[tuple[int, int]] = set()
    if len(evidence.sources) < 2:
        return found
    for at in range(evidence.n_text):
        for pair in _pairs(evidence, at, met):
            line, other = evidence.lines[pair.one], evidence.lines[pair.two]
            differing = _between if max(pair.shares) >= SAME else _beside
            for about, mine, theirs in differing(evidence, pair):
                sides = ((mine, line.place, line.text), (theirs, other.place, other.text))
                found.append((Conflict(about, sides), (pair.one, pair.two)))
                if len(found) >= PAIRS:
                    return found
    return found


def distinct(found: Sequence[Found], evidence: Evidence) -> tuple[Conflict, ...]:
    """Give every contradiction once, in the lines of the reports rather than of their titles."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: any(not side[1].paragraph for side in one[0].sides)):
        if not any(_alike(one, other, evidence) for other in kept):
            kept.append(one)
    return tuple(conflict for conflict, _ in sorted(kept[:MOST], key=lambda one: one[1]))


def _alike(one: Found, other: Found, evidence: Evidence) -> bool:
    """Say whether two contradictions are the same one, in lines that say the same."""
    mine, theirs = ([(said, place.source) for said, place, _ in c.sides] for c, _ in (one, other))
    if one[0].about != other[0].about or mine != theirs:
        return False
    a, b = (evidence.content[lines[0]] for _, lines in (one, other))
    return 2 * len(a & b) >= min(len(a), len(b))


def _pairs(evidence: Evidence, at: int, met: set[tuple[int, int]]) -> Iterator[Pair]:
    """Give the lines of other sources that are near a line, each pair once."""
    content = evidence.content[at]
    for match in evidence.nearest(content, 12) if content else ():
        one, two = sorted((at, match.at))
        if (
            two < evidence.n_text
            and (one, two) not in met
            and evidence.lines[one].place.source != evidence.lines[two].place.source
        ):
            met.add((one, two))
            shared = evidence.weighed(evidence.content[one] & evidence.content[two])
            shares = [shared / evidence.weighed(evidence.content[i]) for i in (one, two)]
            yield Pair(one, two, (shares[0], shares[1]))


def _between(evidence: Evidence, pair: Pair) -> Iterator[tuple[str, str, str]]:
    """Give what differs between two lines of the same thing: kind, and each one's words."""
    a, b = evidence.facts(pair.one), evidence.facts(pair.two)
    if not _of_one_thing(evidence, pair):
        return
    told: set[str] = set()
    for mine, theirs in _numbers(a.numbers, b.numbers):
        told |= {mine.text.strip(), theirs.text.strip()}
        yield "number", mine.text.strip(), theirs.text.strip()
    left = Side(evidence.lines[pair.one].text, a, evidence.tokens(pair.one))
    right = Side(evidence.lines[pair.two].text, b, evidence.tokens(pair.two))
    kinds = {"number", "date", "name"} if min(pair.shares) >= SAME else {"number", "date"}
    for problem in exchanged(left, right, mutual=True):
        source = problem.why.partition("has ")[2].strip("'\"")
        if problem.kind in kinds and not {problem.said.strip(), source} & told:
            told |= {problem.said.strip(), source}
            yield problem.kind, problem.said.strip(" .,"), source.strip(" .,")
        elif problem.kind == "contrary":
            yield "contrary", problem.said, ""


def _of_one_thing(evidence: Evidence, pair: Pair) -> bool:
    """Say whether like words are about the same: no few words, no other numbers throughout."""
    one, two = (
        [n for n in evidence.facts(at).numbers if n.kind != "ordinal"]
        for at in (pair.one, pair.two)
    )
    if min(len(one), len(two)) > 1 and not any(_told_in(number, two) for number in one):
        return False
    if len(evidence.content[pair.one] & evidence.content[pair.two]) >= WORDS:
        return True
    left, right = ([t.key for t in evidence.tokens(at)] for at in (pair.one, pair.two))
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= WHOLE * min(len(left), len(right))


def _beside(evidence: Evidence, pair: Pair) -> Iterator[tuple[str, str, str]]:
    """Give numbers of one kind that stand among the same words in lines that share a name."""
    a, b = evidence.facts(pair.one), evidence.facts(pair.two)
    names = {p for n in a.names for p in n.parts} & {p for n in b.names for p in n.parts}
    if not names:
        return
    for mine in a.numbers:
        for theirs in b.numbers:
            if (
                same_kind(mine, theirs)
                and mine.kind in ("money", "percent", "count")
                and (mine.kind != "count" or (mine.unit and mine.unit not in STOPS))
                and not _told_in(mine, b.numbers)
                and not _told_in(theirs, a.numbers)
                and mine.values[0] <= RATIO * theirs.values[0] <= RATIO**2 * mine.values[0]
                and _like(evidence, (pair.one, mine), (pair.two, theirs), names)
            ):
                yield "number", mine.text.strip(), theirs.text.strip()


def _like(
    evidence: Evidence, one: tuple[int, Number], two: tuple[int, Number], names: set[str]
) -> bool:
    """Say whether two numbers stand among the same words, names not being the only ones."""
    around = []
    for at, number in (one, two):
        text = evidence.lines[at].text
        reach = 14 if HAN.search(text) else 45
        before = re.split(r"[.;，；。]", text[max(0, number.start - reach) : number.start])[-1]
        after = re.split(r"[.;，；。]", text[number.end : number.end + reach])[0]
        around.append(content_of(f"{before} {after}", evidence.language(evidence.lines[at])))
    shared = around[0] & around[1]
    named = {stem(name) for name in names}
    return len(shared) >= 2 and 2 * len(shared) >= min(map(len, around)) and bool(shared - named)


def _numbers(one: tuple[Number, ...], two: tuple[Number, ...]) -> Iterator[tuple[Number, Number]]:
    """Give numbers that count the same and differ, where each line has just one of the kind."""
    for mine in one:
        alike = [n for n in two if same_kind(mine, n)]
        own = [n for n in one if same_kind(mine, n)]
        named = mine.kind != "count" or (mine.unit and mine.unit not in STOPS)
        if (
            named
            and len(alike) == len(own) == 1
            and not _told_in(mine, two)
            and not _told_in(alike[0], one)
        ):
            yield mine, alike[0]


def _told_in(number: Number, others: Sequence[Number]) -> bool:
    """Say whether another line may tell the same number."""
    return any(number.may_be(other) for other in others)
