"""Where sources contradict each other: another number, date or name for the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from limelight.text.language import HAN
from limelight.text.newsroom.checking.alignment import Side, exchanged
from limelight.text.newsroom.draft import Conflict
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.facts.numbers import Number, agreeing, same_kind
from limelight.text.newsroom.tokens import STOPS, content_of

SAME = 0.55
"""Share of one line's words that another must have to be of the same thing."""
MOST = 50
RATIO = 4
"""Times by which two numbers may differ and still be of one thing told differently."""


def conflicts_of(evidence: Evidence) -> list[tuple[Conflict, tuple[int, int]]]:
    """Find pairs of lines of different sources that can't both be true, with where these are."""
    found: list[tuple[Conflict, tuple[int, int]]] = []
    seen: set[tuple[str, int, int]] = set()
    if len(evidence.sources) < 2:
        return found
    for at in range(evidence.n_text):
        line = evidence.lines[at]
        if not evidence.content[at]:
            continue
        for match in evidence.nearest(evidence.content[at], 12):
            other = evidence.lines[match.at]
            if not at < match.at < evidence.n_text or other.place.source == line.place.source:
                continue
            pairs = _between if match.share >= SAME else _beside
            for about, mine, theirs in pairs(evidence, at, match.at):
                key = (about + mine + theirs, line.place.source, other.place.source)
                if key in seen:
                    continue
                seen.add(key)
                sides = ((mine, line.place, line.text), (theirs, other.place, other.text))
                found.append((Conflict(about, sides), (at, match.at)))
                if len(found) == MOST:
                    return found
    return found


def _between(evidence: Evidence, one: int, two: int) -> Iterator[tuple[str, str, str]]:
    """Give what differs between two lines of the same thing: kind, and each one's words."""
    a, b = evidence.facts(one), evidence.facts(two)
    told: set[str] = set()
    for mine, theirs in _numbers(a.numbers, b.numbers):
        told |= {mine.text.strip(), theirs.text.strip()}
        yield "number", mine.text.strip(), theirs.text.strip()
    left = Side(evidence.lines[one].text, a, evidence.tokens(one))
    right = Side(evidence.lines[two].text, b, evidence.tokens(two))
    for problem in exchanged(left, right):
        source = problem.why.partition("has ")[2].strip("'\"")
        if problem.kind in ("number", "date", "name") and not {problem.said.strip(), source} & told:
            told |= {problem.said.strip(), source}
            yield problem.kind, problem.said.strip(" .,"), source.strip(" .,")
        elif problem.kind == "contrary":
            yield "contrary", problem.said, ""


def _beside(evidence: Evidence, one: int, two: int) -> Iterator[tuple[str, str, str]]:
    """Give numbers of one kind that stand among the same words in lines that share a name."""
    a, b = evidence.facts(one), evidence.facts(two)
    if not {p for n in a.names for p in n.parts} & {p for n in b.names for p in n.parts}:
        return
    for mine in a.numbers:
        for theirs in b.numbers:
            if (
                same_kind(mine, theirs)
                and mine.kind in ("money", "percent", "count")
                and (mine.kind != "count" or (mine.unit and mine.unit not in STOPS))
                and not agreeing(mine, list(b.numbers))
                and not agreeing(theirs, list(a.numbers))
                and mine.values[0] <= RATIO * theirs.values[0] <= RATIO**2 * mine.values[0]
                and _like(evidence, (one, mine), (two, theirs))
            ):
                yield "number", mine.text.strip(), theirs.text.strip()


def _like(evidence: Evidence, one: tuple[int, Number], two: tuple[int, Number]) -> bool:
    around = []
    for at, number in (one, two):
        text = evidence.lines[at].text
        reach = 14 if HAN.search(text) else 45
        before = re.split(r"[.;，；。]", text[max(0, number.start - reach) : number.start])[-1]
        after = re.split(r"[.;，；。]", text[number.end : number.end + reach])[0]
        around.append(content_of(f"{before} {after}", evidence.language(evidence.lines[at])))
    shared = around[0] & around[1]
    return len(shared) >= 2 and 2 * len(shared) >= min(map(len, around))


def _numbers(one: tuple[Number, ...], two: tuple[Number, ...]) -> Iterator[tuple[Number, Number]]:
    """Give numbers that count the same and differ, where each line has just one of the kind."""
    for mine in one:
        alike = [n for n in two if same_kind(mine, n)]
        own = [n for n in one if same_kind(mine, n)]
        named = mine.kind != "count" or (mine.unit and mine.unit not in STOPS)
        if (
            named
            and len(alike) == len(own) == 1
            and not agreeing(mine, list(two))
            and not agreeing(alike[0], list(one))
        ):
            yield mine, alike[0]
