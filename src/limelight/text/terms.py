"""What a text is found by: stems of words, and pairs of neighbouring Han characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from limelight.extras import require
from limelight.text.language import HAN
from limelight.text.words import RUN, WORD

ACCENTS = re.compile(r"[\u0300-\u036f]")
GRAM = 3


def folded(text: str) -> str:
    """Take case, accents and the forms of letters away: "Amélie" is "amelie"."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.lower())
    return unicodedata.normalize("NFKC", ACCENTS.sub("", apart)).replace("’", "'")


def tokens(text: str, asked: bool = False) -> list[str]:
    """Give the words of a text as they are written, in order.

    A run of Han characters is its pairs of neighbours, which need no dictionary and forgive a wrong
    character, and its single characters too; of what is ``asked`` for, these only where alone.
    """
    text = folded(text)
    if not HAN.search(text):
        return WORD.findall(text)
    found: list[str] = []
    for run in RUN.findall(text):
        if HAN.match(run):
            found += [run[i : i + 2] for i in range(len(run) - 1)]
            found += run if not asked or len(run) == 1 else ""
        else:
            found += WORD.findall(run)
    return found


def terms(text: str, asked: bool = False) -> list[str]:
    """Give the terms of a text: its tokens, English words as stems (Porter's second stemmer)."""
    return [stem(token) for token in tokens(text, asked)]


def spelt(found: Iterable[str]) -> list[str]:
    """Give the tokens that can be misspelt: those without Han characters."""
    return [token for token in found if not HAN.match(token)]


def plain(text: str) -> str:
    """Give a text's words with single spaces between them, without case, accents, punctuation."""
    return " ".join(WORD.findall(folded(text)))


def grams(text: str) -> list[str]:
    """Give a text's neighbouring letters, three and three, and Han characters, one and two.

    Nothing lies between words, so that it does not matter where they are joined or parted.
    """
    text = folded(text)
    found = []
    for run in RUN.findall(text) if HAN.search(text) else [text]:
        if HAN.match(run):
            found += [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
        else:
            joined = f" {''.join(WORD.findall(run))} "
            found += [joined[i : i + GRAM] for i in range(len(joined) - GRAM + 1)]
    return found


@lru_cache(1 << 17)
def stem(word: str) -> str:
    """Give the stem of an English word; other words stay."""
    return str(_stemmer().stemWord(word)) if word.isascii() and word.isalpha() else word


@cache
def _stemmer() -> Any:
    return require("snowballstemmer", "text", "Finding stems of words").stemmer("english")
