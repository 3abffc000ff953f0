"""What sources contradict each other in, by each one's name: never settled, never averaged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from limelight.text.newsroom.conflicts import Found
from limelight.text.newsroom.data import Cell
from limelight.text.newsroom.draft import Conflict
from limelight.text.newsroom.facts.numbers import numbers_in, same_kind
from limelight.text.newsroom.sources import Place
from limelight.text.newsroom.tokens import content_of
from limelight.text.newsroom.writing import data_chinese, data_english
from limelight.text.newsroom.writing.statement import QUOTING, Statement
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

CREDITED = re.compile(r"According to |据")
BESIDE = {"en": "{text}; {other} has {theirs}.", "zh": "{text}；{other}的说法则是{theirs}。"}
"""Where the line itself says who has it."""


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
    ways = ("said", *QUOTING, "data")
    if not theirs[0] or told.way not in ways or not _has(told.text, mine[0], teller.language):
        return (), reason
    one, other = (_label(side[1], teller) for side in (mine, theirs))
    named = bool(one and other)
    some, another = (
        ("一则报道", "另一则报道") if teller.language == "zh" else ("one report", "another report")
    )
    one, other = one or some, other or another
    numbers = numbers_in(told.text, teller.language)
    said = next((n for n in numbers if _has(n.text, mine[0], teller.language)), None)
    several = said is not None and sum(same_kind(n, said) for n in numbers) > 1
    form = SEVERAL[teller.language] if several else SAID[teller.language, not named]
    if CREDITED.match(told.text) and not several:
        form = BESIDE[teller.language]
    text = form.format(
        mine=said.text.strip() if said else "",
        text=told.text.rstrip(".。"),
        one=one,
        other=other,
        theirs=_amount(theirs, teller),
    )
    places = tuple(dict.fromkeys((*told.places, theirs[1])))
    problem = teller.passes(text, places)
    if problem:
        return (), f"{reason}; {problem}"
    return (Statement(text, places, "differ", place),), ""


def _amount(side: tuple[str, Place, str], teller: Teller) -> str:
    """Say a table's figure as the language does; leave a text's as it has it."""
    said, place, _ = side
    numbers = [n for n in numbers_in(said, "en") if n.values]
    if place.source in teller.evidence.sources or len(numbers) != 1:
        return said
    unit = {"money": numbers[0].unit, "percent": "%"}.get(numbers[0].kind, "")
    cell = Cell(numbers[0].values[0], unit)
    return data_chinese.amount(cell) if teller.language == "zh" else data_english.amount(cell)


def one_sided(teller: Teller, statement: Statement, conflicts: Sequence[Found]) -> str:
    """Say what a statement has from one side of a contradiction alone; "" where it takes none.

    A figure or a name that a report's lines contradict elsewhere may stand in its title too, or
    in a line that says more.
    """
    content = content_of(statement.text, teller.language)
    for conflict, pair in conflicts:
        for (mine, place, _), at, (theirs, _, _) in zip(
            conflict.sides, pair, reversed(conflict.sides), strict=True
        ):
            shared = len(content & teller.evidence.content[at])
            if statement.places == (replace(place, paragraph=0),):
                return f"it adds up {mine!r}, where another source has {theirs!r}"
            if (
                theirs
                and (2 * shared >= len(content) or place in statement.places)
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
        one.kind == other.kind and other.agrees(one)
        for one in numbers_in(said, language)
        for other in numbers
    )


def _label(place: Place, teller: Teller) -> str:
    """Say who has it: the publisher or the table; "" of a report that has no name."""
    source = teller.evidence.sources.get(place.source)
    if source is None:
        name = teller.evidence.tables[place.source].name
        return f"数据表{name}" if teller.language == "zh" else f"the table {name}"
    return source.document.publisher or ""
