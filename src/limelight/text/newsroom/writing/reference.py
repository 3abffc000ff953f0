"""Who "she", "it" or the speaker of a bare quotation is, where the lines before say so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limelight.text.newsroom.facts.names import FIRST
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.newsroom.sources import Line
from limelight.text.newsroom.writing.english import (
    AFTER,
    BEFORE,
    OPENING,
    PERSON,
    PRONOUNS,
    REPORTED,
    TAILED,
    bare_of,
)
from limelight.text.newsroom.writing.english_grammar import finite

REACH = 4
HEAD = re.compile(
    rf"^(?P<who>(?:(?:The|A|An) (?:[\w-]+ ){{0,3}}[\w-]+|{PERSON}))(?:,[^,]+,| who "
    rf"[^,]+,)? (?P<verb>[\w']+)"
)
NAMED = re.compile(rf"(?:{PERSON})$")


def referent(lines: Sequence[Line], at: int) -> tuple[str, Line] | None:
    """Say whom line ``at`` is about where it begins with a pronoun or is a quotation alone.

    Gives the words and the line that has them; None where the lines before leave it open.
    """
    text = lines[at].text
    speech = bool(re.match(r"[\"“]", text))
    person = speech or bool(re.match(r"(?:He|She|His|Her)\b", text))
    for back in range(1, REACH + 1):
        if at - back < 0 or lines[at - back].place.paragraph == 0:
            return None
        line = lines[at - back]
        who = _speaker(line.text) if speech else _subject(line.text) or _speaker(line.text)
        if who is None or (who.lower() in PRONOUNS and not MARKS.search(line.text) and speech):
            return None
        if who.lower() in PRONOUNS or OPENING.match(who):
            continue
        if who.split()[0].lower() in FIRST - {"the", "a", "an"}:
            return None
        if person and not re.fullmatch(PERSON, who):
            match = NAMED.search(who.rstrip(","))
            if match is None:
                return None
            who = match.group()
        return who, line
    return None


def needs_referent(text: str) -> bool:
    """Say whether a sentence can't stand without what is before it."""
    if OPENING.match(text):
        return True
    bare = bare_of(text) or text
    speaker = _speaker(text)
    return bool(re.match(r"[\"“]", bare)) and (speaker is None or speaker.lower() in PRONOUNS)


def with_speaker(text: str, who: str) -> str:
    """Say whose words a quotation is."""
    named = re.sub(r"(?<=[\"”] )(?:he|she|they|it)(?= \w+)", who, text, count=1)
    if named != text:
        return named
    if re.fullmatch(r"[\"“][^\"“”]+[\"”]\.?", text.strip()):
        words = text.strip().rstrip(".")[1:-1].rstrip(".,")
        return f'"{words}," said {who}.'
    return text


def _speaker(text: str) -> str | None:
    bare = bare_of(text)
    if bare is None:
        return None
    for pattern in (AFTER, BEFORE, TAILED, REPORTED):
        if match := pattern.match(bare):
            groups = match.groupdict()
            who = groups.get("who") or groups.get("who2") or ""
            return who.split(",")[0].strip() or None
    return None


def _subject(text: str) -> str | None:
    bare = bare_of(text)
    if bare and (
        rest := re.match(
            r"(?:[A-Z][a-z]+(?:ed|n|ing|t)|In|On|At|After|Before|Later|During|As|Since) "
            r"[^,]{3,60}, (?=[A-Z])",
            bare,
        )
    ):
        bare = bare[rest.end() :]
    match = HEAD.match(bare) if bare else None
    if match and finite(match["verb"]):
        return match["who"]
    return (OPENING.match(text) or [None])[0] if OPENING.match(text) else None
