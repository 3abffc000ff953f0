"""Reports' own prose in quotation marks, where it can't be said otherwise: as little as can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from limelight.text.newsroom.facts.numerals import ONES, SCALES, TENS
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.newsroom.vocabulary import word_set
from limelight.text.newsroom.writing.english import DETERMINERS, FIRST_PERSON, verbs
from limelight.text.newsroom.writing.english_grammar import finite
from limelight.text.newsroom.writing.english_words import SAYING

MOST_BARE, LEAST_QUOTED = 11, 4
"""Words before a partial quotation, and in it."""
CLAUSES = word_set("that who which whose where because when while after before if")
WAITING = CLAUSES | word_set("with without as since although though unless once")
JOINED = word_set("and but while as how what whether although though so than or until")
PHRASES = word_set("to following amid despite by for with about over until")
NUMERALS = frozenset([*ONES, *TENS, *SCALES])
PARTICLES = word_set("""
    been be not also to that out up down off on over back away in into for with by of at from
    about as
""")


def partly_quoted(bare: str, teller: str) -> Iterator[str]:
    """Quote the latter part of a sentence as its source's words, where it can't be said otherwise.

    As little as can be is quoted: from the last joint between phrases that leaves few enough words
    before it, else all that follows the verb. What somebody else said is never quoted so: the words
    would seem to be theirs.
    """
    tokens = bare.split()
    if MARKS.search(bare) or FIRST_PERSON.search(bare) or not 9 <= len(tokens) <= 28:
        return
    if re.search(rf"\b{SAYING}\b|\baccording to\b|\b(?:say|heard|asked)\b", bare):
        return
    commas = [i for i, token in enumerate(tokens) if token.endswith(",")]
    begins = commas[0] + 1 if commas and tokens[0].lower() in WAITING else 0
    found = (i for i in verbs(tokens) if i >= begins and tokens[i][0].islower())
    at = next(found, None)
    if at is None or re.search(r"\b(?:who|which|that|whose|where)\b", " ".join(tokens[:at])):
        return
    while at + 1 < len(tokens) and (
        finite(tokens[at + 1]) or tokens[at + 1] in PARTICLES or tokens[at + 1].endswith("ly")
    ):
        at += 1
    joints = [i for i in range(at + 2, min(MOST_BARE + 1, len(tokens))) if _joint(tokens, i)]
    for cut in (*reversed(joints), at + 1):
        if cut <= MOST_BARE and len(tokens) - cut >= LEAST_QUOTED and _parts(tokens, cut):
            yield f'{" ".join(tokens[:cut])} "{" ".join(tokens[cut:])}", {teller}.'


def _parts(tokens: Sequence[str], at: int) -> bool:
    """Say whether a quotation may begin at a word: in no name or amount, and with no subject."""
    word, before = tokens[at], tokens[at - 1]
    if word in ("least", "most") or word[0] in "0123456789£$€":
        return False
    if word[0].isupper() and before[0].isupper():
        return False
    verb = next(iter(verbs(tokens[at:])), 0) + at
    held = [t for t in tokens[at:verb] if t in CLAUSES or t in JOINED or t.endswith(",")]
    return verb == at or bool(held)


def _joint(tokens: Sequence[str], at: int) -> bool:
    """Say whether a phrase or a clause begins at a word, and the sentence ends with it."""
    word, before, tail = tokens[at], tokens[at - 1].lower().strip(","), tokens[at:]
    if word in CLAUSES:
        return before not in ("than", "as", "so", "such") and not finite(before)
    held = before in NUMERALS or before[:1].isdigit() or before in DETERMINERS
    small = [token.strip(",;") for token in tail]
    under = next((i for i, token in enumerate(small) if token in CLAUSES), len(small))
    return word in PHRASES and not held and not verbs(small[:under]) and "be" not in small[1:under]
