"""What of a sentence can be true or false by itself: numbers, dates, names, quotations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from limelight.text.newsroom.facts.dates import Day, days_in
from limelight.text.newsroom.facts.names import Name, names_in
from limelight.text.newsroom.facts.numbers import Number, numbers_in
from limelight.text.newsroom.facts.quotations import Quotation, quotations_in

__all__ = ["Day", "Facts", "Name", "Number", "Quotation", "facts_of"]


@dataclass(frozen=True)
class Facts:
    """The facts of a stretch of text, each with its place in it."""

    numbers: tuple[Number, ...]
    days: tuple[Day, ...]
    names: tuple[Name, ...]
    quotations: tuple[Quotation, ...]


def facts_of(
    text: str, language: str, today: date | None = None, known: Collection[str] = ()
) -> Facts:
    """Find the facts in a sentence.

    ``today`` is the day on which it was written, from which "yesterday" is counted; ``known`` are
    words that are names for certain, which tells a name at a sentence's beginning.
    """
    days = days_in(text, today)
    taken = [(day.start, day.end) for day in days]
    return Facts(
        tuple(numbers_in(text, language, taken)),
        tuple(days),
        tuple(names_in(text, language, taken, known)),
        tuple(quotations_in(text)),
    )
