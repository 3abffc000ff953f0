"""A text as sentences that can be quoted: each whole, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from limelight.extras import require
from limelight.text.language import HAN, language_of
from limelight.text.reading import Document, LeftOut
from limelight.text.sentences import sentences
from limelight.text.words import words

LONGEST = 1_200
"""Characters above which no sentence is one: a line without a stop, or a list."""
STRETCH = 15_000
"""Characters of a paragraph that are taken together, up to the next sentence's end."""
STOP = re.compile(r"(?:(?<=[a-z]{4}[.!?])[\"”’)]*\s+|(?<=[。！？])[”’」』）]*)(?=[^\s\"”’」』）)])")
OPENED = re.compile(r"[“「『]|(?<![^\s(（])\"")
CLOSED = re.compile(r"[”」』]|\"(?![^\s.,;:!?)）])")
ENDED = re.compile(r"[.!?。！？…][\"'”’」』)\]）】]*\Z")
STEMMED = {"en": "english", "fr": "french", "de": "german", "es": "spanish", "it": "italian"}


@dataclass(frozen=True)
class Sentence:
    """A sentence of a text, word for word.

    ``number`` counts the sentences of the text, ``paragraph`` its paragraphs and ``place`` the
    sentences of the paragraph, all from 1. ``stems`` are its words without their endings.
    ``heading`` says that it has no end mark and its paragraph to itself.
    """

    text: str
    number: int
    paragraph: int
    place: int
    words: tuple[str, ...]
    stems: tuple[str, ...]
    heading: bool = False

    @property
    def where(self) -> str:
        """Say the place as a reviewer reads it: paragraph and sentence."""
        return f"¶{self.paragraph}.{self.place}"


@dataclass(frozen=True)
class Source:
    """A document's sentences in order, and what of it is none."""

    document: Document
    sentences: tuple[Sentence, ...]
    left_out: tuple[LeftOut, ...] = ()


def opened(document: Document) -> Source:
    """Cut a document into sentences; what has words and no end within 1,200 characters is left out.

    Each paragraph is cut by the rules of its own language, so that texts may mix them. A quotation
    of several sentences stays together.
    """
    found: list[Sentence] = []
    left_out = list(document.left_out)
    for number, paragraph in enumerate(document.paragraphs, 1):
        language = _language(paragraph, document.language)
        stem = _stemmer(language)
        cut = list(_sentences(paragraph, language))
        place = 0
        for text in cut:
            if len(text) > LONGEST:
                told = f"{len(text):,} characters without a sentence's end"
                left_out.append(LeftOut(told, text))
            elif said := tuple(words(text)):
                place += 1
                stems = tuple(map(stem, said))
                heading = len(cut) == 1 and not ENDED.search(text)
                found.append(Sentence(text, len(found) + 1, number, place, said, stems, heading))
    return Source(document, tuple(found), tuple(left_out))


def joined(texts: list[str]) -> str:
    """Set sentences one after the other: with a space, but for Chinese."""
    text = ""
    for one in texts:
        apart = text and not (HAN.search(text[-8:]) and HAN.search(one[:8]))
        text += (" " if apart else "") + one
    return text


def stems_of(text: str, language: str) -> list[str]:
    """Give the words of a text without their endings."""
    return [_stemmer(language)(word) for word in words(text)]


def _language(paragraph: str, most: str) -> str:
    """Give the language of a paragraph, which need not be that of most of the text."""
    if most in ("zh", "ja") or HAN.search(paragraph):
        return language_of(paragraph)
    return most


def _sentences(paragraph: str, language: str) -> Iterator[str]:
    held = ""
    for stretch in _stretches(paragraph):
        for span in sentences(stretch, language):
            text = span.of(stretch)
            whole = joined([held, text]) if held else text
            if len(whole) > LONGEST and held:
                yield held
                whole = text
            if len(OPENED.findall(whole)) > len(CLOSED.findall(whole)):
                held = whole
                continue
            held = ""
            yield whole
    if held:
        yield held


def _stretches(paragraph: str) -> Iterator[str]:
    """Cut a very long paragraph where sentences end, so that none is cut by the machine's needs."""
    start = 0
    while len(paragraph) - start > STRETCH:
        stop = STOP.search(paragraph, start + STRETCH)
        if stop is None:
            break
        yield paragraph[start : stop.end()]
        start = stop.end()
    yield paragraph[start:]


@cache
def _stemmer(language: str) -> Any:
    name = STEMMED.get(language)
    if name is None:
        return str
    stemmers = require("snowballstemmer", "text", "Comparing words without their endings")
    return cache(stemmers.stemmer(name).stemWord)
