"""Text as sentences, each with its place, so that what is quoted stays word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from limelight.extras import require
from limelight.text.language import language_of

PARAGRAPH = re.compile(r"[ \t]*\n[ \t\r]*\n\s*")
LONGEST = 20_000
"""Characters that are looked at together; a sentence that is longer is cut at a space before it."""
AHEAD = 2_000
"""Characters after a sentence's end that may have their say in it, as a quotation's end does."""


@dataclass(frozen=True)
class Span:
    """A place in a text: ``text[start:end]``, without space around it."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Give what stands there."""
        return text[self.start : self.end]


def paragraphs(text: str) -> list[Span]:
    """Give the paragraphs of a text in order: what blank lines part."""
    edges = [0]
    for gap in PARAGRAPH.finditer(text):
        edges += [gap.start(), gap.end()]
    edges.append(len(text))
    spans = (_trimmed(text, *pair) for pair in zip(edges[::2], edges[1::2], strict=True))
    return [span for span in spans if span.end > span.start]


def sentences(text: str, language: str | None = None) -> list[Span]:
    """Give the sentences of a text in order; a blank line ends one too.

    Abbreviations, decimals and initials end none, and what is within quotation marks stays with
    them (sentencex's rules for the language). ``language`` is found where it is not given.
    """
    language = language or language_of(text)
    found = []
    for paragraph in paragraphs(text):
        for start, end in _edges(text, language, paragraph):
            span = _trimmed(text, start, end)
            if span.end > span.start:
                found.append(span)
    return found


def _edges(text: str, language: str, paragraph: Span) -> Iterator[tuple[int, int]]:
    """Cut a paragraph piece by piece; each begins where the last sure sentence before it ended."""
    start = paragraph.start
    while paragraph.end - start > LONGEST:
        seen = _ruled(text, language, start, start + LONGEST)
        sure = [edges for edges in seen if edges[1] <= start + LONGEST - AHEAD] or seen[:-1]
        if not sure:
            space = text.rfind(" ", start, start + LONGEST)
            sure = [(start, space if space > start else start + LONGEST)]
        yield from sure
        start = sure[-1][1]
    yield from _ruled(text, language, start, paragraph.end)


def _ruled(text: str, language: str, start: int, end: int) -> list[tuple[int, int]]:
    found = _rules().get_sentence_boundaries(language, text[start:end])
    return [(start + edge["start_index"], start + edge["end_index"]) for edge in found]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


@cache
def _rules() -> Any:
    return require("sentencex", "text", "Finding sentences")
