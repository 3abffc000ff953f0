"""The sources of a draft: documents in sentences with their places, each report once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from limelight.text.newsroom.facts.numerals import ONES, TENS
from limelight.text.newsroom.instructions import is_instruction
from limelight.text.reading import Document, LeftOut
from limelight.text.sentences import sentences
from limelight.text.words import words

SHINGLE = 5
"""Words in a row of which two reports of the same wording have most in common (Broder 1997)."""
ALIKE = 0.7
"""Share of the shorter report's shingles that the longer one has too, from which it is a repeat."""
TOKEN = re.compile(r"\w+(?:[.,]\d+)*")
COUNTED = frozenset([*ONES, *TENS])
DOUBLE = re.compile(r"[\"“”]|['‘’]{2}")
"""Marks that open and close quotations, in whichever form."""
MOST = 5_000
"""Sentences of a source that are drawn on; what comes after is told of as left out."""
LONGEST = 1_200
"""Characters above which no sentence is one: a line without a stop, or a list."""


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: the source's number, its paragraph and the sentence, all from 1.

    A title is paragraph 0. Of a table, ``paragraph`` is the row, and ``sentence`` is 0.
    """

    source: int
    paragraph: int
    sentence: int

    def __str__(self) -> str:
        """Say it as footnotes do."""
        if self.paragraph == 0:
            return "title"
        return f"¶{self.paragraph}.{self.sentence}" if self.sentence else f"row {self.paragraph}"


@dataclass(frozen=True)
class Line:
    """A sentence of a source."""

    place: Place
    text: str


@dataclass(frozen=True)
class Source:
    """A document with its number and its sentences.

    ``repeats`` names the documents that say the same in the same words, ``left_out`` what was
    hidden in it, speaks to a machine, or is no sentence.
    """

    number: int
    document: Document
    lines: tuple[Line, ...]
    repeats: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def text(self) -> str:
        """What of it is drawn on, without its title."""
        return " ".join(line.text for line in self.lines if line.place.paragraph)

    @property
    def label(self) -> str:
        """What footnotes call it."""
        return self.document.publisher or self.document.title or self.document.name


def gather(documents: Sequence[Document]) -> list[Source]:
    """Number the documents, those that repeat others counting with the longest of their kind."""
    groups: list[list[Document]] = []
    shingles: list[frozenset[bytes]] = []
    facts: list[frozenset[str]] = []
    for document in sorted(documents, key=lambda d: -len(d.text)):
        own = _shingles(document.text)
        mine = _facts(document.text)
        alike = next(
            (i for i, it in enumerate(shingles) if _repeats(own, it) and mine <= facts[i]), None
        )
        if alike is None:
            groups.append([document])
            shingles.append(own)
            facts.append(mine)
        else:
            groups[alike].append(document)
    order = {id(document): at for at, document in enumerate(documents)}
    groups.sort(key=lambda group: min(order[id(document)] for document in group))
    return [_source(number, group) for number, group in enumerate(groups, 1)]


def _source(number: int, group: list[Document]) -> Source:
    document, *repeats = group
    lines: list[Line] = []
    left_out, beyond = list(document.left_out), 0
    if document.title:
        lines.append(Line(Place(number, 0, 0), document.title))
    for at, paragraph in enumerate(document.paragraphs, 1):
        for n, text in enumerate(_sentences(paragraph, document.language), 1):
            if is_instruction(text):
                left_out.append(LeftOut("speaks to a machine, not to readers", text))
            elif len(text) > LONGEST:
                left_out.append(LeftOut(f"{len(text):,} characters without a sentence's end", text))
            elif len(lines) < MOST:
                lines.append(Line(Place(number, at, n), text))
            else:
                beyond += 1
    if lines and lines[0].place.paragraph == 0 and is_instruction(lines[0].text):
        left_out.append(LeftOut("speaks to a machine, not to readers", lines.pop(0).text))
    if beyond:
        reason = f"{beyond:,} sentences beyond the first {MOST:,}, which were not drawn on"
        left_out.append(LeftOut(reason, document.name))
    names = tuple(repeat.name for repeat in repeats)
    return Source(number, document, tuple(lines), names, tuple(left_out))


def _sentences(paragraph: str, language: str) -> list[str]:
    """Cut a paragraph, each quotation and what follows it being of one sentence."""
    found: list[str] = []
    opened = False
    for span in sentences(paragraph, language if language in ("en", "zh") else None):
        text = span.of(paragraph)
        odd = len(DOUBLE.findall(text)) % 2 == 1
        if opened and odd and len(found[-1]) + len(text) < LONGEST:
            found[-1] += " " + text
            opened = False
        elif re.search(r"\w", text):
            found.append(text)
            opened = odd
    return found


def _facts(text: str) -> frozenset[str]:
    """Give numbers and names with the words beside them: a copy that has others is no copy."""
    said = TOKEN.findall(text[:200_000])
    return frozenset(
        " ".join(said[max(i - 1, 0) : i + 2])
        for i, word in enumerate(said)
        if word[0].isupper() or any(c.isdigit() for c in word) or word in COUNTED
    )


def _shingles(text: str) -> frozenset[bytes]:
    said = words(text[:200_000])
    count = max(len(said) - SHINGLE + 1, 1)
    return frozenset(
        blake2b(" ".join(said[i : i + SHINGLE]).encode(), digest_size=8).digest()
        for i in range(count)
    )


def _repeats(one: frozenset[bytes], other: frozenset[bytes]) -> bool:
    return len(one & other) >= ALIKE * min(len(one), len(other))
