"""How long a summary may be, in the measure that its language is counted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from limelight.errors import BadInputError
from limelight.text.summary.source import Sentence
from limelight.text.words import words

Unit = Literal["sentences", "words", "characters"]


@dataclass(frozen=True)
class Length:
    """At most so many sentences, words, or characters without the spaces between them.

    Raises BadInputError below 1.
    """

    most: int
    unit: Unit = "sentences"

    def __post_init__(self) -> None:
        """Refuse what nothing fits into."""
        if self.most < 1:
            raise BadInputError(f"{self.most:,} {self.unit} say nothing; ask for 1 or more")

    def __str__(self) -> str:
        """Say it, as in "25 words"."""
        return f"{self.most:,} {self.unit if self.most != 1 else self.unit[:-1]}"

    def of(self, sentence: Sentence) -> int:
        """Measure a sentence."""
        if self.unit == "sentences":
            return 1
        return len(sentence.words) if self.unit == "words" else characters(sentence.text)

    def of_text(self, text: str) -> int:
        """Measure a text; one of sentences counts as 1."""
        if self.unit == "sentences":
            return 1
        return len(words(text)) if self.unit == "words" else characters(text)


def characters(text: str) -> int:
    """Count characters as Chinese editors do: punctuation too, spaces not."""
    return sum(not character.isspace() for character in text)


def length_of(
    sentences: int | None, words: int | None, characters: int | None, otherwise: Length
) -> Length:
    """Read the one length that is given. Raises BadInputError where there are several."""
    given: list[tuple[int | None, Unit]] = [
        (sentences, "sentences"),
        (words, "words"),
        (characters, "characters"),
    ]
    lengths = [Length(most, unit) for most, unit in given if most is not None]
    if len(lengths) > 1:
        raise BadInputError("a length is in sentences, in words or in characters; give one")
    return lengths[0] if lengths else otherwise
