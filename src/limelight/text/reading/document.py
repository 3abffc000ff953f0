"""What was read: paragraphs, where they come from, and what was left out of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from limelight.text.language import language_of

HEADING = 120
"""Characters above which a first line is no title."""
LABELLED = re.compile(
    r"(title|headline|source|publisher|by|date|published|url|标题|来源|日期|时间"
    r"|作者)\s*[:：]\s*(.+)",
    re.IGNORECASE,
)
TITLES, PUBLISHERS = (
    frozenset({"title", "headline", "标题"}),
    frozenset({"source", "publisher", "来源"}),
)
DATES = frozenset({"date", "published", "日期", "时间"})
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")


@dataclass(frozen=True)
class LeftOut:
    """A stretch of a source that readers of it would not see, or that is none of its text."""

    reason: str
    text: str


@dataclass(frozen=True)
class Document:
    """A text with what is known of it.

    ``name`` is the file's, with the number of the entry where it was a feed ("news.xml#2").
    ``paragraphs`` hold no line ends. ``left_out`` tells of hidden text and characters; what is of
    a page's frame (menus, scripts) is not told of.
    """

    name: str
    paragraphs: tuple[str, ...]
    kind: str
    title: str | None = None
    publisher: str | None = None
    published: date | None = None
    encoding: str | None = None
    language: str = "en"
    left_out: tuple[LeftOut, ...] = ()

    @property
    def text(self) -> str:
        """The paragraphs, parted by blank lines."""
        return "\n\n".join(self.paragraphs)


def finished(document: Document) -> Document:
    """Find the language, and take title, publisher and date from labelled lines at the top."""
    paragraphs = list(document.paragraphs)
    told: dict[str, str] = {}
    while paragraphs and (match := LABELLED.fullmatch(paragraphs[0])) and len(paragraphs[0]) < 300:
        told[match[1].lower()] = match[2].strip()
        paragraphs.pop(0)
    title = document.title or _first(told, TITLES)
    if title is None and len(paragraphs) > 1 and _is_heading(paragraphs[0]):
        title = paragraphs.pop(0)
    elif title is not None and paragraphs and paragraphs[0].strip() == title.strip():
        paragraphs.pop(0)
    return replace(
        document,
        paragraphs=tuple(paragraphs),
        title=title,
        publisher=document.publisher or _first(told, PUBLISHERS),
        published=document.published or day_in(_first(told, DATES) or ""),
        language=language_of("\n".join(paragraphs)),
    )


def day_in(text: str) -> date | None:
    """Read a day written as year, month, day; None where there is none."""
    if match := DAY.search(text):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            return None
    return None


def _first(told: dict[str, str], names: frozenset[str]) -> str | None:
    return next((value for name, value in told.items() if name in names), None)


def _is_heading(text: str) -> bool:
    return len(text) <= HEADING and not text.rstrip("\"'”’」").endswith(
        (".", "。", "!", "！", ":", "：")
    )
