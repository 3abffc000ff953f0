"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass

from limelight.text.newsroom.sources import Place


@dataclass(frozen=True)
class Problem:
    """Why a sentence can't stand: its number, name, date, quotation, contrary, or words."""

    kind: str
    said: str
    why: str

    def __str__(self) -> str:
        """Put it into a sentence."""
        return f"{self.said!r} {self.why}" if self.said else self.why


@dataclass(frozen=True)
class Verdict:
    """A sentence with the places it rests on, the best first, and what is wrong with it."""

    text: str
    places: tuple[Place, ...]
    problems: tuple[Problem, ...]

    @property
    def supported(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problems
