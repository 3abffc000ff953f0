"""A sentence laid beside the line it comes from: what took the place of what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from limelight.text.newsroom.checking.contraries import CONTRARIES
from limelight.text.newsroom.checking.verdict import Problem
from limelight.text.newsroom.facts import Facts, Name
from limelight.text.newsroom.tokens import Token, negations

FIRM = 2
"""Equal tokens on either side together that hold a place where one thing stands for another."""
WIDEST = 6
NARROW = 3


@dataclass(frozen=True)
class Side:
    """One of the two: its text, facts and tokens."""

    text: str
    facts: Facts
    tokens: list[Token]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the characters that tokens ``start`` to ``end`` cover; between two where empty."""
        if start < end:
            return self.tokens[start].start, self.tokens[end - 1].end
        at = self.tokens[start - 1].end if start else 0
        return at, self.tokens[start].start if start < len(self.tokens) else len(self.text)

    def names(self, start: int, end: int) -> list[Name]:
        """Give the names that reach into some characters."""
        return [n for n in self.facts.names if n.start < end and n.end > start]


def exchanged(said: Side, line: Side, mutual: bool = False) -> Iterator[Problem]:
    """Find numbers, dates, names and words of contrary meaning that stand in another's place.

    What is moved, left out or said in other words is no exchange: the words around it must agree.
    ``said`` may say no more than ``line`` does; if ``mutual``, either may be the more exact one.
    """
    one, two = [t.key for t in said.tokens], [t.key for t in line.tokens]
    codes = SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
    for at, (tag, i1, i2, j1, j2) in enumerate(codes):
        if tag == "equal":
            continue
        before = codes[at - 1][2] - codes[at - 1][1] if at else 0
        after = codes[at + 1][2] - codes[at + 1][1] if at + 1 < len(codes) else 0
        held = bool(before and after and before + after >= FIRM)
        wide = min(max(i2 - i1, j2 - j1), WIDEST)
        if tag == "replace" and held and wide == max(i2 - i1, j2 - j1):
            yield from _facts(said, line, (i1, i2), (j1, j2), mutual)
        elif tag == "replace":  # only what adjoins the words in common is in the other's place
            near = min(i2 - i1, j2 - j1, NARROW)
            if before >= FIRM:
                yield from _facts(said, line, (i1, i1 + near), (j1, j1 + near), mutual)
            if after >= FIRM:
                yield from _facts(said, line, (i2 - near, i2), (j2 - near, j2), mutual)
        if (held or after >= FIRM) and max(i2 - i1, j2 - j1) <= NARROW:
            mine, theirs = said.span(i1, i2), line.span(j1, j2)
            if abs(_not(said, mine) - _not(line, theirs)) % 2:
                where = said.text[slice(*mine)] or line.text[slice(*theirs)]
                yield Problem(
                    "contrary", where.strip(), "turns what the source says into its contrary"
                )


def _facts(
    said: Side, line: Side, ours_at: tuple[int, int], theirs_at: tuple[int, int], mutual: bool
) -> Iterator[Problem]:
    mine, theirs = said.span(*ours_at), line.span(*theirs_at)
    one = [token.key for token in said.tokens[slice(*ours_at)]]
    two = [token.key for token in line.tokens[slice(*theirs_at)]]
    for kind in ("#", "@"):
        ours = [t for t in said.tokens if t.key[0] == kind and mine[0] <= t.start < mine[1]]
        others = [t for t in line.tokens if t.key[0] == kind and theirs[0] <= t.start < theirs[1]]
        if (
            len(ours) == 1
            and len(others) == 1
            and not _agree(said, line, ours[0], others[0], mutual)
        ):
            what = "number" if kind == "#" else "date"
            source = line.text[others[0].start : others[0].end]
            yield Problem(
                what,
                said.text[ours[0].start : ours[0].end],
                f"stands where the source has {source!r}",
            )
    names, others_names = said.names(*mine), line.names(*theirs)
    for name in names:
        parts = set(name.parts)
        moved = _has(line, name) and not any(_has(said, other) for other in others_names)
        if (
            others_names
            and not moved
            and not any(_same(parts, name, other) for other in others_names)
        ):
            yield Problem(
                "name", name.text, f"stands where the source has {others_names[0].text!r}"
            )
    for word in one:
        for contrary in CONTRARIES.get(word, ()):
            if contrary in two and word not in two:
                yield Problem(
                    "contrary", said.text[slice(*mine)], "says the contrary of the source"
                )


def _agree(said: Side, line: Side, ours: Token, theirs: Token, mutual: bool) -> bool:
    if ours.key[0] == "#":
        number = next(n for n in said.facts.numbers if n.start == ours.start)
        counted = next(n for n in line.facts.numbers if n.start == theirs.start)
        return number.may_be(counted) if mutual else number.agrees(counted)
    day = next(d for d in said.facts.days if d.start == ours.start)
    dated = next(d for d in line.facts.days if d.start == theirs.start)
    return day.may_be(dated) if mutual else day.agrees(dated)


def _has(side: Side, name: Name) -> bool:
    return any(set(name.parts) <= set(other.parts) for other in side.facts.names)


def _same(parts: set[str], name: Name, other: Name) -> bool:
    theirs = set(other.parts)
    return parts <= theirs or theirs <= parts or _short(name, other)


def _short(one: Name, other: Name) -> bool:
    """Say whether one is the other's initials."""
    short, long = sorted((one, other), key=lambda name: len(name.parts))
    return short.text.isupper() and "".join(part[0] for part in long.parts) == short.text.lower()


def _not(side: Side, span: tuple[int, int]) -> int:
    return negations(side.text[slice(*span)])
