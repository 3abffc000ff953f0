"""English grammar: tenses, plurals, articles, and what is wrong with a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from limelight.extras import require
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.newsroom.writing.english_words import AUXILIARIES, SUBORDINATORS

SILENT = re.compile(r"(?:hour|honest|honou?r|heir|FBI|MP|MPs|NHS|NBA|X|8|11\b|18\b|80|11,|18,)")
SOUNDED = re.compile(r"(?:one\b|once|uni|use|usu|eu|UK|US\b|EU|u[bklmrst]i|Europ)", re.IGNORECASE)
DOUBLED = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)
TWICE_RIGHT = frozenset({"had", "that", "bye", "very", "walla", "duran", "no", "ha"})
ARTICLE = re.compile(r"\b(a|an) ([A-Za-z0-9][\w-]*)", re.IGNORECASE)
WRONG = {
    r"(?<![\d.,])\b(?:1|one) (?:week|film|point|goal|place|match|title|seat)s\b": (
        "{0!r} counts one"
    ),
    r"(?<![\d.,-])\b(?:[2-9]|[1-9]\d{1,2}) (?:week|film|point|goal|place|title)\b"
    r"(?! [a-z]*(?:er|s)\b)": "{0!r} counts several",
    r"\s[,.;:!?](?!\d)|,,|\(\s|\s\)|, ?\.|\.\.(?!\.)": "a mark stands after a space or a mark",
    r"\b(?:and|or|but|the|a|an|of|to|in|with|for|that|which|as|by|from|than|is|was|were|are)[.]$": (
        "it breaks off"
    ),
    r"\d,\d{1,2}(?!\d)|"
    r"\d{1,3},\d{3}\d|(?<![\d.,-])\b\d{5,}\b": "a number is not grouped in thousands",
    r"(?i)\b(?:he|she|it) (?:are|were|have|do)\b|\b(?:they|we) (?:is|was|has|does)\b": (
        "subject and verb disagree"
    ),
}
ALIKE = frozenset(
    {"hit", "set", "put", "cut", "let", "shut", "cost", "spread", "read", "quit", "beat"}
)


@lru_cache(maxsize=20_000)
def finite(word: str) -> bool:
    """Say whether a word is a verb in a tense: an auxiliary, or a form that is nothing else."""
    word = word.lower().strip(",;:.\"'")
    if word in AUXILIARIES:
        return True
    if not word.isalpha() or word in SUBORDINATORS:
        return False
    found = _all(word)
    for lemma in found.get("VERB", ()):
        if word in _inflect().getInflection(lemma, "VBD") and (word != lemma or word in ALIKE):
            return True
        if word in _inflect().getInflection(lemma, "VBZ") and word != lemma and "NOUN" not in found:
            return True
    return False


@lru_cache(maxsize=20_000)
def lemma_of(word: str) -> str:
    """Give a verb's base form, the word itself where it is none."""
    return str(
        next(iter(_all(word.lower()).get("VERB", _all(word.lower()).get("AUX", (word,)))), word)
    )


@lru_cache(maxsize=20_000)
def inflected(lemma: str, tag: str) -> str:
    """Give a form of a verb or noun by Penn Treebank's tag, "VBZ", "VBG", "NNS"."""
    forms = _inflect().getInflection(lemma, tag)
    return str(forms[0]) if forms else lemma


def only(word: str, tag: str) -> bool:
    """Say whether a word is of one part of speech alone, "ADJ", "NOUN" or "VERB"."""
    return set(_all(word)) == {tag}


def plural_noun(word: str) -> bool:
    """Say whether a word is a noun in the plural."""
    return any(lemma != word.lower() for lemma in _all(word.lower()).get("NOUN", ()))


def article(following: str) -> str:
    """Give "a" or "an" for what follows, by its sound."""
    if SILENT.match(following):
        return "an"
    return "an" if following[:1].lower() in "aeiou" and not SOUNDED.match(following) else "a"


def plural(noun: str, count: object) -> str:
    """Give a noun as it stands after a number."""
    head, _, last = noun.rpartition(" ")
    form = last if str(count) in ("1", "one") else inflected(last, "NNS")
    return f"{head} {form}".strip()


def faults(text: str) -> Iterator[str]:
    """Say what is wrong with a sentence: articles, number, doubled words, marks, its ends."""
    free = MARKS.sub('""', text)
    for match in ARTICLE.finditer(free):
        if match[1].lower() != article(match[2]) and not (match[2].isupper() or match[1] == "A"):
            yield f"{match.group()!r} has the wrong article"
    for match in DOUBLED.finditer(free):
        if match[1].lower() not in TWICE_RIGHT and not match[1].isdigit() and match[1][0].islower():
            yield f"{match.group()!r} says a word twice"
    for pattern, wrong in WRONG.items():
        if found := re.search(pattern, free):
            yield wrong.format(found.group())
    if not re.match(r"[\"“‘'(]*[A-Z0-9£$€¥]|[\"“‘'(]*[a-z]{1,2}[A-Z]", text):
        yield "it does not begin with a capital"
    if not re.search(r"[.!?][\"”’')]*$", text):
        yield "it does not end"
    pairs = (("“", "”"), ("(", ")"))
    if text.count('"') % 2 or any(text.count(a) != text.count(b) for a, b in pairs):
        yield "a mark is opened and not closed"


def _all(word: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = _inflect().getAllLemmas(word)
    return found


def _inflect() -> Any:
    return require("lemminflect", "text", "Inflecting English")
