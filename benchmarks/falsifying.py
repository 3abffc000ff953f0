"""True sentences made false, one thing at a time, and worded otherwise; by rules of their own."""

import calendar
import random
import re

SPELLED = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
MONTHS = list(calendar.month_name)[1:]
DAYS = list(calendar.day_name)
NUMBER = re.compile(r"(?<![\w.,:/-])[£$€]?\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\d:/]|[-.]\d)")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*)(?=[ ,.'])")
QUOTE = re.compile(r'"([^"]{25,})"')


def names_of(text: str) -> list[str]:
    barred = {*MONTHS, *DAYS}
    return [n for n in NAME.findall(text) if not set(n.split()) & barred]


def with_number(text: str, rng: random.Random) -> str | None:
    """Change one figure by at least a tenth, in the form in which it is written."""
    found = [
        m for m in NUMBER.finditer(text) if not YEAR.fullmatch(m.group()) and not in_date(text, m)
    ]
    if found:
        match = rng.choice(found)
        digits = match.group().lstrip("£$€")
        sign = match.group()[: len(match.group()) - len(digits)]
        places = len(digits.partition(".")[2])
        value = float(digits.replace(",", ""))
        others = set(NUMBER.findall(text))
        for factor in rng.sample([0.4, 0.6, 0.8, 1.3, 1.7, 2.2, 3.1], 7):
            changed = value * factor if value > 3 else value + rng.randint(1, 4)
            said = (
                f"{changed:,.{places}f}"
                if "," in digits or changed < 1000
                else f"{changed:.{places}f}"
            )
            if sign + said not in others and said != digits:
                return text[: match.start()] + sign + said + text[match.end() :]
    spelled = list(re.finditer(r"\b(?:" + "|".join(SPELLED) + r")\b", text))
    if not spelled:
        return None
    match = rng.choice(spelled)
    word = rng.choice([w for w in SPELLED if w not in text.lower().split()])
    return text[: match.start()] + word + text[match.end() :]


def in_date(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 11) : match.end() + 11]
    return any(month in around for month in MONTHS)


def with_name(text: str, names: list[str], rng: random.Random) -> str | None:
    outside = QUOTE.sub(lambda m: " " * len(m.group()), text)
    barred = {*MONTHS, *DAYS}
    found = [m for m in NAME.finditer(outside) if not set(m.group().split()) & barred]
    if not found:
        return None
    match = rng.choice(found)
    others = [
        n
        for n in names
        if not set(n.split()) & set(re.findall(r"\w+", text))
        and not set(match.group().split()) & set(n.split())
    ]
    if not others:
        return None
    return text[: match.start()] + rng.choice(others) + text[match.end() :]


def with_date(text: str, rng: random.Random) -> str | None:
    outside = QUOTE.sub(lambda m: " " * len(m.group()), text)
    for pattern, pool in (
        (r"\b(?:" + "|".join(MONTHS) + r")\b", MONTHS),
        (r"\b(?:" + "|".join(DAYS) + r")\b", DAYS),
    ):
        if match := re.search(pattern, outside):
            if match.group() in ("March", "May") and not re.search(
                r"\d|in ", outside[max(0, match.start() - 4) : match.end() + 4]
            ):
                continue
            word = rng.choice([w for w in pool if w not in text])
            return text[: match.start()] + word + text[match.end() :]
    if match := YEAR.search(outside):
        year = int(match.group()) + rng.choice([-7, -3, -2, 2, 3])
        return text[: match.start()] + str(year) + text[match.end() :]
    return None


def with_quotation(text: str, words: list[str], rng: random.Random) -> str | None:
    match = QUOTE.search(text)
    if not match or text.count('"') > 2:
        return None
    inner = list(re.finditer(r"\b[a-z]{4,}\b", match.group(1)))
    if not inner:
        return None
    at = rng.choice(inner)
    start, end = match.start(1) + at.start(), match.start(1) + at.end()
    return text[:start] + rng.choice([w for w in words if w != at.group()]) + text[end:]


def with_denial(text: str, rng: random.Random) -> str | None:
    outside = QUOTE.sub(lambda m: " " * len(m.group()), text)
    if re.search(r"\b(?:not|no|never)\b|n't\b", outside):
        return None
    match = re.search(r"\b(?:is|was|are|were|will|would|has|have|had|could|should)\b", outside)
    return None if match is None else text[: match.end()] + " not" + text[match.end() :]


def otherwise(text: str) -> str:
    """Write a true sentence's figures and contractions in another way."""
    outside = re.sub(r"([£$€]\d+(?:\.\d+)?)m\b", r"\1 million", text)
    outside = re.sub(r"([£$€]\d+(?:\.\d+)?)bn\b", r"\1 billion", outside)
    outside = re.sub(r"(\d)%", r"\1 per cent", outside)
    outside = re.sub(
        r"\b(\d{1,3}),(\d{3})\b(?!,)", lambda m: m[1] + m[2] if int(m[1]) > 2 else m[0], outside
    )
    outside = re.sub(
        r"(?<![\d.,$£€-])\b([2-9]) (?=[a-z]{3})", lambda m: SPELLED[int(m[1]) - 2] + " ", outside
    )
    outside = re.sub(r"(?<![-\d])\b(\d{1,2}) (" + "|".join(MONTHS) + r")\b", r"\2 \1", outside)
    for short, long in (
        ("didn't", "did not"),
        ("isn't", "is not"),
        ("wasn't", "was not"),
        ("won't", "will not"),
    ):
        outside = outside.replace(short, long)
    quoted = QUOTE.findall(text)
    return outside if outside != text and QUOTE.findall(outside) == quoted else ""
