"""Small changes of wording that leave the meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from limelight.text.newsroom.checking.copying import common_run, places_of
from limelight.text.newsroom.facts.names import is_word
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.newsroom.vocabulary import word_set
from limelight.text.newsroom.writing.english_grammar import article, finite, inflected, lemma_of
from limelight.text.newsroom.writing.english_turns import turns
from limelight.text.newsroom.writing.english_words import REPLACEMENTS
from limelight.text.words import words

MOST_EDITS = 5
CONTRACTIONS = {
    "isn't": "is not", "aren't": "are not", "wasn't": "was not", "weren't": "were not",
    "won't": "will not", "don't": "do not", "doesn't": "does not", "didn't": "did not",
    "can't": "cannot", "couldn't": "could not", "wouldn't": "would not", "hasn't": "has not",
    "haven't": "have not", "hadn't": "had not", "shouldn't": "should not", "it's": "it is",
    "there's": "there is", "they're": "they are", "we're": "we are", "I'm": "I am",
}  # fmt: skip
SHORT_MONEY = re.compile(r"([£$€]\d[\d,.]*)(m|bn|tn)\b")
LONG = {"m": "million", "bn": "billion", "tn": "trillion"}
SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
NUMBERED = re.compile(r"(?:(?<=\w) [A-Z][\w'’-]*|^[A-Z][\w’'-]*-[\w’'-]+|[Nn]umber|[Nn]o\.?) $")
RELATIVE = re.compile(r"(?<=[a-z]) (?:which|that|who) ([a-z]+) ")
OWNED = re.compile(
    r"\b(?P<the>[Tt]he )?(?P<owner>[A-Za-z][\w-]+)['’]s (?P<own>[a-z-]+)(?= (?:is|are|was"
    r"|were|has|had|will|would|in|on|at|to|for|that|which|and)\b|$|[.,])"
)
UNOWNING = word_set("""
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow year week
    month season night men women children people it he she one everyone
""")
THAT = re.compile(
    r"\b(?:said|says|say|told \w+|adds?|added|argued|believes?|insisted|explained|warned"
    r"|announced|confirmed|showed?) that (?=(?:the|a|an|it|he|she|they|there|this|its|his"
    r"|her|their|[A-Z]))"
)
ALSO = re.compile(r"(?<=[a-z] )also (?=[a-z])(?!known|called|be\b)")
ROLE = re.compile(
    r"^(?P<role>[A-Z][\w'’-]*(?: (?:and |of )?[\w-]+){0,4}) (?P<name>[A-Z][a-z][\w'’-]*(?: "
    r"[A-Z][\w'’.-]*)+) (?=[a-z])"
)
MADE = re.compile(
    r"(?<=[a-z]) (?:that|which) (?P<who>(?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’-]+)?) (?P<verb>[a-z]+)"
    r"(?= (?!to\b))"
)
WHERE = re.compile(
    r"\b(?P<a>an?|the) (?P<noun>auction|ceremony|hotel|court|hospital|conference|festival"
    r"|museum|theatre"
    r"|studio|school|university|church|club|meeting|summit|concert|show|gallery|restaurant"
    r"|cinema|stadium"
    r"|airport|office|market|premiere|exhibition|prison|factory) in "
    r"(?P<city>[A-Z][a-z]+)\b(?! [A-Z]|,)"
)
CALLING = re.compile(
    r"(?:actor|actress|singer|sprinter|director|producer|screenwriter|author|writer|striker|midfielder"
    r"|defender|goalkeeper|captain|coach|manager|chancellor|minister|analyst|economist|spokesman"
    r"|spokeswoman|chairman|chairwoman|president|chief|editor|presenter|comedian|musician|rapper"
    r"|guitarist|athlete|swimmer|golfer|runner|boxer|champion|lawyer|professor|researcher|scientist"
    r"|senator|auctioneer|founder|owner|executive|leader|secretary|journalist|novelist|playwright"
    r"|composer|photographer|artist|designer|architect|critic|head|boss)$",
    re.IGNORECASE,
)
OFFICE = re.compile(
    r"(?:director|chief|president|chairman|chairwoman|head|minister|secretary|leader"
    r"|captain|coach|boss|manager|spokesman|spokeswoman|executive|editor)$"
)


@dataclass(frozen=True)
class Edit:
    """``new`` in place of ``text[start:end]``."""

    start: int
    end: int
    new: str


def reworded(text: str, source: str, allowed: int) -> str:
    """Change the wording where more words in a row than ``allowed`` are from a source.

    As little as possible is changed, nearest to the middle of such a run. What can't be changed
    stays, so the result may still have too long a run.
    """
    other = words(source)
    for _ in range(MOST_EDITS):
        run = _run(text, other, allowed)
        if run is None:
            return text
        start, end = run
        middle = (start + end) / 2
        inside = [
            e
            for e in edits(text)
            if e.start >= start and e.end <= end and start < (e.start + e.end) / 2 < end
        ]
        if not inside:
            return text
        best = min(inside, key=lambda e: abs((e.start + e.end) / 2 - middle))
        text = text[: best.start] + best.new + text[best.end :]
    return text


def _run(text: str, other: list[str], allowed: int) -> tuple[int, int] | None:
    """Give the characters of the longest run that is too long, outside quotations."""
    quoted = [m.span() for m in MARKS.finditer(text)]
    pieces, at = [], 0
    for start, end in [*quoted, (len(text), len(text))]:
        pieces.append((at, text[at:start]))
        at = end
    best: tuple[int, int] | None = None
    longest = allowed
    for offset, piece in pieces:
        start, end = common_run(words(piece), other)
        if end - start > longest:
            places = places_of(piece)
            longest, best = end - start, (offset + places[start][0], offset + places[end - 1][1])
    return best


def edits(text: str) -> Iterator[Edit]:
    """Give every change of wording that a sentence allows, outside quotations."""
    quoted = [m.span() for m in MARKS.finditer(text)]
    for edit in _all(text):
        if not any(edit.start < end and edit.end > start for start, end in quoted):
            yield edit


def _all(text: str) -> Iterator[Edit]:
    for pattern, other in REPLACEMENTS:
        yield from (Edit(*match.span(), other) for match in pattern.finditer(text))
    yield from _styled(text)
    yield from _relatives(text)
    yield from _by_whom(text)
    yield from _owned(text)
    yield from (Edit(*turn) for turn in turns(text))
    yield from (Edit(match.end() - 5, match.end(), "") for match in THAT.finditer(text))
    yield from (Edit(*match.span(), "") for match in ALSO.finditer(text))
    for match in WHERE.finditer(text):
        the = "the" if match["a"].lower() == "the" else article(match["city"])
        yield Edit(*match.span(), f"{the} {match['city']} {match['noun']}")
    if (role := ROLE.match(text)) and "-" not in role["name"]:
        yield from _apposed(text, role)


def _styled(text: str) -> Iterator[Edit]:
    """Write numbers and contractions as another house would."""
    for match in re.finditer(r"\b\w+['’]\w+\b", text):
        if long := CONTRACTIONS.get(match.group().replace("’", "'")):
            yield Edit(*match.span(), long)
    for match in SHORT_MONEY.finditer(text):
        yield Edit(*match.span(), f"{match[1]} {LONG[match[2]]}")
    for match in re.finditer(r"(?<=\d)(?:%| per ?cent\b)", text):
        yield Edit(*match.span(), " per cent" if match.group() == "%" else "%")
    for match in re.finditer(r"\bmore than (?=[\d£$€])|\bover (?=[\d£$€])", text):
        yield Edit(*match.span(), "over " if match.group().startswith("more") else "more than ")
    for match in re.finditer(r"(?<![\d.,£$€:-])\b([2-9]) (?=[a-z]{3,})", text):
        if not NUMBERED.search(text[: match.start()]):
            yield Edit(match.start(), match.end(), SMALL[int(match[1])] + " ")


def _owned(text: str) -> Iterator[Edit]:
    """Make "the city's roads" the roads of the city."""
    for match in OWNED.finditer(text):
        if match["owner"].lower() in UNOWNING:
            continue
        named = match["the"] or (match["owner"][0].isupper() and match.start())
        if named and is_word(match["own"]) and not finite(match["own"]):
            owner = ("the " if match["the"] else "") + match["owner"]
            the = "The " if match.start() == 0 else "the "
            yield Edit(*match.span(), f"{the}{match['own']} of {owner}")


def _relatives(text: str) -> Iterator[Edit]:
    """Make "a virus which hides" a virus hiding, and "cases that were found" cases found."""
    for match in RELATIVE.finditer(text):
        before = re.search(r"([a-z]+)$", text[: match.start()])
        verb = match[1]
        if (
            before is None
            or finite(before[1])
            or not is_word(before[1])
            or before[1] in ("so", "than", "all", "those", "it")
        ):
            continue
        if verb in ("is", "are", "was", "were") and (
            after := re.match(
                r"(\w+ed|held|made|sold|seen|given|taken|known|built|found|written) ",
                text[match.end() :],
            )
        ):
            yield Edit(match.start(), match.end() + after.end(), f" {after[1]} ")
        elif finite(verb) and lemma_of(verb) not in (
            "be",
            "have",
            "do",
            "can",
            "will",
            "may",
            "must",
            "shall",
        ):
            present = inflected(lemma_of(verb), "VBZ") == verb
            if present:
                yield Edit(match.start(), match.end(), f" {inflected(lemma_of(verb), 'VBG')} ")


def _by_whom(text: str) -> Iterator[Edit]:
    """Make "a poem that Hendrix wrote" a poem written by Hendrix."""
    for match in MADE.finditer(text):
        verb, lemma = match["verb"], lemma_of(match["verb"])
        past = finite(verb) and inflected(lemma, "VBD") == verb
        if past and lemma not in ("be", "have", "do", "say"):
            yield Edit(*match.span(), f" {inflected(lemma, 'VBN')} by {match['who']}")


def _apposed(text: str, match: re.Match[str]) -> Iterator[Edit]:
    """Make "Sprinter Michelle Collins has" Michelle Collins, a sprinter, has."""
    role, name = match["role"], match["name"]
    first = role.split()[0]
    rest = text[match.end() :].split()
    if (
        not rest
        or not finite(rest[0])
        or not is_word(first.lower())
        or first in ("The", "A", "An", "This", "In", "On", "At", "After")
    ):
        return
    inner = role.split()[1:]
    if not CALLING.search(role):
        return
    if any(word[0].isupper() for word in inner if word[0].isalpha()) or finite(role.split()[-1]):
        return
    small = role[0].lower() + role[1:]
    said = small if OFFICE.search(small) else f"{article(small)} {small}"
    yield Edit(0, match.end() - 1, f"{name}, {said},")
