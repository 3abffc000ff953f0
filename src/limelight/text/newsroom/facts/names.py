"""Names of people, places, organisations and works."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from limelight.extras import require
from limelight.text.language import HAN
from limelight.text.newsroom.facts.dates import MONTHS, WEEKDAYS
from limelight.text.newsroom.vocabulary import word_set

TITLES = word_set(
    """
    mr mrs ms miss dr sir lord lady dame prof professor president chancellor judge justice
    captain king queen prince princess
    """
)
JOINING = r"(?:of|the|de|da|di|van|von|der|den|la|le|du|bin|al)"
CAPITAL = r"(?:[A-Z](?:[\w’'&-]*\w)?\.?|[a-z]{1,2}[A-Z]\w+|[A-Z]\.)"
NAME = re.compile(
    rf"(?<![\w])(?:{CAPITAL})(?:[ -](?:{JOINING} ){{0,2}}(?={CAPITAL})(?:{CAPITAL}))*"
)
PERSONAL = frozenset({"i", "i'm", "i've", "i'll", "i'd"})
POSSESSIVE = re.compile(r"['’]s?$")
FIRST = word_set(
    """
    i a an the this that these those he she it they we you his her its their our my your there
    here who what when where why how which if in on at by for from of to with and but or so yet
    as after before while since because although though however meanwhile also then now more
    most many some several few all any both each every no not one two three four five six seven
    eight nine ten another other others last next both either neither despite during under over
    about around among between against according instead yes such only just even still once
    until unless whether is are was were has have had do does did will would can could may might
    must should let
    """
)
WORK = re.compile(r"《([^《》]+)》|〈([^〈〉]+)〉")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&'’.-]*(?: [A-Z][A-Za-z0-9&'’.-]*)*")
SPEAKER = re.compile(
    r"([\u4e00-\u9fff]{2,4}?)(?=表示|指出|认为|介绍|透露|强调|坦言|告诉|回应|称|说(?!明|法|服|唱))"
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶"
    "程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
TAGS = frozenset({"nr", "ns", "nt", "nz", "nrt", "nrfg"})


@dataclass(frozen=True)
class Name:
    """A name at ``[start:end]`` of a text; ``parts`` are its words, small, without titles."""

    text: str
    parts: tuple[str, ...]
    start: int
    end: int


def names_in(
    text: str,
    language: str,
    taken: Iterable[tuple[int, int]] = (),
    known: Collection[str] = (),
) -> list[Name]:
    """Find names, but for what dates have ``taken``.

    English ones are told by capitals; a capital at a sentence's beginning makes one where the word
    is ``known`` for a name, no English word, or followed by another. Chinese ones are titles in
    brackets, words in Latin letters, and what jieba's dictionary and model take for names.
    """
    blocked = list(taken)
    found = _chinese(text) if language == "zh" or HAN.search(text) else _english(text, known)
    return [name for name in (_undated(one, blocked) for one in found) if name is not None]


def _undated(name: Name, blocked: list[tuple[int, int]]) -> Name | None:
    """Cut a date out of a name ("February's Italy"); None where it is nothing else."""
    if not any(name.start < end and name.end > start for start, end in blocked):
        return name
    parts = tuple(part for part in name.parts if part not in MONTHS and part not in WEEKDAYS)
    inside = any(start <= name.start and name.end <= end for start, end in blocked)
    if inside or not parts or len(parts) == len(name.parts):
        return None
    said = " ".join(w for w in name.text.split() if POSSESSIVE.sub("", w).lower() in parts)
    return Name(said, parts, name.start, name.end)


def _english(text: str, known: Collection[str]) -> list[Name]:
    names = []
    for match in NAME.finditer(text):
        start, said = match.start(), match.group()
        while True:
            first, _, rest = said.partition(" ")
            if not _opens(text, start) or first.lower().rstrip(".") in TITLES:
                break
            word = first.lower()
            if (
                word in FIRST
                or (word not in known and not (rest and rest[0].isupper()) and is_word(word))
                or (rest and word not in known and rest[0].isupper() and is_word(word))
            ):
                start, said = start + len(first) + 1, rest
                said_again = NAME.match(said)
                if said_again is None:
                    said = re.sub(rf"^(?:{JOINING} )+", "", said)
                    start = match.end() - len(said)
                continue
            break
        if not said:
            continue
        parts = tuple(
            part
            for token in re.split(r"[\s-]+", said)
            if (part := POSSESSIVE.sub("", token.lower().rstrip(".")).replace("’", "'"))
            and part not in TITLES
            and not re.fullmatch(JOINING, part)
        )
        if parts and not set(parts) <= PERSONAL:
            said = re.sub(r"(?<=[a-z]{2})\.$", "", POSSESSIVE.sub("", said))
            names.append(Name(said, parts, start, match.end()))
    return names


def _opens(text: str, start: int) -> bool:
    """Say whether a word opens a sentence or what is said in one."""
    before = text[:start].rstrip()
    return not before or before[-1] in "\"“‘'.!?:;(•-–—。：「["


@cache
def is_word(word: str) -> bool:
    """Say whether a lower-case word is in the dictionary of English."""
    if word in FIRST:
        return True
    lemmas: Any = require("lemminflect", "text", "Knowing English words").getAllLemmas(word)
    return bool(lemmas)


def _chinese(text: str) -> list[Name]:
    names: list[Name] = []

    def add(said: str, start: int) -> None:
        end = start + len(said)
        if not any(name.start < end and name.end > start for name in names):
            names.append(Name(said, (said.lower(),), start, end))

    for match in WORK.finditer(text):
        add(match[1] or match[2], match.start() + 1)
    for match in LATIN.finditer(text):
        if len(match.group()) > 1:
            add(match.group(), match.start())
    for match in SPEAKER.finditer(text):
        said = match[1]
        if said[0] in SURNAMES and len(said) <= 3 and not re.match(r"[他她它这那该其]", said):
            add(said, match.start())
    at = 0
    for word, tag in require("rjieba", "text", "Finding Chinese names").tag(text):
        if tag in TAGS and len(word) > 1 and HAN.match(word):
            add(word, at)
        at += len(word)
    return sorted(names, key=lambda name: name.start)
