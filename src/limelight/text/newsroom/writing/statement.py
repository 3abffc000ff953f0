"""A sentence that may go into a draft, with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

from limelight.text.newsroom.sources import Place

QUOTING = ("quoted", "excerpt")
"""The ways of statements that lean on quotation marks."""


@dataclass(frozen=True)
class Statement:
    """A sentence and the places it rests on.

    ``way`` says how it was written: "said" in other words, "quoted" what somebody said, "excerpt"
    where it quotes the report's own prose, "data", "differ" for what
    sources contradict each other in, "title", "model". ``origin`` is the place it tells of, which
    keeps it in order. It ``leans`` where nobody could read it without what its table's first says.
    """

    text: str
    places: tuple[Place, ...]
    way: str
    origin: Place = field(default=Place(0, 0, 0))
    topic: str = ""
    leans: bool = False
