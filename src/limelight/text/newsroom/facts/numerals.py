"""Numbers in words, English and Chinese."""

from __future__ import annotations

import re
from fractions import Fraction

ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "first": 1,
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
SCALES = {"hundred": 100, "dozen": 12, "thousand": 1000, "million": 10**6, "billion": 10**9}
_CARDINAL = "|".join(sorted({*ONES, *TENS}, key=len, reverse=True))
EN_NUMERAL = (
    rf"\b(?:half a (?:dozen|million|billion|trillion)|(?:a |one )?(?:quarter|third) of"
    rf"|three[- ]quarters|two[- ]thirds|half"
    rf"|(?:{_CARDINAL})(?:[\s-](?:and (?=a half|{_CARDINAL}))?(?:{_CARDINAL}|a half"
    rf"|(?:hundred|thousand)(?= (?:and )?(?:{_CARDINAL}))))*)\b"
)
HAN_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
HAN_SCALES = {"十": 10, "百": 100, "千": 1000}
ZH_NUMERAL = (
    r"[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?半?(?=万|亿|多|余"
    r"|个|人|名|位|部|场|家|天|日|年|岁|次|张|首|集|周|分|小时|公里|米|票|枚|届|种|座|支|条"
    r"|件|项|倍|成|轮|球|局|盘|期|元|美元|英镑|欧元|块)"
)
FRACTIONS = {"quarter": Fraction(1, 4), "third": Fraction(1, 3), "half": Fraction(1, 2)}


def en_value(text: str) -> float | int:
    """Give the value of a numeral in English words, such as "two and a half" or "sixty-five"."""
    said = text.lower().strip()
    if said.startswith("half a "):
        return SCALES.get(said.split()[-1], 10**12) / 2
    if "quarters" in said:
        return 0.75
    if "thirds" in said:
        return 0.6667
    if match := re.search(r"(quarter|third) of$", said):
        return round(float(FRACTIONS[match[1]]), 4)
    if said == "half":
        return 0.5
    total: float = 0
    part: float = 0
    for word in re.split(r"[\s-]+", said):
        if word in ONES:
            part += ONES[word]
        elif word in TENS:
            part += TENS[word]
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in SCALES:
            total, part = total + (part or 1) * SCALES[word], 0
        elif word == "half":
            part += 0.5
    value = total + part
    return int(value) if value == int(value) else value


def zh_value(text: str) -> float | int:
    """Give the value of a Chinese numeral, such as 三百二十 or 两千零五万; 点 begins decimals."""
    whole, _, decimals = text.partition("点")
    half = whole.endswith("半")
    whole = whole.rstrip("半")
    if whole and all(c in HAN_DIGITS for c in whole) and len(whole) > 1:
        value: float = int("".join(str(HAN_DIGITS[c]) for c in whole))
    else:
        value = _zh_whole(whole)
    if decimals:
        value = float(f"{int(value)}." + "".join(str(HAN_DIGITS[c]) for c in decimals))
    return value + 0.5 if half else value


def _zh_whole(text: str) -> int:
    total, section, digit = 0, 0, 0
    for char in text:
        if char in HAN_DIGITS:
            digit = HAN_DIGITS[char]
        elif char in HAN_SCALES:
            section, digit = section + (digit or 1) * HAN_SCALES[char], 0
        else:
            scale = 10**4 if char == "万" else 10**8
            section += digit
            if char == "亿":
                total, section, digit = (total + (section or 1)) * scale, 0, 0
            else:
                total, section, digit = total + (section or 1) * scale, 0, 0
    return total + section + digit
