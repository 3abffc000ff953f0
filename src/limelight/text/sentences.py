"""Text as sentences, each with its place, so that what is quoted stays word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from limelight.extras import require
from limelight.text.language import language_of

PARAGRAPH = re.compile(r"[ \t]*\n[ \t\r]*\n\s*")
LONGEST = 20_000
"""Characters that are looked at together; a longer paragraph is cut at a space before it."""


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
        for start, end in _pieces(text, paragraph):
            for edge in _rules().get_sentence_boundaries(language, text[start:end]):
                span = _trimmed(text, start + edge["start_index"], start + edge["end_index"])
                if span.end > span.start:
                    found.append(span)
    return found


def _pieces(text: str, paragraph: Span) -> list[tuple[int, int]]:
    pieces, start = [], paragraph.start
    while paragraph.end - start > LONGEST:
        space = text.rfind(" ", start, start + LONGEST)
        end = space if space > start else start + LONGEST
        pieces.append((start, end))
        start = end
    return [*pieces, (start, paragraph.end)]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


@cache
def _rules() -> Any:
    return require("sentencex", "text", "Finding sentences")
