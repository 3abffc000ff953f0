"""A draft: what is published, what it rests on, and what was left out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from limelight.text.newsroom.sources import Place
from limelight.text.newsroom.writing.statement import Statement


@dataclass(frozen=True)
class Origin:
    """A source as a draft tells of it."""

    number: int
    label: str
    name: str
    kind: str
    published: str
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dropped:
    """A sentence that was not published, and why."""

    text: str
    reason: str
    place: str


@dataclass(frozen=True)
class Fact:
    """A line of the fact sheet."""

    kind: str
    text: str
    context: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Conflict:
    """What sources contradict each other in: each side's words with its place."""

    about: str
    sides: tuple[tuple[str, Place, str], ...]


@dataclass(frozen=True)
class Draft:
    """A draft in a form and a language. Every statement in it passed the checks."""

    form: str
    language: str
    headline: Statement | None
    standfirst: Statement | None
    paragraphs: tuple[tuple[Statement, ...], ...]
    variants: tuple[Statement, ...]
    tags: tuple[str, ...]
    facts: tuple[Fact, ...]
    conflicts: tuple[Conflict, ...]
    dropped: tuple[Dropped, ...]
    hidden: tuple[Dropped, ...]
    origins: tuple[Origin, ...]
    notes: tuple[str, ...] = ()

    def statements(self) -> Iterator[Statement]:
        """Give every sentence that is published, from the headline on."""
        yield from filter(None, (self.headline, self.standfirst))
        for paragraph in self.paragraphs:
            yield from paragraph
        yield from self.variants
