"""Loglines: one sentence that says what a title is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limelight.errors import BadInputError
from limelight.text.language import HAN
from limelight.text.reading import Document
from limelight.text.summary.leaning import CONNECTIVES, leans
from limelight.text.summary.length import Length
from limelight.text.summary.source import Sentence
from limelight.text.summary.summarising import read_source, vectors_of
from limelight.text.summary.worth import worth

if TYPE_CHECKING:
    from limelight.text.embed import Embedder

WORDS = Length(25, "words")
CHARACTERS = Length(40, "characters")
EARLY = 1.0
"""What being the first sentence adds to its worth; the n-th gets an n-th of it."""
ALONE = 1.0
"""What leaning on the sentence before takes from it."""
SAYS_LITTLE = 6
"""Words, or twice as many characters, below which a sentence tells of no story."""

BRACKETS = re.compile(r"\s*[(（\[【][^()（）\[\]【】]*[)）\]】]")
RELATIVE = re.compile(r", (?:who|whose|whom|which|where)\b[^,;:“”\"]*(?=[.!]$)")
CONNECTIVE = re.compile(rf"(?:{CONNECTIVES}),? (?=\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Logline:
    """One sentence, the one of the source that it is, and whether some of that was left out."""

    text: str
    sentence: Sentence
    shortened: bool
    leaning: bool


def logline(
    text: str | Document, length: Length | None = None, embedder: Embedder | None = None
) -> Logline:
    """Choose the sentence that says best what a text is about, at most 25 words or 40 characters.

    Early ones are preferred, and such as stand alone. One that is too long may lose what can go
    without changing what it says: a word that goes on from the sentence before, brackets, and a
    last clause after ", who" or ", which". No sentence is ever cut off. ``length`` is in words or
    in characters, by default in what the text's language is counted in. Raises BadInputError where
    no sentence is short enough.
    """
    source = read_source(text)
    chinese = source.document.language in ("zh", "ja")
    length = length or (CHARACTERS if chinese else WORDS)
    if length.unit == "sentences":
        raise BadInputError("a logline is one sentence; give its length in words or characters")
    values = worth(source, vectors_of(source, embedder))
    found: list[tuple[float, Logline]] = []
    shortest = None
    for sentence, value in zip(source.sentences, values, strict=True):
        form = next((f for f in forms(sentence.text) if length.of_text(f) <= length.most), None)
        size = length.of_text(forms(sentence.text)[-1])
        shortest = size if shortest is None else min(shortest, size)
        if form is None:
            continue
        leaning = sentence.number > 1 and leans(form)
        score = float(value) + EARLY / sentence.number - ALONE * leaning
        score -= sentence.heading + 2 * _says_little(form, chinese) + form.endswith(("?", "？"))
        found.append((score, Logline(form, sentence, form != sentence.text, leaning)))
    if not found:
        raise BadInputError(
            f"no sentence of {source.document.name} fits into {length}: the shortest has "
            f"{Length(shortest or 1, length.unit)}"
        )
    return max(found, key=lambda one: one[0])[1]


def forms(sentence: str) -> list[str]:
    """Give a sentence as it is, and as it is without what can go, less from form to form."""
    found = [sentence]
    for pattern in (CONNECTIVE, BRACKETS, RELATIVE):
        shorter = (pattern.sub if pattern is not CONNECTIVE else _unlinked)("", found[-1])
        if shorter != found[-1] and len(shorter) > 1:
            found.append(shorter)
    return found


def _unlinked(nothing: str, sentence: str) -> str:
    match = CONNECTIVE.match(sentence)
    if match is None:
        return sentence
    rest = sentence[match.end() :]
    return rest[0].upper() + rest[1:]


def _says_little(text: str, chinese: bool) -> bool:
    if chinese and HAN.search(text):
        return len(text) < 2 * SAYS_LITTLE
    return len(text.split()) < SAYS_LITTLE
