"""English sentences about tables, by templates that agree in number, articles and units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from limelight.text.newsroom.data.deriving import change_of, goals_of, ranked, total_of
from limelight.text.newsroom.data.table import SIGNS, Cell, Row, Table
from limelight.text.newsroom.writing.english_grammar import plural
from limelight.text.newsroom.writing.statement import Statement

ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]
CARDINALS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def statements(table: Table) -> list[Statement]:
    """Say what a table tells, the news first."""
    written = {"box office": _box_office, "chart": _chart, "match": _matches, "calendar": _calendar}
    return [s for s in written.get(table.kind, _any)(table) if s is not None]


def amount(cell: Cell) -> str:
    """Say an amount as newspapers do: "$45.2 million", "312,450", "12%"."""
    if not isinstance(cell.value, Decimal):
        return str(cell)
    sign, value = SIGNS.get(cell.unit, ""), abs(cell.value)
    minus = "-" if cell.value < 0 else ""
    for scale, name in SCALES:
        if value >= scale:
            said = (value / scale).quantize(Decimal("0.1"), ROUND_HALF_UP)
            return f"{minus}{sign}{said.normalize():f} {name}"
    plain = f"{value:,f}".rstrip("0").rstrip(".") if value % 1 else f"{int(value):,}"
    return f"{minus}{sign}{plain}{'%' if cell.unit == '%' else ''}"


def ordinal(n: int) -> str:
    """Say which one: "third", "21st"."""
    if 1 <= n <= 10:
        return ORDINALS[n - 1]
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def count(n: int) -> str:
    """Say how many: in words up to ten."""
    return CARDINALS[n] if 0 <= n <= 10 else f"{n:,}"


def day(on: date, year: bool = True) -> str:
    """Say a day."""
    return f"{on.day} {NAMES[on.month - 1]}" + (f" {on.year}" if year else "")


def listed(parts: Sequence[str]) -> str:
    """Join with commas and an and."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _said(text: str, table: Table, *rows: Row) -> Statement:
    places = tuple(table.place(row) for row in rows) or (table.place(),)
    return Statement(text[0].upper() + text[1:], places, "data", places[0])


def _box_office(table: Table) -> list[Statement]:
    role = "gross" if "gross" in table.headings else "total"
    rows = ranked(table, role)
    if not rows:
        return []
    weekend = "weekend" in table.headings[role].lower()
    first = rows[0]
    when = " at the weekend" if weekend else ""
    lead = f"{first.words_of('title')} led the box office{when} with {amount(first.cells[role])}"
    if len(rows) > 1:
        lead += f", ahead of {rows[1].words_of('title')} on {amount(rows[1].cells[role])}"
    found = [_said(lead + ".", table, *rows[:2])]
    weeks, total = first.number_of("weeks"), first.cells.get("total")
    if total and role != "total" and total.value != first.cells[role].value:
        turn = f", now in its {ordinal(int(weeks))} week," if weeks and weeks > 1 else ""
        found.append(
            _said(
                f"{first.words_of('title')}{turn} has taken {amount(total)} in all.", table, first
            )
        )
    new = [row for row in rows[1:] if row.number_of("weeks") == 1][:2]
    for row in new:
        place = ordinal(rows.index(row) + 1)
        text = f"{row.words_of('title')} opened in {place} place with {amount(row.cells[role])}."
        found.append(_said(text, table, row))
    found += [s for row in rows[:6] if (s := _moved(table, row)) is not None][:2]
    others = [row for row in rows[2:5] if row not in new]
    if others:
        names = listed([f"{row.words_of('title')} ({amount(row.cells[role])})" for row in others])
        found.append(replace(_said(f"{names} followed.", table, *others), leans=True))
    if (whole := total_of(table, role)) and len(rows) > 2:
        found.append(
            _said(
                f"Together, the {count(len(rows))} {plural('title', len(rows))} took "
                f"{amount(whole)}.",
                table,
            )
        )
    return found


def _moved(table: Table, row: Row) -> Statement | None:
    change = change_of(row)
    if change is None or abs(change) < 5:
        return None
    way = "up" if change > 0 else "down"
    return _said(
        f"Takings for {row.words_of('title')} were {way} {abs(change).normalize():f}% on "
        f"the week before.",
        table,
        row,
    )


def _chart(table: Table) -> list[Statement]:
    rows = sorted(
        (r for r in table.rows if r.number_of("rank") is not None),
        key=lambda r: r.number_of("rank") or 0,
    )
    if not rows:
        return []
    found = [_said(_top(rows[0]) + ".", table, rows[0])]
    new = [row for row in rows[1:] if row.number_of("weeks") == 1]
    for row in new[:2]:
        text = f"{_by(row)} is new at number {count(int(row.number_of('rank') or 0))}."
        found.append(_said(text, table, row))
    climbs = [
        (int(before - now), row)
        for row in rows[1:]
        if (before := row.number_of("previous")) and (now := row.number_of("rank")) and before > now
    ]
    if climbs:
        places, row = max(climbs, key=lambda pair: pair[0])
        found.append(
            _said(
                f"{_by(row)} climbs {count(places)} {plural('place', places)} to number "
                f"{count(int(row.number_of('rank') or 0))}.",
                table,
                row,
            )
        )
    longest = max(
        (row for row in rows if row.number_of("weeks")),
        key=lambda row: row.number_of("weeks") or 0,
        default=None,
    )
    if (
        longest is not None
        and (weeks := int(longest.number_of("weeks") or 0)) > 3
        and longest is not rows[0]
    ):
        found.append(
            _said(
                f"{_by(longest)} is in its {ordinal(weeks)} week on the list, at number "
                f"{count(int(longest.number_of('rank') or 0))}.",
                table,
                longest,
            )
        )
    rest = [row for row in rows[1:4] if row not in new]
    if rest:
        names = listed(
            [f"{_by(row)} at number {count(int(row.number_of('rank') or 0))}" for row in rest]
        )
        also = _said(f"The top of the list also has {names}.", table, *rest)
        found.append(replace(also, leans=True))
    return found


def _top(row: Row) -> str:
    text = f"{_by(row)} is at number one"
    previous, weeks = row.number_of("previous"), row.number_of("weeks")
    if previous and previous > 1:
        text += f", up from number {count(int(previous))}"
    elif weeks == 1:
        text = f"{_by(row)} goes straight in at number one"
    elif weeks and weeks > 1:
        text += f", in its {ordinal(int(weeks))} week on the list"
    return text


def _by(row: Row) -> str:
    return row.words_of("title") + (
        f" by {row.words_of('artist')}" if row.words_of("artist") else ""
    )


def _matches(table: Table) -> list[Statement]:
    def size(row: Row) -> tuple[int, int]:
        home, away = goals_of(row) or (0, 0)
        return -abs(home - away), -(home + away)

    return [s for row in sorted(table.rows, key=size)[:8] if (s := _match(table, row)) is not None]


def _match(table: Table, row: Row) -> Statement | None:
    goals = goals_of(row)
    home, away = row.words_of("home"), row.words_of("away")
    if goals is None or not home or not away:
        return None
    if goals[0] == goals[1]:
        text = f"{home} and {away} drew {goals[0]}-{goals[1]}"
    elif goals[0] > goals[1]:
        text = f"{home} beat {away} {goals[0]}-{goals[1]}"
    else:
        text = f"{away} won {goals[1]}-{goals[0]} at {home}"
    if row.words_of("venue"):
        text += (
            f" at {row.words_of('venue')}"
            if goals[0] >= goals[1]
            else f", in {row.words_of('venue')}"
        )
    if on := row.day_of():
        text += f" on {day(on)}"
    if crowd := row.number_of("attendance"):
        text += f", before a crowd of {int(crowd):,}"
    return _said(text + ".", table, row)


def _calendar(table: Table) -> list[Statement]:
    rows = sorted(
        (row for row in table.rows if row.day_of()), key=lambda row: row.day_of() or date.min
    )
    if not rows:
        return []
    first, found = rows[0], []
    detail = f", from {first.words_of('studio')}," if first.words_of("studio") else ""
    found.append(
        _said(
            f"{first.words_of('title')}{detail} opens the list on "
            f"{day(first.day_of() or date.min)}.",
            table,
            first,
        )
    )
    for begin in range(1, min(len(rows), 10), 3):
        group = rows[begin : begin + 3]
        names = listed(
            [
                f"{row.words_of('title')} on {day(row.day_of() or date.min, year=False)}"
                for row in group
            ]
        )
        verb = "follows" if len(group) == 1 else "follow"
        opening = (
            f"{names} {verb}"
            if begin == 1
            else f"Then {'comes' if len(group) == 1 else 'come'} {names}"
        )
        found.append(_said(f"{opening}.", table, *group))
    return found


def _any(table: Table) -> list[Statement]:
    """Say of any other table who is first by each column of numbers."""
    names = next(
        (
            role
            for role in table.headings
            if any(
                isinstance(r.cells.get(role, Cell("")).value, str) and role in r.cells
                for r in table.rows
            )
        ),
        None,
    )
    if names is None:
        return []
    found = []
    for role, heading in table.headings.items():
        rows = ranked(table, role)
        if (
            len(rows) < 2
            or rows[0].number_of(role) == rows[1].number_of(role)
            or not rows[0].words_of(names)
        ):
            continue
        label = heading.lower() if not heading.isupper() else heading
        found.append(
            _said(
                f"{rows[0].words_of(names)} is first by {label}, with "
                f"{amount(rows[0].cells[role])}, ahead of {rows[1].words_of(names)} with "
                f"{amount(rows[1].cells[role])}.",
                table,
                *rows[:2],
            )
        )
    return found[:4]
