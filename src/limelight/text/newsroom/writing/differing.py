"""What sources contradict each other in, by each one's name: never settled, never averaged."""

from __future__ import annotations

from limelight.text.newsroom.draft import Conflict
from limelight.text.newsroom.facts.numbers import numbers_in
from limelight.text.newsroom.sources import Source
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


def _label(source: Source, language: str) -> str:
    if source.document.publisher:
        return source.document.publisher
    return f"来源{source.number}" if language == "zh" else f"source {source.number}"
