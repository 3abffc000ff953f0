"""Labelled texts from a table, from lines of JSON, or from the catalogue."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from limelight.catalog.cells import to_names
from limelight.errors import BadInputError, NotFoundError
from limelight.text.tag.examples import Examples

TEXT = ("text", "overview", "synopsis", "plot", "description", "summary", "body", "简介", "文本")
LABELS = ("labels", "tags", "genres", "categories", "topics", "moods", "genre", "类型", "标签")
LINES = (".jsonl", ".ndjson", ".json")
TABLES = (".csv", ".tsv")
LONGEST_CELL = 2**24


def read_examples(path: Path, text: str | None = None, labels: str | None = None) -> Examples:
    """Read a CSV or TSV with a header, or lines of JSON, as UTF-8.

    ``text`` and ``labels`` are the columns' names; else the first of `TEXT` and `LABELS` that is
    there. A cell of labels is a list of texts or of objects with a name, as JSON, or is parted by
    ``|``, ``;`` or commas. Rows without text or without a label are left out. Raises NotFoundError
    and BadInputError, which names the line.
    """
    if not path.exists():
        raise NotFoundError(f"there is no {path}")
    try:
        if path.suffix.lower() in LINES:
            rows = _lines(path)
        elif path.suffix.lower() in TABLES:
            rows = _table(path)
        else:
            raise BadInputError(
                f"{path} is of no kind that is read here; "
                f"it would end in {', '.join((*TABLES, *LINES))}"
            )
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path} can't be read as UTF-8: {error}") from error
    if not rows:
        raise BadInputError(f"{path} is empty; it needs rows with a text and labels")
    names = dict.fromkeys(name for row in rows for name in row)
    text_name, labels_name = _column(text, TEXT, names, path), _column(labels, LABELS, names, path)
    pairs = [(row.get(text_name), row.get(labels_name)) for row in rows]
    return _examples(pairs, labels_name, f"the columns {text_name} and {labels_name} of {path}")


def catalogue_examples(items: pl.DataFrame, labels: str = "categories") -> Examples:
    """Take the texts of a catalogue's titles, and their categories or an attribute as labels."""
    if labels == "categories":
        given: Sequence[Any] = items["categories"].to_list()
    else:
        told = [json.loads(cell) if cell else {} for cell in items["attributes"].to_list()]
        given = [attributes.get(labels) for attributes in told]
    pairs = zip(items["text"].to_list(), given, strict=True)
    return _examples(pairs, labels, f"the texts and {labels} of the catalogue's titles")


def _examples(pairs: Iterable[tuple[Any, Any]], noun: str, place: str) -> Examples:
    kept = [
        (text, tuple(dict.fromkeys(names)))
        for text, cell in pairs
        if isinstance(text, str) and text.strip() and (names := _names(cell))
    ]
    if not kept:
        raise BadInputError(f"{place} hold nothing to learn from: no text that has a label")
    return Examples(tuple(text for text, _ in kept), tuple(names for _, names in kept), noun)


def _names(cell: Any) -> list[str]:
    if not isinstance(cell, str | list):
        return []
    return to_names(cell) or []


def _column(wanted: str | None, usual: Sequence[str], names: Mapping[str, Any], path: Path) -> str:
    found = wanted or next((name for name in usual if name in names), None)
    if found in names and found is not None:
        return found
    missing = f"no column {wanted!r}" if wanted else f"none of the columns {', '.join(usual)}"
    which = "--text" if usual is TEXT else "--labels"
    raise BadInputError(f"{path} has {missing}, only {', '.join(names)}; name one with {which}")


def _lines(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8-sig")
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                found: Any = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise BadInputError(f"line {number} of {path} is no JSON: {error}") from error
            if not isinstance(found, dict):
                raise BadInputError(f'line {number} of {path} must be an object with "text"')
            rows.append(found)
    return rows


def _table(path: Path) -> list[dict[str, Any]]:
    mark = "\t" if path.suffix.lower() == ".tsv" else ","
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=mark, strict=True)
            rows = []
            for row in reader:
                if None in row:
                    raise BadInputError(
                        f"line {reader.line_num} of {path} has more cells than the header has names"
                    )
                rows.append(row)
            return rows
    except csv.Error as error:
        raise BadInputError(f"{path} is no table, at line {reader.line_num}: {error}") from error
    finally:
        csv.field_size_limit(before)
