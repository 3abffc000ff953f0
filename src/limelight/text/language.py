"""Which language a text is in, found by itself."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from limelight.extras import require

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
LETTER = re.compile(r"[^\W\d_]")
ENOUGH = 10_000
"""Characters that are looked at, from the beginning: more don't change the answer."""
SINITIC = frozenset({"wuu", "yue", "nan", "gan", "hak"})
"""Written with the same characters, and told apart by nothing that matters here."""
FEW = 20
"""Letters below which a guess between languages of one script is no better than English."""


def language_of(text: str) -> str:
    """Give the language of a text as ISO 639-1 has it: "en", "zh", "fr"…

    Text in Han characters without kana is Chinese, also where it quotes Latin names: a Han
    character says about as much as a Latin word. Short text in Latin letters is taken for English,
    and so is text without a letter. Between others py3langid decides (Lui and Baldwin 2012).
    """
    text = text[:ENOUGH]
    han, kana = len(HAN.findall(text)), len(KANA.findall(text))
    letters = len(LETTER.findall(text))
    rest = letters - han - kana
    if han + kana and (han + kana) * 3 >= rest:
        return "ja" if kana * 10 >= han + kana else "zh"
    if not letters or (letters < FEW and text.isascii()):
        return "en"
    found = str(_identifier().classify(text)[0])
    if found in SINITIC or (found == "zh" and not han) or (found == "ja" and not kana):
        return "zh" if han else "en"
    return found


@cache
def _identifier() -> Any:
    return require("py3langid", "text", "Finding the language of a text")
