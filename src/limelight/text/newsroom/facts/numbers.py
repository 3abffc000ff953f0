"""Numbers, however they are written: "1.2 million" is "1,200,000" is 120万."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from limelight.text.newsroom.facts.numerals import EN_NUMERAL, ZH_NUMERAL, en_value, zh_value

CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "美元": "USD",
    "美金": "USD", "a$": "AUD", "c$": "CAD", "hk$": "HKD", "nz$": "NZD", "港元": "HKD",
    "港币": "HKD", "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "sterling": "GBP",
    "英镑": "GBP", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR",
    "¥": "CNY", "rmb": "CNY", "cny": "CNY", "yuan": "CNY", "元": "CNY", "人民币": "CNY",
    "块": "CNY", "元人民币": "CNY", "yen": "JPY", "jpy": "JPY", "日元": "JPY",
}  # fmt: skip
MAGNITUDES = {
    "hundred": 100, "dozen": 12, "thousand": 1000, "k": 1000, "million": 10**6, "m": 10**6,
    "mn": 10**6, "billion": 10**9, "bn": 10**9, "trillion": 10**12, "tn": 10**12, "百": 100,
    "千": 1000, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\d)\.\d+"
SIGN = r"(?:US|HK|NZ|A|C)?\$|£|€|¥|(?:USD|GBP|EUR|RMB|CNY|JPY)\s?"
LARGE = (
    r"(?:[\s-]?(?:hundred|dozen|thousand|million|billion|trillion)s?\b|(?:k|mn?|bn|tn)(?![A-Za-z]))"
)
HAN_LARGE = r"\s?(?:万亿|百万|千万|亿|万|千|百)"
EN_MONEY = r"\s?(?:US )?(?:dollars?|pounds?|euros?|yuan|yen|sterling|USD|GBP|EUR|RMB|CNY)\b"
ZH_MONEY = r"\s?(?:元人民币|人民币|美元|美金|港元|港币|英镑|欧元|日元|元|块)"
SHARE = r"\s?(?:%|％|per\s?cent\b|percent\b|percentage points?\b|个百分点)"
ORDINAL = r"(?:st|nd|rd|th)\b"
NUMBER = re.compile(
    rf"(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\.\d+)?)"
    rf"|(?P<score>(?<![\d.,$£€])\d{{1,3}}(?:\s?[-–:：比]\s?\d{{1,3}})+(?![\d.,%]*\d|%"
    rf"|\s?per\s?cent))"
    rf"|(?P<decade>\b(?:1[5-9]|20)?\d0s\b)"
    rf"|百分之(?P<share>{DIGITS}|[零〇一二两三四五六七八九十百点]+)"
    rf"|(?P<sign>{SIGN})?(?:(?P<digits>{DIGITS})|(?P<numeral>{EN_NUMERAL}|{ZH_NUMERAL}))"
    rf"(?P<ordinal>{ORDINAL})?(?P<large>{LARGE}|{HAN_LARGE})?(?:多|余)?"
    rf"(?P<unit>{SHARE}|{EN_MONEY}|{ZH_MONEY})?",
    re.IGNORECASE,
)
MEASURE = re.compile(
    r"\s?(人次|人|名|位|部|场|家|天|日|年|岁|次|张|首|集|周|个月|个|分钟|小时|秒|公里|米|票"
    r"|枚|块|届|种|座|支|条|件|项|倍|成|"
    r"分|轮|球|局|盘|套|期|期间|万)"
)
NOUN = re.compile(r"[\s-]([A-Za-z]+)")
HEDGED = re.compile(
    r"(?:(?P<over>more than|over|at least|above|upwards of|超过|超|逾|至少)"
    r"|(?P<under>nearly|almost|up to|under|below|less than|fewer than|不到|将近|近)"
    r"|(?P<about>about|around|roughly|some|approximately|大约|约))\s*$",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\s?[-–:：比]\s?")
PRECISION = 6
"""What is told as "about" is off by a sixth of it at most: 17 is about 20, and 16 is not."""
IDIOMS = re.compile(r"^(?:一|one|first|second|third|half|半|万|千|百|亿|十)$", re.IGNORECASE)


@dataclass(frozen=True)
class Number:
    """A number at ``[start:end]`` of a text.

    ``values`` are its readings: "800m" is metres or millions. ``kind`` is "count", "percent",
    "money", "ordinal", "score", "clock" or "decade"; of the last three, ``label`` is what counts.
    ``unit`` is a currency, a measure word, or the word that follows. ``hedge`` says whether it is
    told as "over" or "under" the exact one, or only "about"; "" where it is not.
    """

    values: tuple[Decimal, ...]
    kind: str
    unit: str
    start: int
    end: int
    text: str
    label: str = ""
    hedge: str = ""

    def agrees(self, other: Number) -> bool:
        """Say whether the other is the same number of the same kind, or rounds to it if hedged."""
        if self.label or other.label:
            return self.label == other.label
        kinds = {self.kind, other.kind}
        if len(kinds) > 1 and not kinds <= {"count", "ordinal"} and kinds != {"count", "money"}:
            return False
        if self.kind == other.kind == "money" and self.unit != other.unit:
            return False
        if set(self.values) & set(other.values):
            return True
        if self.rounded and any(
            _rounds(one, two, 2) for one in other.values for two in self.values
        ):
            return True
        return bool(self.hedge) and any(
            abs(one - two) <= leeway(two)
            if self.hedge == "about"
            else _rounds(one, two, 1) and (one >= two if self.hedge == "over" else one <= two)
            for one in other.values
            for two in self.values
        )

    def may_be(self, other: Number) -> bool:
        """Say whether one number may be told as both: "more than 16" and "about 20" may be of 18.

        What is told from the same side must be as near as what is told as "about": "nearly 24" is
        not "nearly 30".
        """
        if self.hedge and self.hedge == other.hedge:
            one, two = replace(self, hedge="about"), replace(other, hedge="about")
            return one.agrees(two) or two.agrees(one)
        if self.agrees(other) or other.agrees(self):
            return True
        if not (self.hedge and other.hedge and same_kind(self, other)):
            return False
        mine, others = self._reach(), other._reach()
        return any(low < most and least < high for low, high in mine for least, most in others)

    def _reach(self) -> list[tuple[Decimal, Decimal]]:
        """Give the least and the most that a hedged number may be of, for each of its readings."""
        ends = []
        for value in self.values:
            slack = leeway(value) if self.hedge == "about" else Decimal(0)
            least = Decimal("-Infinity") if self.hedge == "under" else value - slack
            most = Decimal("Infinity") if self.hedge == "over" else value + slack
            ends.append((least, most))
        return ends

    @property
    def rounded(self) -> bool:
        """Whether it is rounded by convention: told in millions, with two digits at least."""
        large = re.search(r"million|billion|trillion|bn|[万亿]", self.text)
        return bool(large) and all(
            len(value.normalize().as_tuple().digits) > 1 for value in self.values
        )


def numbers_in(text: str, language: str, taken: Iterable[tuple[int, int]] = ()) -> list[Number]:
    """Find the numbers in a text, but for what dates have ``taken``."""
    blocked = list(taken)
    found = []
    for match in NUMBER.finditer(text):
        if any(match.start() < end and match.end() > start for start, end in blocked):
            continue
        number = _number(text, match)
        if number is not None:
            found.append(number)
    return found


def _number(text: str, match: re.Match[str]) -> Number | None:
    start, end = match.span()
    if start and re.match(r"[A-Za-z_]", text[start - 1]) and not match["sign"]:
        return None  # the digits of a name, such as G7
    hedged = HEDGED.search(text[max(0, start - 16) : start])
    hedge = str(hedged.lastgroup) if hedged else ""
    labelled = match["clock"] or match["score"] or match["decade"]
    if labelled:
        kind = "clock" if match["clock"] else "score" if match["score"] else "decade"
        label = {"clock": labelled, "score": BETWEEN.sub("-", labelled), "decade": labelled[-3:]}[
            kind
        ]
        return Number((), kind, "", start, end, match.group(), label, hedge)
    found = _valued(text, match)
    if found is None:
        return None
    values, kind, unit = found
    if unit == "成" and values[0] <= 10:
        values, kind, unit, end = (values[0] * 10,), "percent", "%", end + 1
    return Number(values, kind, unit, start, end, text[start:end], "", hedge)


def _valued(text: str, match: re.Match[str]) -> tuple[tuple[Decimal, ...], str, str] | None:
    """Give the readings, the kind and the unit of what is no score, time or decade."""
    if match["share"]:
        return (_decimal(match["share"]),), "percent", "%"
    start, end = match.span()
    unit = (match["unit"] or "").strip().lower().removeprefix("us ")
    large = (match["large"] or "").strip(" -").lower()
    if match["numeral"] and IDIOMS.match(match["numeral"]) and not (large or unit):
        return None
    base = _decimal(match["digits"] or match["numeral"])
    value = base * MAGNITUDES.get(large, MAGNITUDES.get(large.rstrip("s"), 1))
    money = CURRENCIES.get((match["sign"] or unit).strip().lower())
    if money or unit:
        return (value,), "money" if money else "percent", money or "%"
    values = (value, base) if large in ("m", "k") else (value,)
    after = MEASURE.match(text, end) or NOUN.match(text, end)
    ordinal = match["ordinal"] or text[start - 1 : start] == "第" or _is_ordinal(match["numeral"])
    return values, "ordinal" if ordinal else "count", after[1].lower() if after else ""


def _is_ordinal(numeral: str | None) -> bool:
    return bool(numeral and re.search(r"(?:th|first|second|third)$", numeral, re.IGNORECASE))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        value = zh_value(text) if re.search(r"[\u3400-\u9fff]", text) else en_value(text)
        return Decimal(str(value))


def _rounds(exact: Decimal, rounded: Decimal, parts: int) -> bool:
    """Say whether ``rounded`` has fewer digits than ``exact`` and is a step from it, or half."""
    if not exact or not rounded:
        return exact == rounded
    digits = len(rounded.normalize().as_tuple().digits)
    if digits >= len(exact.normalize().as_tuple().digits):
        return False
    return abs(exact - rounded) * parts <= _step(rounded)


def _step(rounded: Decimal) -> Decimal:
    """Give what the last digit counts that is not 0: tens of 20, hundreds of 1,200."""
    return Decimal(1).scaleb(int(rounded.normalize().as_tuple().exponent))


def leeway(rounded: Decimal) -> Decimal:
    """Say how far a rounded figure may be from the exact one: half a step, and not too much of it.

    What is "too much": see `PRECISION`. Half a step alone is a quarter of 20, and half of 10.
    """
    return min(_step(rounded) / 2, abs(rounded) / PRECISION)


def same_kind(one: Number, two: Number) -> bool:
    """Say whether two numbers count the same thing: kind and unit."""
    return one.kind == two.kind and _singular(one.unit) == _singular(two.unit)


def _singular(unit: str) -> str:
    return unit[:-1] if unit.isascii() and unit.endswith("s") and len(unit) > 3 else unit


def agreeing(number: Number, others: Sequence[Number]) -> list[Number]:
    """Give those of ``others`` that agree with ``number``."""
    return [other for other in others if number.agrees(other)]
