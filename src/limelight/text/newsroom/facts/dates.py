"""Days, months and years in their many forms, and those that are told from another day."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ), 1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    )
}
HAN_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6}
_M = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?"
)
_D = r"[0-3]?\d(?:st|nd|rd|th)?"
_Y = r"(?:1[0-9]|20)\d\d"
_W = "|".join(name.capitalize() for name in WEEKDAYS)
DATE = re.compile(
    rf"(?P<iso>\b{_Y}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b)"
    rf"|(?P<slash>\b\d{{1,2}}[/.]\d{{1,2}}[/.]{_Y}\b)"
    rf"|\b(?P<d1>{_D})(?: of)? (?P<m1>{_M})(?:,? (?P<y1>{_Y}))?\b"
    rf"|\b(?P<m2>{_M}) (?P<d2>{_D})(?![\d,]*\d)(?:,? (?P<y2>{_Y}))?\b"
    rf"|\b(?P<m3>{_M}),? (?P<y3>{_Y})\b"
    rf"|\b(?P<m4>January|February|April|June|July|August|September|October|November"
    rf"|December|(?<=[Ii]n )(?:March|May))\b"
    rf"|(?P<zy>{_Y})\s?年(?:\s?(?P<zm>1?\d)\s?月(?:\s?(?P<zd>[0-3]?\d)\s?[日号])?)?"
    rf"|(?<!\d)(?P<zm2>1?\d)\s?月(?!亮)(?:\s?(?P<zd2>[0-3]?\d)\s?[日号])?"
    rf"|(?<![\d月.])(?P<zd3>[0-3]?\d)\s?日(?![元本均])"
    rf"|(?P<wd>\b(?:{_W})\b)|(?P<zw>(?:上|下|本)?(?:周|星期)[一二三四五六日天])"
    rf"|(?P<rel>\b(?:today|yesterday|tomorrow|tonight|(?:last|next|this) (?:week|month|year"
    rf"|season|summer|autumn|winter|spring|night)|\w+ (?:days?|weeks?|months?|years?) "
    rf"(?:ago|earlier|later))\b"
    rf"|今天|今日|昨天|昨日|明天|明日|前天|后天|今年|去年|明年|前年|上周|本周|下周|上个?月"
    rf"|本月|下个?月)"
    rf"|(?<![\d$£€,.])\b(?P<y4>(?:1[5-9]|20)\d\d)\b(?![%,.]\d|\s?(?:per cent|percent|%"
    rf"|people|pounds|dollars|m\b|元|人|名|万|亿|家|场))",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A date at ``[start:end]`` of a text, as far as it is told: what is not told is None.

    ``label`` is a relative date's own words, which agree with themselves also where the day they
    are counted from is unknown.
    """

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None
    start: int
    end: int
    text: str
    label: str = ""

    def agrees(self, other: Day) -> bool:
        """Say whether the other day says all that this one says, and nothing else."""
        if self.label and self.label == other.label:
            return True
        mine, others = self._told(), other._known()
        return bool(mine) and all(others.get(part) == value for part, value in mine.items())

    def may_be(self, other: Day) -> bool:
        """Say whether both may be of one day: nothing that both tell differs."""
        if self.label and other.label and not (self._told() and other._told()):
            return self.label == other.label
        mine, others = self._known(), other._known()
        return all(mine[part] == others[part] for part in mine.keys() & others.keys())

    def _told(self) -> dict[str, int]:
        parts = {"year": self.year, "month": self.month, "day": self.day, "weekday": self.weekday}
        return {name: value for name, value in parts.items() if value is not None}

    def _known(self) -> dict[str, int]:
        """Give what is told, and the weekday of a whole date that is in the calendar."""
        told = self._told()
        if self.year and self.month and self.day and self.weekday is None:
            with suppress(ValueError):
                told["weekday"] = date(self.year, self.month, self.day).weekday()
        return told


def days_in(text: str, today: date | None = None) -> list[Day]:
    """Find the dates in a text; relative ones are counted from ``today`` where it is known."""
    return [day for match in DATE.finditer(text) if (day := _day(match, today)) is not None]


def _day(match: re.Match[str], today: date | None) -> Day | None:
    group = match.groupdict()
    if group["rel"] or group["wd"] or group["zw"]:
        return _told_from(match, today)
    if group["m4"] and group["m4"][0].islower():
        return None
    if group["slash"]:
        one, two, year = re.split(r"[/.]", group["slash"])
        return _made(match, year, two, one) or _made(match, year, one, two)
    return _near(_made(match, *_parts(group, today)), today)


def _parts(group: dict[str, str], today: date | None) -> tuple[object, object, object]:
    """Give year, month and day as they are written, each None where it is not."""
    if group["iso"]:
        year, month, day = re.split(r"[-/.]", group["iso"])
        return year, month, day
    if group["zd3"]:
        return today and today.year, today and today.month, group["zd3"]
    named = group["m1"] or group["m2"] or group["m3"] or group["m4"]
    years = (group[name] for name in ("y1", "y2", "y3", "y4", "zy"))
    days = (group[name] for name in ("d1", "d2", "zd", "zd2"))
    day_text = next(filter(None, days), None)
    return (
        next(filter(None, years), None),
        _month(named) if named else group["zm"] or group["zm2"],
        _digits(day_text) if day_text else None,
    )


def _made(match: re.Match[str], year: object, month: object, day: object) -> Day | None:
    y, m, d = (int(str(v)) if v else None for v in (year, month, day))
    if (m and not 1 <= m <= 12) or (d and not 1 <= d <= 31):
        return None
    return Day(y, m, d, None, match.start(), match.end(), match.group())


def _near(day: Day | None, today: date | None) -> Day | None:
    """Give a date without a year that of the day it was written, or the next around New Year."""
    if day is None or day.year or today is None or day.day is None or day.month is None:
        return day
    options = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            options.append(date(year, day.month, day.day))
        except ValueError:
            continue
    if not options:
        return day
    nearest = min(options, key=lambda option: abs((option - today).days))
    return Day(
        nearest.year,
        day.month,
        day.day,
        None,
        day.start,
        day.end,
        day.text,
        f"{day.month}-{day.day}",
    )


def _told_from(match: re.Match[str], today: date | None) -> Day:
    said = match.group().lower()
    span = (match.start(), match.end(), match.group())
    weekday = WEEKDAYS.get(said)
    if match["zw"]:
        weekday = HAN_WEEKDAYS[said[-1]]
    if weekday is not None:
        return Day(None, None, None, weekday, *span)
    label = re.sub("天$", "日", said).replace("个", "")
    if today is None:
        return Day(None, None, None, None, *span, label)
    offsets = {
        "today": 0, "tonight": 0, "今日": 0, "yesterday": -1, "last night": -1, "昨日": -1,
        "tomorrow": 1, "明日": 1, "前日": -2, "后日": 2,
    }  # fmt: skip
    if label in offsets:
        on = today + timedelta(offsets[label])
        return Day(on.year, on.month, on.day, None, *span, label)
    years = {
        "this year": 0,
        "今年": 0,
        "last year": -1,
        "去年": -1,
        "next year": 1,
        "明年": 1,
        "前年": -2,
    }
    if label in years:
        return Day(today.year + years[label], None, None, None, *span, label)
    months = {"this month": 0, "本月": 0, "last month": -1, "上月": -1, "next month": 1, "下月": 1}
    if label in months:
        at = today.year * 12 + today.month - 1 + months[label]
        return Day(at // 12, at % 12 + 1, None, None, *span, label)
    return Day(None, None, None, None, *span, label)


def _month(text: str) -> int:
    return MONTHS[text.lower().rstrip(".")]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
