"""Where a text contradicts a table: another figure, score or day for what a row is about.

Only what is plain is found: a line that names the row, names the column by words of its own, and
has one figure for it, which is none of the row's. All else is left alone: better a contradiction
missed than one that is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from limelight.text.newsroom.data import Cell, Row, Table
from limelight.text.newsroom.data.deriving import goals_of
from limelight.text.newsroom.draft import Conflict
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.facts.numbers import Number, leeway, numbers_in
from limelight.text.newsroom.tokens import content_of, negations, stem

RATIO = 4
"""Times by which a text's figure may differ from the table's and still be of the same thing."""
TAKING = re.compile(
    r"\b(?:took|taken|takes|taking|takings|gross\w*|earned|earning|made|box office)\b|票房",
    re.IGNORECASE,
)
WEEKEND = re.compile(r"\bweekend\b|周末", re.IGNORECASE)
ALTOGETHER = re.compile(
    r"\b(?:in all|in total|total|to date|so far|altogether|overall|cumulative)\b|累计|总票房",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(
    r"\b(?:opening|opened|debut\w*|first|last|previous|worldwide|global\w*|overseas|international\w*"
    r"|foreign|domestic|north america|uk|us|britain|china|mon|tues|wednes|thurs|fri|satur|sunday"
    r"|daily|a day|budget|cost|estimate\w*|predict\w*|expect\w*|forecast\w*|could|would|might"
    r"|(?<!\d )may(?! \d)"
    r"|if|per|each|adjusted|average)(?:day)?\b|首日|首周|上周|预计|预测|全球|海外|北美|成本|投资|平均|如果",
    re.IGNORECASE,
)
"""Other times, places and moods, of which a column says nothing unless its heading has the word."""
COMPARED = re.compile(
    r"\b(?:from|with|against|than|by|versus|another|further|extra|additional|of the|nearest)\W*"
    r"(?:about |some |nearly |almost |over )?$|[比较从由]$",
    re.IGNORECASE,
)
ANOTHER = re.compile(
    r"\b(?:to|than|unlike|like|after|before|behind|beside|with|by|and|or"
    r"|(?<!takings )(?<!total )(?<!gross )(?<!crowd )(?<!attendance )(?:of|for))\W*(?:the )?$",
    re.IGNORECASE,
)
"""What stands before a name where a sentence is about something else: "the sequel to Dune"."""
SEVERAL = re.compile(r"\W*\b(?:and|or|plus|with|together|along)\b|[和与及、]", re.IGNORECASE)
OTHER_MATCH = re.compile(
    r"\b(?:half|interval|aggregate|penalt\w+|leg|earlier|last|previous\w*|reverse|since|led"
    r"|lead|ahead|until|before|had been"
    r"|when(?! (?:the )?[A-Z]\w+ (?:met|beat|played|faced|hosted|visited)))\b"
    r"|半场|点球|总比分|回合|上赛季|此前|领先",
    re.IGNORECASE,
)
RELEASED = re.compile(
    r"\b(?:opens?|opened|releases?|released|arrives?|out|hits?|comes? out)\b|上映|公映|发行",
    re.IGNORECASE,
)
MOVED = re.compile(
    r"\b(?:originally|moved|postponed|delayed|brought forward|premi\w+|festival|trailer|dvd"
    r"|re-?releas\w+)\b|原定|推迟|提前|首映|电影节|预告",
    re.IGNORECASE,
)
COUNTED = {
    "screens": "screen cinema theater theatre location",
    "admissions": "admission ticket viewer",
    "attendance": "attendance crowd fan spectator supporter people",
    "sales": "copy unit",
    "streams": "stream play",
}


@dataclass(frozen=True)
class Named:
    """Where in a line a row's name stands."""

    row: Row
    start: int
    end: int


def table_conflicts(evidence: Evidence) -> Iterator[tuple[Conflict, tuple[int, int]]]:
    """Find lines of texts that say of a row what its cells don't; with where both stand."""
    for table in evidence.tables.values():
        keyed = table.keyed()
        for at in range(evidence.n_text):
            text = evidence.lines[at].text
            if not evidence.facts(at).numbers and not evidence.facts(at).days:
                continue
            found = _score(evidence, table, at) if table.kind == "match" else None
            if found is None:
                named = [n for key, row in keyed for n in _named(evidence, at, key, row)]
                named.sort(key=lambda one: one.start)
                found = next(_differing(evidence, table, at, named), None) if named else None
            if found is not None:
                about, said, row, told = found
                line, place = evidence.lines[at], table.place(row)
                row_at = evidence.at([place])[0]
                sides = (
                    (said, line.place, text),
                    (told, place, evidence.lines[row_at].text),
                )
                yield Conflict(about, sides), (at, row_at)


def _named(evidence: Evidence, at: int, key: str, row: Row) -> Iterator[Named]:
    """Find a row's name in a line: a name by itself, or several words written just so."""
    text = evidence.lines[at].text
    if key not in text:
        return
    plain = key.removeprefix("The ")
    whole = {(n.end, n.text.strip(" .,").removeprefix("The ")) for n in evidence.facts(at).names}
    several = len(plain.split()) > 1
    for match in re.finditer(rf"(?<!\w){re.escape(plain)}(?!\w|: [A-Z]| [A-Z\d]|-)", text):
        if several or (match.end(), plain) in whole:
            yield Named(row, *match.span())


def _differing(
    evidence: Evidence, table: Table, at: int, named: list[Named]
) -> Iterator[tuple[str, str, Row, str]]:
    facts, text = evidence.facts(at), evidence.lines[at].text
    beside = _blanked(text, named)
    if negations(beside):
        return
    for role, heading in table.headings.items():
        for row in {one.row.number: one.row for one in named}.values():
            cell = row.cells.get(role)
            if cell is None:
                continue
            if isinstance(cell.value, date):
                days = [d for d in facts.days if d.month and d.day and re.search(r"\d", d.text)]
                others = ELSEWHERE.search(_without(beside, heading))
                told = RELEASED.search(beside) and not MOVED.search(beside) and not others
                if len(days) == 1 == len(named) and len(facts.days) == 1 and told:
                    (day,) = days
                    on = cell.value
                    if (day.month, day.day) != (on.month, on.day) or day.year not in (
                        None,
                        on.year,
                    ):
                        yield "date", day.text.strip(), row, on.isoformat()
            elif isinstance(cell.value, Decimal) and _told(role, heading, beside):
                own = [
                    n
                    for n in facts.numbers
                    if _of_column(n, role, heading, cell, text)
                    and _owner(n, named, evidence, at) == row
                    and not COMPARED.search(text[: n.start])
                ]
                if len(own) == 1 and not any(map(own[0].agrees, _numbers_of(row))):
                    value = own[0].values[0]
                    near = value and abs(cell.value) and RATIO > value / abs(cell.value) > 1 / RATIO
                    if near and not _rounded(own[0], abs(cell.value)):
                        yield "number", own[0].text.strip(), row, _grouped(cell)


def _blanked(text: str, named: list[Named]) -> str:
    """Leave the rows' own names out of a line: words of a title say nothing about it."""
    for one in named:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _told(role: str, heading: str, text: str) -> bool:
    """Say whether a line speaks of a column, by words of its own."""
    if ELSEWHERE.search(_without(text, heading)):
        return False
    if role not in ("gross", "total"):
        return role not in ("rank", "previous", "weeks", "change", "before", "rating")
    weekend, altogether = WEEKEND.search(text), ALTOGETHER.search(text)
    if not TAKING.search(text):
        return False
    if role == "total":
        return bool(altogether and not weekend)
    return bool(weekend) == bool(WEEKEND.search(heading)) and not altogether


def _without(text: str, heading: str) -> str:
    """Leave out of a line the words of a heading: what it says itself is nothing else."""
    for word in re.findall(r"[A-Za-z]{2,}", heading):
        text = re.sub(rf"\b{word}\b", " ", text, flags=re.IGNORECASE)
    return text


def _of_column(number: Number, role: str, heading: str, cell: Cell, text: str) -> bool:
    """Say whether a number counts what a column does."""
    if not number.values:
        return False
    if role in ("gross", "total"):
        return number.kind == "money" and cell.unit in ("", number.unit)
    kind = {"": "count", "%": "percent"}.get(cell.unit, "money")
    if number.kind != kind or (kind == "money" and number.unit != cell.unit):
        return False
    nouns = {stem(word) for word in COUNTED.get(role, "").split()} | content_of(heading, "en")
    before = [stem(w) for w in re.findall(r"[a-z]+", text[: number.start].lower())[-3:]]
    after = re.match(r"[\s-]*([a-z]+)", text[number.end :].lower())
    joined = re.search(r"\b(?:of|was|is|were|are|at|to)\W*(?:\w+ ){0,2}$", text[: number.start])
    return bool(
        (kind == "count" and after and stem(after[1]) in nouns)
        or (joined and nouns & set(before))
        or (not heading.isascii() and heading in text)
    )


def _owner(number: Number, named: list[Named], evidence: Evidence, at: int) -> Row | None:
    """Give the row that a number is told of: the last named before it, no other name between."""
    before = [one for one in named if one.end <= number.start]
    if not before:
        return None
    last = before[-1]
    text = evidence.lines[at].text
    between = [n for n in evidence.facts(at).names if last.end < n.start < number.start]
    owned = re.match(r"['’]s? (\w+ ?\w*)", text[last.end :])
    if owned and not (TAKING.search(owned[1]) or WEEKEND.search(owned[1])):
        return None
    if ANOTHER.search(text[: last.start]) or SEVERAL.match(text[last.end :]):
        return None
    apart = re.search(r"[;；]| but | while | which | whose ", text[last.end : number.start])
    return None if between or apart else last.row


def _score(evidence: Evidence, table: Table, at: int) -> tuple[str, str, Row, str] | None:
    """Find another score for a match whose two sides a line names."""
    facts, text = evidence.facts(at), evidence.lines[at].text
    scores = [n for n in facts.numbers if n.kind == "score"]
    if len(scores) != 1 or OTHER_MATCH.search(text) or negations(text):
        return None
    names = {n.text.strip(" .,").removeprefix("The ") for n in facts.names}
    rows = [
        row
        for row in table.rows
        if row.words_of("home") in names and row.words_of("away") in names and goals_of(row)
    ]
    told = re.fullmatch(r"(\d+)-(\d+)", scores[0].label)
    dated = [d for d in facts.days if d.month and d.day]
    if not rows or not told or len(names) > 4:
        return None
    goals = [goals_of(row) or (0, 0) for row in rows]
    if any(sorted(pair) == sorted(map(int, told.groups())) for pair in goals):
        return None
    on = rows[0].day_of()
    if len(rows) > 1 or (on and any((d.month, d.day) != (on.month, on.day) for d in dated)):
        return None
    return "number", scores[0].text.strip(), rows[0], f"{goals[0][0]}-{goals[0][1]}"


def _numbers_of(row: Row) -> list[Number]:
    """Give a row's figures as a text would have them."""
    return [
        number
        for cell in row.cells.values()
        if isinstance(cell.value, Decimal)
        for number in numbers_in(str(cell).lstrip("-"), "en")
    ]


def _rounded(number: Number, exact: Decimal) -> bool:
    """Say whether a figure in tens at least may be the exact one, rounded without a word for it."""
    value = number.values[0]
    return not number.hedge and value % 10 == 0 and abs(exact - value) <= leeway(value)


def _grouped(cell: Cell) -> str:
    """Write a cell's figure in full, with its thousands grouped."""
    return re.sub(r"\d+(?=\.|\D*$)", lambda m: f"{int(m.group()):,}", str(cell), count=1)
