"""Text as words, in languages with spaces between them and in Chinese."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from limelight.extras import require
from limelight.text.language import HAN

WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+(?:['’]\w+)*")
"""A number with its separators, or letters and digits with apostrophes between them."""

RUN = re.compile(f"{HAN.pattern}+|[^{HAN.pattern[1:]}+")


def words(text: str) -> list[str]:
    """Give the words of a text in order, in lower case, without punctuation.

    Numbers stay whole ("1,250.5"), and so do words with apostrophes ("don't"). A run of Han
    characters is cut into words by jieba's dictionary.
    """
    if not HAN.search(text):
        return [_plain(word) for word in WORD.findall(text)]
    found: list[str] = []
    for run in RUN.findall(text):
        found += _jieba().cut(run) if HAN.match(run) else map(_plain, WORD.findall(run))
    return found


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


@cache
def _jieba() -> Any:
    return require("rjieba", "text", "Cutting Chinese into words")
