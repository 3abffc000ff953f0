"""Summaries and synopses: sentences of a text, word for word, to a length."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.text.language import language_of
from limelight.text.reading import Document
from limelight.text.reading.cleaning import cleaned, paragraphs_of
from limelight.text.summary.centrality import Vectors, tfidf
from limelight.text.summary.leaning import supports
from limelight.text.summary.length import Length
from limelight.text.summary.selection import selected
from limelight.text.summary.source import Sentence, Source, joined, opened
from limelight.text.summary.worth import worth

if TYPE_CHECKING:
    from limelight.text.embed import Embedder

THREE = Length(3)
HUNDRED_WORDS = Length(100, "words")
TOLD = 0.75
"""The part of a story that a synopsis is made of: how it ends is left to those who watch it."""
SHORT = 8
"""Sentences of a story below which its ending is not told apart."""


@dataclass(frozen=True)
class Summary:
    """Sentences of a source, in its order. ``whole`` says that they are all it has."""

    sentences: tuple[Sentence, ...]
    source: Source

    @property
    def text(self) -> str:
        """The sentences one after the other."""
        return joined([one.text for one in self.sentences])

    @property
    def places(self) -> str:
        """Where they stand, as reviewers read it."""
        return " ".join(one.where for one in self.sentences)

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return self.sentences == self.source.sentences


def summarise(
    text: str | Document, length: Length = THREE, embedder: Embedder | None = None
) -> Summary:
    """Give the sentences that say most of a text, unlike each other, no longer than ``length``.

    What a sentence is worth: see `worth`. One that begins with a pronoun or goes on from another
    comes only with the one before it. ``embedder`` compares sentences, else TF-IDF does. A text
    that is no longer than that is its own summary. Raises BadInputError for a text without words,
    without sentences, or none of whose sentences is short enough.
    """
    return _shortened(text, length, embedder)


def synopsis(
    text: str | Document, length: Length = HUNDRED_WORDS, embedder: Embedder | None = None
) -> Summary:
    """Give a story's beginning and what matters most of it, and not its end.

    The first sentence comes first where it fits; of a story of eight sentences or more, the last
    quarter is not told. Else as `summarise`.
    """
    return _shortened(text, length, embedder, story=True)


def read_source(text: str | Document) -> Source:
    """Cut a text into sentences. Raises BadInputError where there is none."""
    source = opened(text if isinstance(text, Document) else document_of(text))
    if source.sentences:
        return source
    name = source.document.name
    if source.left_out:
        raise BadInputError(f"{name} has no sentence: {source.left_out[-1].reason}")
    raise BadInputError(f"{name} has no words; there is nothing to summarise")


def document_of(text: str, name: str = "the text", title: str | None = None) -> Document:
    """Make a document of a text that comes from no file."""
    seen, unseen = cleaned(text)
    return Document(
        name,
        paragraphs_of(seen),
        "text",
        title=title,
        language=language_of(seen),
        left_out=tuple(unseen),
    )


def vectors_of(source: Source, embedder: Embedder | None) -> Vectors:
    """Give the sentences' vectors: TF-IDF within the text, or what the embedder knows of them."""
    if embedder is None:
        return tfidf(source.sentences)
    return embedder.vectors([one.text for one in source.sentences])


def _shortened(
    text: str | Document, length: Length, embedder: Embedder | None, *, story: bool = False
) -> Summary:
    """Choose sentences of a text: of a story, from before its end, and the first one first."""
    source = read_source(text)
    if sum(map(length.of, source.sentences)) <= length.most:
        return Summary(source.sentences, source)
    source = _without_headings(source)
    vectors = vectors_of(source, embedder)
    values = _values(source, vectors, length)
    ends = len(values)
    if story and ends >= SHORT:
        ends = int(np.ceil(ends * TOLD))
    told = source.sentences[:ends]
    costs = list(map(length.of, told))
    first = [0] if story else []
    chosen = selected(values[:ends], vectors[:ends], costs, length.most, supports(told), first)
    if not chosen:
        shortest = Length(min(costs), length.unit)
        raise BadInputError(
            f"no sentence of {source.document.name} fits into {length}: the shortest has {shortest}"
        )
    return Summary(tuple(told[at] for at in chosen), source)


def _values(source: Source, vectors: Vectors, length: Length) -> NDArray[np.float64]:
    """Give the worth of sentences; where it is these that are counted, a long one says more."""
    values = worth(source, vectors)
    if length.unit != "sentences":
        return values
    sizes = np.array([len(one.words) for one in source.sentences])
    return np.asarray(values * sizes / sizes.mean())


def _without_headings(source: Source) -> Source:
    kept = tuple(one for one in source.sentences if not one.heading)
    return replace(source, sentences=kept) if kept else source
