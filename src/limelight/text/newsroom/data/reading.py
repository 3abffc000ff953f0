"""CSV and JSON as tables: columns by what they are called, cells by what they should hold."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from limelight.errors import BadInputError
from limelight.text.newsroom.data.table import Cell, Row, Table
from limelight.text.newsroom.facts.dates import days_in
from limelight.text.newsroom.facts.numbers import CURRENCIES, MAGNITUDES, numbers_in
from limelight.text.newsroom.vocabulary import word_set
from limelight.text.reading import LeftOut
from limelight.text.reading.decoding import decode

ROLES = {
    "title": "title film movie song track single album game show series programme name "
             "片名 影片 电影 歌名 歌曲 剧名 名称 节目 游戏 专辑",
    "gross": "gross weekend weekend_gross takings box_office revenue weekend_takings 票房 "
             "周末票房 本周票房 单日票房 当周票房",
    "total": "total total_gross cumulative cume to_date gross_to_date total_takings "
             "累计票房 累计 总票房",
    "before": "last_weekend previous_gross last_week_gross previous_weekend 上周票房 上周末票房",
    "rank": "rank position pos place # no number 排名 名次 位次 本周排名 序号",
    "previous": "last_week previous lw last previous_position last_week_position 上周 上周排名",
    "weeks": "weeks weeks_on_chart weeks_in_release week wks 周数 在榜周数 上映周数",
    "change": "change %_change change_% weekly_change 环比 变化 涨跌 跌幅 涨幅",
    "artist": "artist artists singer band performer 歌手 艺人 演唱 乐队",
    "date": "date release_date released release day opens 日期 上映日期 发行日期 公映日期 比赛日期",
    "home": "home home_team team_1 主队", "away": "away away_team visitors team_2 客队",
    "home_score": "home_score home_goals score_1 主队得分 主队进球 主队比分",
    "away_score": "away_score away_goals score_2 客队得分 客队进球 客队比分",
    "score": "score result 比分 赛果", "venue": "venue stadium ground 场馆 地点 球场",
    "attendance": "attendance crowd 观众 到场人数 上座人数",
    "screens": "screens theaters theatres cinemas locations 影院数 银幕数",
    "admissions": "admissions tickets viewers 人次 观影人次 观众人次",
    "studio": "studio distributor label publisher network 发行 出品 发行方 厂牌 出品方",
    "sales": "sales units copies 销量", "streams": "streams plays 播放量 播放次数",
    "genre": "genre genres 类型", "platform": "platform platforms 平台 播出平台",
    "director": "director 导演", "rating": "rating stars 评分",
    "source": "source outlet critic publication 媒体 来源",
}  # fmt: skip
BY_HEADING = {heading: role for role, headings in ROLES.items() for heading in headings.split()}
NUMERIC = word_set(
    """
    gross total before rank previous weeks change home_score away_score attendance screens
    admissions sales streams rating
    """
)
SCALE = re.compile(
    r"\b(million|thousand|billion|mn|bn|m|k|000s?)\b|(万亿|百万|千万|亿|万)", re.IGNORECASE
)
CURRENCY = re.compile(r"US\$|HK\$|A\$|\$|£|€|¥|USD|GBP|EUR|CNY|RMB|JPY|美元|英镑|欧元|日元|港元|元")
NOTHING = frozenset(
    {"", "-", "–", "—", "n/a", "na", "none", "null", "nan", "new", "re", "新", "无", "?"}
)
APART = 1000
"""Times the others' median from which a number is of another unit."""


def parse_table(data: bytes, name: str) -> Table:
    """Read a table. What can't be right in it is left out and told of, row by row and cell by cell.

    Raises BadInputError where there is no heading, no row, or nothing that can be used.
    """
    if not data.strip():
        raise BadInputError(f"{name} is empty")
    text, _ = decode(data, name)
    records, left_out = _json(text, name) if text.lstrip()[:1] in "[{" else _csv(text, name)
    if not records:
        raise BadInputError(f"{name} has a heading and no row that fits it" + _first(left_out))
    headings = list(records[0][1])
    roles = _roles(headings)
    columns = {heading: _column(records, heading, roles[heading], left_out) for heading in headings}
    rows = tuple(
        Row(n, {roles[h]: columns[h][at] for h in headings if columns[h][at] is not None})  # type: ignore[misc]
        for at, (n, _) in enumerate(records)
    )
    table = Table(name, _kind(rows), {roles[h]: h for h in headings}, rows, tuple(left_out))
    if not any(row.cells for row in rows):
        raise BadInputError(f"{name} holds nothing that can be used" + _first(left_out))
    return table


def _csv(text: str, name: str) -> tuple[list[tuple[int, dict[str, str]]], list[LeftOut]]:
    sample = text[:10_000]
    delimiter = max(
        ",;\t|", key=lambda d: min((line.count(d) for line in sample.splitlines()[:1]), default=0)
    )
    try:
        lines = [
            line
            for line in csv.reader(io.StringIO(text), delimiter=delimiter)
            if any(map(str.strip, line))
        ]
    except csv.Error as error:
        raise BadInputError(f"{name} can't be read as CSV: {error}") from error
    heading, *rest = lines
    names = [cell.strip().lstrip("\ufeff") for cell in heading]
    _check_heading(names, name)
    left_out, records = [], []
    for n, cells in enumerate(rest, 1):
        if len(cells) == len(names):
            records.append((n, dict(zip(names, map(str.strip, cells), strict=True))))
        else:
            reason = f"row {n} has {len(cells)} cells where the heading has {len(names)}"
            left_out.append(LeftOut(reason, delimiter.join(cells)))
    return records, left_out


def _json(text: str, name: str) -> tuple[list[tuple[int, dict[str, str]]], list[LeftOut]]:
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInputError(f"{name} can't be read as JSON: {error}") from error
    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        found = lists[0] if lists else [found]
    left_out = [
        LeftOut(f"row {n} is no object", str(row))
        for n, row in enumerate(found, 1)
        if not isinstance(row, dict)
    ]
    rows = [(n, row) for n, row in enumerate(found, 1) if isinstance(row, dict)]
    names = list(dict.fromkeys(str(key).strip() for _, row in rows for key in row))
    if rows:
        _check_heading(names, name)
    return [(n, {key: _plain(row, key) for key in names}) for n, row in rows], left_out


def _plain(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return (
        ""
        if value is None
        else ", ".join(map(str, value))
        if isinstance(value, list)
        else str(value)
    )


def _check_heading(names: list[str], name: str) -> None:
    if any(not heading for heading in names):
        raise BadInputError(f"column {names.index('') + 1} of {name} has no heading")
    twice = [heading for heading, count in Counter(names).items() if count > 1]
    if twice:
        raise BadInputError(f"{name} has two columns named {twice[0]!r}")
    if all(re.fullmatch(r"[\d.,%$£€\s-]+", heading) for heading in names):
        raise BadInputError(f"the first line of {name} holds numbers; it must name the columns")


def _roles(headings: list[str]) -> dict[str, str]:
    roles: dict[str, str] = {}
    for heading in headings:
        plain = re.sub(r"[(（\[].*?[)）\]]", "", heading).strip().lower()
        plain = CURRENCY.sub("", plain).strip(" ,")
        role = BY_HEADING.get(re.sub(r"[\s-]+", "_", plain), "")
        if role in NUMERIC and re.search(r"date|日期", plain):
            role = ""
        roles[heading] = role if role and role not in roles.values() else heading
    return roles


def _column(
    records: list[tuple[int, dict[str, str]]], heading: str, role: str, left_out: list[LeftOut]
) -> list[Cell | None]:
    texts = [row[heading] for _, row in records]
    if role == "date":
        return [
            _day_cell(text, heading, n, left_out)
            for (n, _), text in zip(records, texts, strict=True)
        ]
    said = [text for text in texts if text.lower() not in NOTHING]
    numeric = sum(_value(text, heading) is not None for text in said)
    if role not in NUMERIC and (numeric * 2 <= len(said) or role in ROLES):
        return [None if text.lower() in NOTHING else Cell(text) for text in texts]
    cells = [
        _number_cell(text, heading, n, left_out)
        for (n, _), text in zip(records, texts, strict=True)
    ]
    return _plausible(cells, records, heading, role, left_out)


def _number_cell(text: str, heading: str, n: int, left_out: list[LeftOut]) -> Cell | None:
    if text.lower() in NOTHING:
        return None
    cell = _value(text, heading)
    if cell is None:
        left_out.append(LeftOut(f"row {n}: {heading} should be a number", text))
    return cell


def _value(text: str, heading: str) -> Cell | None:
    """Read a number; the heading says what unit and how many thousands where the cell does not."""
    plain = re.sub(r"(?<=\d)[\s\u00a0](?=\d{3}\b)", "", text.replace("\u2212", "-").strip())
    negative = (plain.startswith(("-", "(")) and not plain.startswith("-$")) or plain.startswith(
        "-"
    )
    found = numbers_in(plain.strip("+-()"), "en")
    if len(found) != 1 or not found[0].values:
        return None
    number = found[0]
    besides = re.findall(r"[a-z]+", plain.replace(number.text, " ", 1).lower())
    if any(word.rstrip("s") not in heading.lower() for word in besides):
        return None  # of something else: "22,000,000 screens" among takings
    if not besides and len(re.sub(r"\s", "", number.text)) * 2 < len(plain):
        return None
    value, unit = number.values[0], number.unit if number.kind in ("money", "percent") else ""
    bare = not re.search(r"[a-z万亿千百]", number.text, re.IGNORECASE)
    if bare and (scale := SCALE.search(heading)):
        said = (scale[1] or scale[2]).lower()
        value *= 1000 if said.startswith("000") else MAGNITUDES[said]
    if not unit and (currency := CURRENCY.search(heading)):
        unit = CURRENCIES[currency[0].lower()]
    if not unit and "%" in heading:
        unit = "%"
    return Cell(-value if negative else value, unit)


def _plausible(
    cells: list[Cell | None],
    records: list[tuple[int, dict[str, str]]],
    heading: str,
    role: str,
    left_out: list[LeftOut],
) -> list[Cell | None]:
    """Leave out what is of another unit than its column, or a thousand times as large."""
    known = [cell for cell in cells if cell is not None]
    units = Counter(cell.unit for cell in known)
    usual = units.most_common(1)[0][0] if units else ""
    sizes = sorted(
        abs(cell.value) for cell in known if isinstance(cell.value, Decimal) and cell.value
    )
    middle = sizes[len(sizes) // 2] if len(sizes) >= 3 else None
    kept: list[Cell | None] = []
    for cell, (n, row) in zip(cells, records, strict=True):
        reason = ""
        if cell is not None and isinstance(cell.value, Decimal):
            if cell.unit != usual and {cell.unit, usual} != {"", "%"}:
                reason = f"is in {cell.unit or 'no unit'}, the column in {usual or 'none'}"
            elif (
                middle
                and cell.value
                and role not in ("rank", "previous")
                and (abs(cell.value) >= middle * APART or abs(cell.value) * APART <= middle)
                and not _spread(sizes)
            ):
                reason = "is a thousand times more or less than the others: its unit is in doubt"
            elif role == "change" and cell.value < -100:
                reason = "falls by more than all there was"
            elif role in NUMERIC - {"change"} and cell.value < 0:
                reason = "can't be below 0"
        if reason:
            left_out.append(LeftOut(f"row {n}: {heading} {reason}", row[heading]))
        kept.append(None if reason else cell)
    return kept


def _spread(sizes: list[Decimal]) -> bool:
    """Say whether a column spans the orders of magnitude in steps, as long tails do."""
    return all(larger < smaller * 100 for smaller, larger in pairwise(sizes))


def _day_cell(text: str, heading: str, n: int, left_out: list[LeftOut]) -> Cell | None:
    if text.lower() in NOTHING:
        return None
    days = days_in(text)
    if days and days[0].year and days[0].month and days[0].day:
        try:
            return Cell(date(days[0].year, days[0].month, days[0].day))
        except ValueError:
            pass
    elif days or re.search(r"\d", text) is None:
        return Cell(text)
    left_out.append(LeftOut(f"row {n}: {heading} is no day of the calendar", text))
    return None


def _kind(rows: tuple[Row, ...]) -> str:
    roles = {role for row in rows for role in row.cells}
    if {"home", "away"} <= roles and ("score" in roles or {"home_score", "away_score"} <= roles):
        return "match"
    if "title" in roles and roles & {"gross", "total"}:
        return "box office"
    if "title" in roles and "rank" in roles:
        return "chart"
    return "calendar" if {"title", "date"} <= roles else "table"


def _first(left_out: list[LeftOut]) -> str:
    return f": {left_out[0].reason}" if left_out else ""
