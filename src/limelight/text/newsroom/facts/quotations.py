"""What stands between quotation marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

MARKS = re.compile(
    r"“([^“”]+)”|\"([^\"]+)\"|‘‘([^’]+)’’|''([^']+)''|「([^「」]+)」|『([^『』]+)』"
    r"|(?<![\w’'])[‘']((?:[^‘’'\n]|(?<=\w)[’'](?=\w))+)[’'](?!\w)"
)
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."})
LEAST = 3
"""Words from which on a quotation is somebody's words, and not a title or a word used with care."""


@dataclass(frozen=True)
class Quotation:
    """Words at ``[start:end]`` of a text, marks included; ``words`` are without them."""

    words: str
    start: int
    end: int


def quotations_in(text: str) -> list[Quotation]:
    """Find what is between quotation marks, in the order of the text."""
    return [
        Quotation(next(part for part in match.groups() if part is not None), *match.span())
        for match in MARKS.finditer(text)
    ]


def normal(text: str) -> str:
    """Bring marks, dashes and spaces to one form, so that words can be compared one by one."""
    text = re.sub(r"\s+", " ", text.translate(PLAIN)).strip()
    text = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=\S)", "", text)
    return text.replace("''", '"')


def pieces(quotation: str) -> list[str]:
    """Give what must stand in the source as it is: parts between dots, without a last stop."""
    parts = re.split(r"\s*\[?\.\.\.\]?\s*|\[[^\]]*\]", normal(quotation))
    return [part for part in (p.strip().rstrip(".,;，。；、").strip() for p in parts) if part]


def verbatim(quotation: Quotation, whole: str) -> bool:
    """Say whether a text in `normal` form has a quotation, all its pieces in order."""
    at = 0
    for piece in pieces(quotation.words):
        found = whole.find(piece, at)
        if found < 0 and at == 0:
            found = whole.find(piece[0].swapcase() + piece[1:])
        if found < 0 or (
            piece[-1].isascii()
            and piece[-1].isalnum()
            and re.match(r"\w", whole[found + len(piece) : found + len(piece) + 1])
        ):
            return False
        at = found + len(piece)
    return True
