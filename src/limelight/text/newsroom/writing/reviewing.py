"""What critics say, each in their own words and by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

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

    What `told` has of no judgement goes before: it says what the work is.
    """
    found: list[Statement] = [s for s in told if not OPINION.search(s.text) and s.way == "said"][:2]
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
                _quoted(line.text, source.label, teller.language, count),
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
    return [replace(s, topic=s.topic or " ") for s in found]


def _quoted(text: str, label: str, language: str, count: int) -> str:
    words_of = text.strip().rstrip(".。")
    if language == "zh":
        return f"{label}写道：“{words_of}。”" if count == 0 else f"这篇评论还写道：“{words_of}。”"
    words_of = re.sub(r"\"", "'", words_of)
    stop = "" if words_of.endswith(("!", "?")) else "."
    return (
        f'For {label}, "{words_of[0].lower()}{words_of[1:]}".'
        if count == 0 and re.match(r"(?:It|This|The|A)\b", words_of)
        else (
            f'{label} writes: "{words_of}{stop}"' if count == 0 else f'It adds: "{words_of}{stop}"'
        )
    )
