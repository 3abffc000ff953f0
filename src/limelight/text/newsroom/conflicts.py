"""Where sources contradict each other: another number, date or name for the same thing."""

from __future__ import annotations

from collections.abc import Iterator

from limelight.text.newsroom.checking.alignment import Side, exchanged
from limelight.text.newsroom.draft import Conflict
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.facts.numbers import Number, agreeing, same_kind
from limelight.text.newsroom.tokens import STOPS

SAME = 0.55
"""Share of one line's words that another must have to be of the same thing."""
MOST = 50


def conflicts_of(evidence: Evidence) -> list[tuple[Conflict, tuple[int, int]]]:
    """Find pairs of lines of different sources that can't both be true, with where these are."""
    found: list[tuple[Conflict, tuple[int, int]]] = []
    seen: set[tuple[str, int, int]] = set()
    for at in range(evidence.n_text):
        line = evidence.lines[at]
        if not evidence.content[at]:
            continue
        for match in evidence.nearest(evidence.content[at], 10):
            other = evidence.lines[match.at]
            if match.at <= at or other.place.source == line.place.source or match.share < SAME:
                continue
            if match.at >= evidence.n_text and match.share < SAME:
                continue
            for about, mine, theirs in _between(evidence, at, match.at):
                key = (about + mine + theirs, line.place.source, other.place.source)
                if key in seen or len(found) >= MOST:
                    continue
                seen.add(key)
                sides = ((mine, line.place, line.text), (theirs, other.place, other.text))
                found.append((Conflict(about, sides), (at, match.at)))
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
