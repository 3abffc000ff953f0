"""The table in which people accept what is proposed: written, read back, into the catalogue."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from limelight.catalog import Store, describe_items
from limelight.errors import BadInputError, NotFoundError, UnavailableError
from limelight.media.page import write_page
from limelight.media.whole import replacing
from limelight.text.language import language_of
from limelight.text.reading.decoding import decode
from limelight.text.summary.length import characters
from limelight.text.summary.proposing import CATALOGUE, Kind, Proposal, fingerprint
from limelight.text.words import words

COLUMNS = (
    *("accept", "item_id", "title", "kind", "proposal", "original", "proposal_length"),
    *("original_length", "unit", "place", "note", "origin", "fingerprint", "proposed"),
)
NEEDED = ("accept", "item_id", "kind", "proposal", "origin", "fingerprint", "proposed")
YES = frozenset({"yes", "y", "true", "1", "x", "✓", "ok", "accept", "accepted", "是", "好", "通过"})
NO = frozenset({"", "no", "n", "false", "0", "-", "reject", "rejected", "否", "不"})
FORMULA = ("=", "+", "-", "@", "'", "\t")
"""What a cell begins with that a spreadsheet would run, or take away: an apostrophe goes before."""


@dataclass(frozen=True)
class Accepted:
    """A line of a table that somebody said yes to; ``edited`` where they changed the text."""

    line: int
    item_id: str
    kind: Kind
    text: str
    edited: bool
    origin: str
    fingerprint: str


def write_review(path: Path, proposals: Sequence[Proposal]) -> None:
    """Write the table: ``.csv`` for spreadsheets, or ``.html``, a page that saves such a file.

    Raises BadInputError for another suffix, UnavailableError where it can't be written.
    """
    rows = [_row(proposal) for proposal in proposals]
    if path.suffix.lower() in (".html", ".htm"):
        write_page(path, "limelight.text.summary", "review.html", rows=rows, columns=COLUMNS)
    elif path.suffix.lower() == ".csv":
        told = io.StringIO()
        table = csv.DictWriter(told, COLUMNS)
        table.writeheader()
        table.writerows({name: _safe(text) for name, text in row.items()} for row in rows)
        with replacing(path) as draft:  # the mark lets spreadsheets know that it is UTF-8
            draft.write_text(told.getvalue(), encoding="utf-8-sig", newline="")
    else:
        raise BadInputError(f"a table for review is .csv or .html, and not {path.name}")


def read_review(path: Path) -> list[Accepted]:
    """Read the lines that were accepted, whatever a spreadsheet made of separators and encoding.

    Raises BadInputError for a table that lacks a column, for an answer that is neither yes nor no,
    for a title that is accepted twice or with no text; NotFoundError where there is no such file.
    """
    rows = _rows(path)
    found: dict[tuple[str, str], Accepted] = {}
    for line, row in rows:
        answer = row["accept"].strip().lower()
        if answer in NO:
            continue
        where = f"line {line} of {path.name}"
        if answer not in YES:
            raise BadInputError(f"{where} says {row['accept']!r}; write yes, or leave it empty")
        text = " ".join(row["proposal"].split())
        kind = next((kind for kind in get_args(Kind) if kind == row["kind"].strip()), None)
        if kind is None:
            raise BadInputError(f"{where} is of kind {row['kind']!r}; the kinds are {_kinds()}")
        if not text:
            raise BadInputError(f"{where} accepts an empty text; write one, or take back the yes")
        one = Accepted(
            line,
            row["item_id"],
            kind,
            text,
            fingerprint(text) != row["proposed"].strip(),
            row["origin"],
            row["fingerprint"].strip(),
        )
        if before := found.get((one.item_id, kind)):
            raise BadInputError(
                f"lines {before.line} and {line} of {path.name} both accept a {kind} for "
                f"{one.item_id!r}; leave one"
            )
        found[one.item_id, kind] = one
    return list(found.values())


def accept(store: Store, accepted: Sequence[Accepted]) -> None:
    """Write accepted texts into the titles' attributes of their kinds' names, all or none.

    A title's own text stays as it is. What the attribute had before goes on in
    ``KIND_history``, the newest first; ``KIND_origin`` says what it was made from and
    whether it was edited. Raises NotFoundError for a title that the catalogue lacks, BadInputError
    for one whose text changed after it was read.
    """
    items = store.items(list({one.item_id for one in accepted}))
    known = {
        item_id: (text or "", json.loads(attributes) if attributes else {})
        for item_id, text, attributes in items.select("item_id", "text", "attributes").iter_rows()
    }
    told: dict[str, dict[str, Any]] = {}
    for one in accepted:
        if one.item_id not in known:
            raise NotFoundError(
                f"line {one.line}: the catalogue has no title {one.item_id!r}; import it first"
            )
        text, attributes = known[one.item_id]
        if one.origin == CATALOGUE and fingerprint(text) != one.fingerprint:
            raise BadInputError(
                f"line {one.line}: the text of {one.item_id!r} was changed after the table was "
                f"made; make its {one.kind} anew, or take back the yes"
            )
        told.setdefault(one.item_id, {}).update(_told(one, attributes))
    if told:
        describe_items(store, told)


def _told(one: Accepted, attributes: Mapping[str, Any]) -> dict[str, Any]:
    before = attributes.get(one.kind)
    origin = {"from": one.origin, "fingerprint": one.fingerprint, "edited": one.edited}
    told: dict[str, Any] = {one.kind: one.text, f"{one.kind}_origin": origin}
    if before and before != one.text:
        earlier = attributes.get(f"{one.kind}_history")
        kept = earlier if isinstance(earlier, list) else []
        told[f"{one.kind}_history"] = [{"text": before}, *kept]
    return told


def _row(proposal: Proposal) -> dict[str, str]:
    chinese = language_of(proposal.original) in ("zh", "ja")
    measure = characters if chinese else (lambda text: len(words(text)))
    return {
        "accept": "",
        "item_id": proposal.item_id,
        "title": proposal.title,
        "kind": proposal.kind,
        "proposal": proposal.text,
        "original": proposal.original,
        "proposal_length": str(measure(proposal.text)),
        "original_length": str(measure(proposal.original)),
        "unit": "characters" if chinese else "words",
        "place": proposal.places,
        "note": proposal.note,
        "origin": proposal.origin,
        "fingerprint": proposal.fingerprint,
        "proposed": fingerprint(proposal.text),
    }


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}")
    try:
        text, _ = decode(path.read_bytes(), path.name)
    except OSError as error:
        raise UnavailableError(f"{path} can't be read: {error.strerror or error}") from error
    csv.field_size_limit(2**27)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    missing = [name for name in NEEDED if name not in (lines.fieldnames or ())]
    if missing:
        raise BadInputError(
            f"{path.name} has no column {missing[0]!r}; give the table that `limelight text "
            "loglines` or `synopses` wrote, with its first line"
        )
    try:
        return [
            (lines.line_num, {name: _plain(row.get(name)) for name in COLUMNS}) for row in lines
        ]
    except csv.Error as error:
        raise BadInputError(f"{path.name}, line {lines.line_num}: {error}") from error


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _plain(cell: str | None) -> str:
    text = cell or ""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _kinds() -> str:
    return ", ".join(get_args(Kind))
