"""What sources contradict each other in, by each one's name: never settled, never averaged."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limelight.text.newsroom.conflicts import Found
from limelight.text.newsroom.draft import Conflict
from limelight.text.newsroom.facts.numbers import numbers_in
from limelight.text.newsroom.sources import Source
from limelight.text.newsroom.tokens import content_of
from limelight.text.newsroom.writing.statement import Statement
from limelight.text.newsroom.writing.telling import Teller, Told

SAID = {
    ("en", True): "{text}, according to {one}; {other} has {theirs}.",
    ("en", False): "{text}, {one} reports, while {other} has {theirs}.",
    ("zh", True): "据{one}，{text}；{other}的说法则是{theirs}。",
    ("zh", False): "据{one}报道，{text}，而{other}的说法是{theirs}。",
}

SEVERAL = {
    "en": "{text}, {one} reports; for the {mine}, {other} has {theirs}.",
    "zh": "据{one}报道，{text}；其中{mine}这一数字，{other}的说法是{theirs}。",
}


def both_sides(teller: Teller, at: int, conflict: Conflict, told: Statement) -> tuple[Told, str]:
    """Say what one source has by its name, and beside it what another has.

    ``told`` is the line at ``at``, which the conflict is about. Gives no statement, and the reason,
    where the contradiction can't be put so.
    """
    mine, theirs = conflict.sides
    place = teller.evidence.lines[at].place
    if mine[1] != place:
        mine, theirs = theirs, mine
    reason = f"another source has {theirs[0]!r} for {mine[0]!r}"
    if not theirs[0] or told.way not in ("said", "quoted") or mine[0] not in told.text:
        return (), reason
    one, other = (teller.evidence.sources[side[1].source] for side in (mine, theirs))
    named = bool(one.document.publisher and other.document.publisher)
    several = (
        sum(mine[0][-1:] == n.text.strip()[-1:] for n in numbers_in(told.text, teller.language)) > 1
    )
    form = SEVERAL[teller.language] if several else SAID[teller.language, not named]
    text = form.format(
        mine=mine[0],
        text=told.text.rstrip(".。"),
        one=_label(one, teller.language),
        other=_label(other, teller.language),
        theirs=theirs[0],
    )
    places = tuple(dict.fromkeys((*told.places, theirs[1])))
    problem = teller.passes(text, places)
    if problem:
        return (), f"{reason}; {problem}"
    return (Statement(text, places, "differ", place),), ""


def one_sided(teller: Teller, statement: Statement, conflicts: Sequence[Found]) -> str:
    """Say what a statement has from one side of a contradiction alone; "" where it takes none.

    A figure or a name that a report's lines contradict elsewhere may stand in its title too, or
    in a line that says more.
    """
    content = content_of(statement.text, teller.language)
    for conflict, pair in conflicts:
        for (mine, _, _), at, (theirs, _, _) in zip(
            conflict.sides, pair, reversed(conflict.sides), strict=True
        ):
            shared = len(content & teller.evidence.content[at])
            if (
                theirs
                and 2 * shared >= len(content)
                and _has(statement.text, mine, teller.language)
                and not _has(statement.text, theirs, teller.language)
            ):
                return f"another source has {theirs!r} for {mine!r}"
    return ""


def _has(text: str, said: str, language: str) -> bool:
    """Say whether a text has some words, or their number in whatever form."""
    if re.search(rf"(?<![\w.,]){re.escape(said)}(?!\w|[.,]\d)", text):
        return True
    numbers = numbers_in(text, language)
    return any(
        one.kind == other.kind and set(one.values) & set(other.values)
        for one in numbers_in(said, language)
        for other in numbers
    )


def _label(source: Source, language: str) -> str:
    if source.document.publisher:
        return source.document.publisher
    return f"来源{source.number}" if language == "zh" else f"source {source.number}"
