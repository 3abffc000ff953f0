"""Chinese sentences about tables, by templates with measure words and 万 and 亿."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from limelight.text.newsroom.data.deriving import change_of, goals_of, ranked, total_of
from limelight.text.newsroom.data.table import Cell, Row, Table
from limelight.text.newsroom.writing.statement import Statement

UNITS = {
    "USD": "美元",
    "GBP": "英镑",
    "EUR": "欧元",
    "CNY": "元",
    "JPY": "日元",
    "HKD": "港元",
    "AUD": "澳元",
}
UNITS |= {"CAD": "加元", "NZD": "新西兰元", "%": "%"}
LAST = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


def statements(table: Table) -> list[Statement]:
    """Say what a table tells, the news first."""
    written = {"box office": _box_office, "chart": _chart, "match": _matches, "calendar": _calendar}
    return written.get(table.kind, _any)(table)


def amount(cell: Cell) -> str:
    """Say an amount in 万 and 亿: 4.52亿元, 31.2万."""
    if not isinstance(cell.value, Decimal):
        return str(cell)
    value, minus = abs(cell.value), "-" if cell.value < 0 else ""
    unit = UNITS.get(cell.unit, "")
    for scale, name in ((10**8, "亿"), (10**4, "万")):
        if value >= scale:
            step = Decimal(1) if value >= scale * 100 else Decimal("0.01")
            said = f"{(value / scale).quantize(step, ROUND_HALF_UP):f}"
            return f"{minus}{said.rstrip('0').rstrip('.') if '.' in said else said}{name}{unit}"
    return f"{minus}{value.normalize():f}{unit}"


def _said(text: str, table: Table, *rows: Row) -> Statement:
    places = tuple(table.place(row) for row in rows) or (table.place(),)
    return Statement(text, places, "data", places[0])


def _title(row: Row) -> str:
    title = row.words_of("title")
    return title if title.startswith("《") else f"《{title}》"


def _rank(n: Decimal | int | None) -> str:
    number = int(n or 0)
    return f"第{LAST[number]}" if 1 <= number <= 10 else f"第{number}"


def _day(on: date, year: bool = True) -> str:
    return (f"{on.year}年" if year else "") + f"{on.month}月{on.day}日"


def _box_office(table: Table) -> list[Statement]:
    role = "gross" if "gross" in table.headings else "total"
    rows = ranked(table, role)
    if not rows:
        return []
    heading = table.headings[role]
    period = (
        "周末"
        if "周末" in heading or "weekend" in heading.lower()
        else "当周"
        if "周" in heading
        else "单日"
        if "单日" in heading
        else ""
    )
    lead = f"{_title(rows[0])}以{amount(rows[0].cells[role])}居{period}票房榜首"
    if len(rows) > 1:
        lead += f"，{_title(rows[1])}以{amount(rows[1].cells[role])}随后"
    found = [_said(lead + "。", table, *rows[:2])]
    total = rows[0].cells.get("total")
    if total and role != "total" and total.value != rows[0].cells[role].value:
        found.append(_said(f"{_title(rows[0])}的累计票房已有{amount(total)}。", table, rows[0]))
    newcomers = [row for row in rows[1:] if row.number_of("weeks") == 1][:2]
    for row in newcomers:
        place = _rank(rows.index(row) + 1)
        text = f"新片{_title(row)}收得{amount(row.cells[role])}，排在{place}。"
        found.append(_said(text, table, row))
    for row in rows[:6]:
        change = change_of(row)
        if change is not None and abs(change) >= 5 and len(found) < 5:
            way = "上升" if change > 0 else "下降"
            found.append(
                _said(
                    f"与前一周相比，{_title(row)}的票房{way}{abs(change).normalize():f}%。",
                    table,
                    row,
                )
            )
    others = [row for row in rows[2:5] if row.number_of("weeks") != 1]
    if others:
        names = "、".join(f"{_title(row)}（{amount(row.cells[role])}）" for row in others)
        found.append(replace(_said(f"其后是{names}。", table, *others), leans=True))
    if (whole := total_of(table, role)) and len(rows) > 2:
        found.append(_said(f"榜上{len(rows)}部影片合计{amount(whole)}。", table))
    return found


def _chart(table: Table) -> list[Statement]:
    rows = sorted(
        (r for r in table.rows if r.number_of("rank") is not None),
        key=lambda r: r.number_of("rank") or 0,
    )
    if not rows:
        return []
    previous = rows[0].number_of("previous")
    rise = f"，上期排名为{_rank(previous)}" if previous and previous > 1 else ""
    found = [_said(f"{_by(rows[0])}位居榜首{rise}。", table, rows[0])]
    new = [row for row in rows[1:] if row.number_of("weeks") == 1]
    for row in new[:2]:
        text = f"{_by(row)}新上榜，位列{_rank(row.number_of('rank'))}。"
        found.append(_said(text, table, row))
    rest = [row for row in rows[1:4] if row not in new]
    if rest:
        names = "，".join(f"{_rank(row.number_of('rank'))}是{_by(row)}" for row in rest)
        found.append(_said(f"{names}。", table, *rest))
    return found


def _by(row: Row) -> str:
    artist = row.words_of("artist")
    return (f"{artist}的" if artist else "") + _title(row)


def _matches(table: Table) -> list[Statement]:
    found = []
    for row in sorted(
        table.rows, key=lambda r: -abs((goals_of(r) or (0, 0))[0] - (goals_of(r) or (0, 0))[1])
    )[:8]:
        goals, home, away = goals_of(row), row.words_of("home"), row.words_of("away")
        if goals is None or not home or not away:
            continue
        on, venue = row.day_of(), row.words_of("venue")
        when = f"{_day(on)}，" if on else ""
        where = f"在{venue}" if venue else ""
        if goals[0] == goals[1]:
            text = f"{when}{home}{where}以{goals[0]}比{goals[1]}战平{away}"
        elif goals[0] > goals[1]:
            text = f"{when}{home}{where}以{goals[0]}比{goals[1]}战胜{away}"
        else:
            text = f"{when}{away}{where}以{goals[1]}比{goals[0]}战胜{home}"
        crowd = row.number_of("attendance")
        text += f"，到场观众{int(crowd)}人" if crowd else ""
        found.append(_said(text + "。", table, row))
    return found


def _calendar(table: Table) -> list[Statement]:
    rows = sorted(
        (row for row in table.rows if row.day_of()), key=lambda row: row.day_of() or date.min
    )
    if not rows:
        return []
    first = rows[0].day_of() or date.min
    found = [_said(f"{_title(rows[0])}{_day(first)}上映，排在片单最前。", table, rows[0])]
    for begin in range(1, min(len(rows), 10), 3):
        group = rows[begin : begin + 3]
        names = "，".join(
            f"{_title(row)}定在{_day(row.day_of() or date.min, False)}" for row in group
        )
        following = _said(f"{'随后，' if begin == 1 else '接下来，'}{names}。", table, *group)
        found.append(replace(following, leans=True))
    return found


def _any(table: Table) -> list[Statement]:
    names: Sequence[str] = [
        role
        for role in table.headings
        if any(isinstance(r.cells[role].value, str) for r in table.rows if role in r.cells)
    ]
    if not names:
        return []
    found = []
    for role, heading in table.headings.items():
        rows = ranked(table, role)
        if (
            len(rows) >= 2
            and rows[0].number_of(role) != rows[1].number_of(role)
            and rows[0].words_of(names[0])
        ):
            one, two = (f"{row.words_of(names[0])}为{amount(row.cells[role])}" for row in rows[:2])
            found.append(_said(f"按{heading}计，{one}，居首位；{two}，列第二。", table, *rows[:2]))
    return found[:4]
