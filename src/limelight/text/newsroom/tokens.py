"""Sentences as tokens that can be compared: facts as one token each, words by their stems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from limelight.extras import require
from limelight.text.language import HAN
from limelight.text.newsroom.facts import Facts
from limelight.text.newsroom.facts.dates import MONTHS, WEEKDAYS
from limelight.text.newsroom.facts.numbers import CURRENCIES, MAGNITUDES
from limelight.text.newsroom.facts.numerals import ONES, TENS
from limelight.text.newsroom.vocabulary import word_set
from limelight.text.words import words

TOKEN = re.compile(rf"{HAN.pattern}|[^\W_](?:[\w.,&-]*\w)?(?:['’]\w+)?")
STOPS = word_set(
    """
    a an the this that these those he she it they we you i his her its their our my your him
    them us me who which what when where how in on at by for from of to with and but or so yet
    as after before while since because although though however meanwhile also then now is are
    was were be been being has have had having do does did will would can could may might must
    should said say says told tells added adds not no n't than about over under into out up down
    off more most some any all both each such only just own same too very there here if
    according one mr mrs ms dr s t re ve ll d m
    """
)
ZH_STOPS = word_set(
    """
    的 了 在 是 和 与 及 或 也 都 就 而 并 将 被 把 从 对 向 为 以 于 由 到 等 其 该 此 这 那 他
    她 它 我 们 他们 她们 我们 你 您 有 无 不 没有 还 又 再 更 很 最 上 下 中 里 后 前 时 说 称
    表示 指出 介绍 透露 据 一 个 之 者 所 着 过 则 但 却 如果 因为 所以 以及 已 已经 目前 其中
    一个 这个 这一 此次 本次 这次 报道 来源
    """
)
NEGATORS = word_set(
    """
    not never no none neither nor without cannot n't hardly denied deny denies fails failed
    refused 不 没 未 无 否 非 别 勿
    """
)
COUNTING = frozenset([*MONTHS, *WEEKDAYS, *CURRENCIES, *MAGNITUDES, *ONES, *TENS]) | word_set("""
    hundreds thousands millions billions percent per cent points 年 月 日 个 百分之
""")
NUMERIC = re.compile(
    r"\d|[零〇一二两三四五六七八九十百千万亿半]+$|今天|昨天|明天|今年|去年|明年|周[一二三四五六日]"
)


@dataclass(frozen=True)
class Token:
    """A word, a Chinese character or a whole fact at ``[start:end]`` of its sentence."""

    key: str
    start: int
    end: int


def tokens_of(text: str, facts: Facts) -> list[Token]:
    """Cut a sentence, numbers and dates being one token each with what they mean for their key."""
    whole = sorted(
        [
            (n.start, n.end, "#" + (n.label or f"{n.kind}:{n.values[0].normalize():f}"))
            for n in facts.numbers
        ]
        + [
            (d.start, d.end, f"@{d.year}-{d.month}-{d.day}-{d.weekday}{d.label}")
            for d in facts.days
        ]
    )
    found, at = [], 0
    for start, end, key in [*whole, (len(text), len(text), "")]:
        found += [
            Token(stem(m.group().lower().replace("’", "'")), at + m.start(), at + m.end())
            for m in TOKEN.finditer(text[at:start])
        ]
        if key:
            found.append(Token(key, start, end))
        at = max(at, end)
    return found


def content_of(text: str, language: str) -> frozenset[str]:
    """Give the stems of words that say something, numbers and dates left out."""
    stops = ZH_STOPS if language == "zh" else STOPS
    return frozenset(
        stem(word)
        for word in words(text)
        if word not in stops
        and word.removesuffix("'s") not in STOPS
        and word not in COUNTING
        and not NUMERIC.match(word)
    )


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Give an English word's stem (Porter 2001); others stay."""
    word = word.removesuffix("'s").removesuffix("'")
    return str(_stemmer().stemWord(word)) if word.isascii() and word.isalpha() else word


def negations(text: str) -> int:
    """Count what turns a sentence into its contrary."""
    english = re.findall(r"[a-z]+|n['’]t", re.sub(r"n['’]t\b", " n't", text.lower()))
    return sum(word.replace("’", "'") in NEGATORS for word in english) + sum(
        c in NEGATORS for c in text
    )


@cache
def _stemmer() -> Any:
    return require("snowballstemmer", "text", "Finding stems").stemmer("english")
