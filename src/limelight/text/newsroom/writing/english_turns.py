"""Turns of phrase that say the same: tenses, pairs the other way round, a "that" put in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from limelight.text.newsroom.facts.names import is_word
from limelight.text.newsroom.vocabulary import word_set
from limelight.text.newsroom.writing.english_grammar import (
    finite,
    inflected,
    lemma_of,
    only,
    plural_noun,
)

Turn = tuple[int, int, str]
"""What stands in place of the characters from the first number to the second."""
PERFECT = re.compile(r"(?<=[\w’'] )(?:has|have) (?P<verb>[a-z]+)(?= (?!to\b))")
LASTING = re.compile(
    r"\b(?:[Ss]ince|[Ff]or (?:\w+ ){1,3}(?:years|months|weeks|days|decades|hours)|so far|yet"
    r"|already|ever|never|just|[Ii]f|[Uu]nless|until|[Ww]hether|may|might|would|could|should"
    r"|recently|increasingly|who|which|that|years?|now|still)\b"
)
"""Words by which a perfect tense says more than the past, or hangs on another verb."""
PLANNED = re.compile(r"^(?P<who>[^,]+?) will (?P<verb>be [a-z]+|[a-z]+)(?= )")
PLANS = word_set("""
    open close run appear hold meet play join star move visit return host launch release fight tour
    travel broadcast publish sell buy build begin compete perform give show install establish
    introduce replace
""")
CONDITION = re.compile(
    r"\b(?:[Ii]f|[Uu]nless|[Ww]hen|[Ww]hile|[Ww]hether|[Aa]s|would|could|might|may|should)\b"
)
PENDING = re.compile(
    r"\b(?:of|in|for|who|which|that|with|from|at|on|to|by|not|all|both|each|also|only)\b"
)
UNSAID = re.compile(
    r"\b(?:say|says|said|claims?|claimed|believes?|believed|hopes?|hoped|fears?|feared|thinks?"
    r"|suggests?|suggested|found|warned|admitted|insisted|explained) "
    r"(?=(?P<subject>(?:the |an? |its |his |her |their |this |these )?(?:[\w’'-]+ ){1,4}?)"
    r"(?:is|are|was|were|has|have|had|will|would|could|can|should|may|might) )"
)
WITHIN = word_set("""
    in on at of for from with by after before as when while who which that to not and or but because
""")
PAIR = re.compile(
    r"\b(?P<before>[a-z]+) (?P<one>[a-z]{3,}) and (?P<two>[a-z]{3,})\b"
    r"(?!-)(?= (?P<after>[a-z]+)|\W|$)"
)
HELD_PAIRS = word_set("""
    research trial profit rise black law food rock supply wear cut arts health hit bread salt stop
    track dos ins ups pros rhythm drum bed public trade
""")
LEADING = word_set("the of in for on by with their its his her from to between about both")


def turns(text: str) -> Iterator[Turn]:
    """Give every such change that a sentence allows."""
    yield from _past(text)
    yield from _planned(text)
    yield from _that(text)
    yield from _pairs(text)


def _past(text: str) -> Iterator[Turn]:
    """Make "has won the prize" won the prize, where nothing but the event is told."""
    if LASTING.search(text):
        return
    for match in PERFECT.finditer(text):
        lemma = lemma_of(match["verb"])
        past = inflected(lemma, "VBD")
        if (
            lemma not in ("be", "have", "get", "do")
            and inflected(lemma, "VBN") == match["verb"]
            and past != lemma
        ):
            yield *match.span(), past


def _planned(text: str) -> Iterator[Turn]:
    """Make "the studio will close next month" the studio is to close, of what can be planned."""
    match = PLANNED.match(text)
    if match is None or CONDITION.search(text) or PENDING.search(match["who"]):
        return
    verb = match["verb"].removeprefix("be ")
    passive = verb != match["verb"] and inflected(lemma_of(verb), "VBN") == verb
    if verb in PLANS or (passive and lemma_of(verb) in PLANS):
        several = " and " in match["who"] or plural_noun(match["who"].split()[-1])
        yield match.end("who") + 1, match.start("verb"), "are to " if several else "is to "


def _that(text: str) -> Iterator[Turn]:
    """Put in the "that" which a clause after "claims" leaves out."""
    for match in UNSAID.finditer(text):
        subject = match["subject"].split()
        if not WITHIN & set(subject) and not any(map(finite, subject)):
            yield match.end(), match.end(), "that "


def _pairs(text: str) -> Iterator[Turn]:
    """Make "administrative and financial reasons" financial and administrative ones."""
    for match in PAIR.finditer(text):
        one, two = match["one"], match["two"]
        alike = (only(one, "ADJ") and only(two, "ADJ")) or (
            match["before"] in LEADING
            and only(one, "NOUN")
            and only(two, "NOUN")
            and (match["after"] is None or match["after"] in LEADING or finite(match["after"]))
        )
        if alike and is_word(one) and is_word(two) and not {one, two} & HELD_PAIRS:
            yield match.start("one"), match.end("two"), f"{two} and {one}"
