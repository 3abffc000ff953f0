"""What critics say, each in their own words and by name."""

from __future__ import annotations

from collections.abc import Sequence

from limelight.text.newsroom.data import Table
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.newsroom.plan import OPINION
from limelight.text.newsroom.writing.statement import Statement
from limelight.text.newsroom.writing.telling import Teller
from limelight.text.words import words

LEAST, MOST = 5, 32
"""Words that a quotation from a review has."""


def verdicts(
    evidence: Evidence, teller: Teller, told: Sequence[Statement], tables: Sequence[Table]
) -> list[Statement]:
    """Give what each review says of the work: two of its sentences that judge, quoted as a whole.

    Where none judges, it is what was `told`.
    """
    found: list[Statement] = []
    for source in evidence.sources.values():
        if source.document.language != teller.language:
            continue
        lines = [
            line for line in source.lines if line.place.paragraph and not MARKS.search(line.text)
        ]
        judged = sorted(
            (
                line
                for line in lines
                if LEAST <= len(words(line.text)) <= MOST and OPINION.search(line.text)
            ),
            key=lambda line: (-len(OPINION.findall(line.text)), line.place),
        )
        count = 0
        for line in judged:
            statement = Statement(
                _quoted(line.text, source.label, teller.language),
                (line.place,),
                "quoted",
                line.place,
                source.label,
            )
            if not teller.passes(statement.text, statement.places):
                found.append(statement)
                count += 1
            if count == 2:
                break
    return found or list(told)


def _quoted(text: str, label: str, language: str) -> str:
    words_of = text.strip().rstrip(".。")
    if language == "zh":
        return f"{label}写道：“{words_of}。”"
    stop = "" if words_of.endswith(("!", "?")) else "."
    return f'{label} writes: "{words_of}{stop}"'
