"""Feeds that were saved to files, RSS and Atom: a document an entry."""

from __future__ import annotations

from datetime import date
from typing import Any

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.text.reading.cleaning import cleaned
from limelight.text.reading.document import Document, LeftOut, finished
from limelight.text.reading.pages import fragment


def parse_feed(data: bytes, name: str) -> list[Document]:
    """Read a feed's entries. Raises BadInputError where there is none with text."""
    found = require("feedparser", "text", "Reading feeds").parse(data)
    publisher = found.feed.get("title")
    documents = []
    for number, entry in enumerate(found.entries, 1):
        paragraphs, left_out = _text(entry)
        if paragraphs:
            when = entry.get("published_parsed") or entry.get("updated_parsed")
            title = entry.get("title")
            document = Document(
                f"{name}#{number}",
                tuple(paragraphs),
                "feed",
                cleaned(title)[0].strip() if title else None,
                cleaned(publisher)[0].strip() if publisher else None,
                date(*when[:3]) if when else None,
                left_out=tuple(left_out),
            )
            documents.append(finished(document))
    if not documents:
        raise BadInputError(f"the feed {name} has no entry with text in it")
    return documents


def _text(entry: Any) -> tuple[list[str], list[LeftOut]]:
    pieces = [content.get("value", "") for content in entry.get("content", ())]
    longest = max([*pieces, entry.get("summary", "")], key=len)
    paragraphs, left_out = fragment(longest)
    kept = []
    for paragraph in paragraphs:
        text, found = cleaned(paragraph)
        left_out += found
        kept += [text.strip()] if text.strip() else []
    return kept, left_out
