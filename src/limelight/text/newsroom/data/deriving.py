"""What follows from a table by sums, differences and shares, each with how it was reckoned."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from limelight.text.newsroom.data.table import Cell, Row, Table
from limelight.text.newsroom.sources import Line, Place

SUMMED = ("gross", "admissions", "attendance", "sales", "streams")


def total_of(table: Table, role: str) -> Cell | None:
    """Add a column up; None where a row has no number in it."""
    cells = [row.cells.get(role) for row in table.rows]
    values = [cell.value for cell in cells if cell and isinstance(cell.value, Decimal)]
    if len(values) < 2 or len(values) < len(table.rows):
        return None
    unit = next(cell.unit for cell in cells if cell)
    return Cell(sum(values, Decimal(0)), unit)


def change_of(row: Row) -> Decimal | None:
    """Give the change in per cent, as told or from the week before, rounded to whole per cents."""
    told = row.number_of("change")
    if told is not None:
        return told
    now, before = row.number_of("gross"), row.number_of("before")
    if now is None or not before:
        return None
    return ((now - before) / before * 100).quantize(Decimal(1), ROUND_HALF_UP)


def lead_of(table: Table, role: str) -> tuple[Row, Row, Cell] | None:
    """Give the first two rows by a column and how far they are apart."""
    ordered = ranked(table, role)
    if len(ordered) < 2:
        return None
    first, second = ordered[:2]
    one, two = first.number_of(role), second.number_of(role)
    if one is None or two is None:
        return None
    return first, second, Cell(one - two, first.cells[role].unit)


def ranked(table: Table, role: str) -> list[Row]:
    """Order the rows that have a number in a column, the largest first."""
    known = [(value, row) for row in table.rows if (value := row.number_of(role)) is not None]
    return [row for _, row in sorted(known, key=lambda pair: (-pair[0], pair[1].number))]


def goals_of(row: Row) -> tuple[int, int] | None:
    """Give a match's score, home side first."""
    home, away = row.number_of("home_score"), row.number_of("away_score")
    if home is not None and away is not None:
        return int(home), int(away)
    parts = [
        part
        for part in row.words_of("score").replace("–", "-").replace(":", "-").split("-")
        if part.strip()
    ]
    if len(parts) == 2 and all(part.strip().isdigit() for part in parts):
        return int(parts[0]), int(parts[1])
    return None


def derived(table: Table) -> list[Line]:
    """Give what follows from the table as sentences for the checks, with how it was reckoned."""
    whole = table.place()
    lines = [Line(whole, f"{len(table.rows)} rows")]
    for role in table.headings:
        if role in SUMMED and (total := total_of(table, role)):
            lines.append(Line(whole, f"sum of {table.headings[role]}: {total}"))
        for n, row in enumerate(ranked(table, role) if role in ("gross", "total") else [], 1):
            lines.append(Line(table.place(row), f"{row.words_of('title')}: {n}th, 第{n}名"))
        if lead := lead_of(table, role):
            first, second, gap = lead
            names = f"{first.words_of('title')}, {second.words_of('title')}"
            lines.append(Line(table.place(first), f"{table.headings[role]}, {names}, apart: {gap}"))
    for row in table.rows:
        lines += _of_row(table, row)
    return lines


def _of_row(table: Table, row: Row) -> list[Line]:
    lines = []
    place: Place = table.place(row)
    if (change := change_of(row)) is not None:
        lines.append(Line(place, f"{row.words_of('title')}: change {abs(change)}%"))
    rank, previous = row.number_of("rank"), row.number_of("previous")
    if rank is not None and previous is not None:
        lines.append(Line(place, f"{row.words_of('title')}: {abs(previous - rank)} places"))
    if goals := goals_of(row):
        lines.append(
            Line(place, f"{row.words_of('home')} {goals[0]}-{goals[1]} {row.words_of('away')}")
        )
        lines.append(
            Line(place, f"{row.words_of('away')} {goals[1]}-{goals[0]} {row.words_of('home')}")
        )
    return lines


def in_order(rows: list[Row]) -> bool:
    """Say whether rows stand in the order of their days."""
    days = [day for row in rows if (day := row.day_of())]
    return all(one <= two for one, two in pairwise(days))
