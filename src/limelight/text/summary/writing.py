"""A summary as a file: plain text, Markdown with places, or JSON with all that is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from limelight.errors import BadInputError
from limelight.media.whole import replacing
from limelight.text.newsroom.rendering import escaped
from limelight.text.summary.summarising import Summary

FORMATS = (".txt", ".md", ".json")


def write_summaries(path: Path, summaries: Sequence[Summary]) -> None:
    """Write summaries into one file, by its suffix: .txt, .md or .json.

    Raises BadInputError for another suffix, UnavailableError where it can't be written.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise BadInputError(f"a summary is written as {', '.join(FORMATS)}, and not {path.name}")
    if suffix == ".json":
        text = json.dumps({"summaries": [*map(as_data, summaries)]}, ensure_ascii=False, indent=2)
    else:
        text = "\n\n".join(map(_markdown if suffix == ".md" else _plain, summaries))
    with replacing(path) as draft:
        draft.write_text(text + "\n", encoding="utf-8")


def as_data(summary: Summary) -> dict[str, Any]:
    """Give a summary as JSON can say it: every sentence with its place, counted from 1."""
    document = summary.source.document
    return {
        "name": document.name,
        "title": document.title,
        "language": document.language,
        "summary": summary.text,
        "sentences": [
            {
                "text": one.text,
                "paragraph": one.paragraph,
                "sentence": one.place,
                "of_all": one.number,
            }
            for one in summary.sentences
        ],
        "sentences_of_source": len(summary.source.sentences),
        "whole": summary.whole,
        "left_out": [
            {"reason": one.reason, "characters": len(one.text)} for one in summary.source.left_out
        ],
    }


def _plain(summary: Summary) -> str:
    title = summary.source.document.title
    return f"{title}\n\n{summary.text}" if title else summary.text


def _markdown(summary: Summary) -> str:
    document = summary.source.document
    head = f"## {escaped(document.title or document.name)}\n\n"
    return head + " ".join(f"{escaped(one.text)} [{one.where}]" for one in summary.sentences)
