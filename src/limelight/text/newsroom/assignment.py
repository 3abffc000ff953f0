"""What a draft is made of, whole, and the draft from it: sources' bytes and every setting."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.text.newsroom.composing import compose
from limelight.text.newsroom.data import Table, parse_table
from limelight.text.newsroom.draft import Draft
from limelight.text.newsroom.forms import form_of
from limelight.text.newsroom.sources import Source, gather
from limelight.text.newsroom.writing.statement import Statement
from limelight.text.reading import Document, parse

LANGUAGES = ("en", "zh")
LEAST_COPY, MOST_COPY = 4, 40
FORMAT = 1


@dataclass(frozen=True)
class Material:
    """A file as given: ``kind`` is "source" or "data", ``publisher`` who is told to report."""

    name: str
    data: bytes
    kind: str = "source"
    publisher: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Assignment:
    """Everything that a draft depends on.

    ``allowed`` is how many words in a row may be a source's own without quotation marks.
    ``rewrites`` are sentences that a language model wrote, by what they replaced; ``before`` is the
    draft that this one revises.
    """

    material: tuple[Material, ...]
    form: str = "brief"
    language: str = ""
    allowed: int = 12
    rewrites: tuple[tuple[str, str], ...] = ()
    before: str = ""
    refused: tuple[str, ...] = field(default=())

    def recipe(self, version: str) -> dict[str, Any]:
        """Give what the draft's name is reckoned from."""
        return {
            "format": FORMAT,
            "version": version,
            "form": self.form,
            "language": self.language,
            "allowed": self.allowed,
            "material": [
                {"name": m.name, "kind": m.kind, "publisher": m.publisher, "sha256": m.digest}
                for m in self.material
            ],
            "rewrites": [list(pair) for pair in self.rewrites],
            "before": self.before,
            "refused": list(self.refused),
        }

    def name(self, version: str) -> str:
        """Name the draft by its content."""
        text = json.dumps(self.recipe(version), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def settled(assignment: Assignment) -> Assignment:
    """Check the settings, and take the sources' language where none is given.

    Raises NotFoundError for an unknown form, BadInputError for any other setting that can't be.
    """
    form_of(assignment.form)
    if not assignment.material:
        raise BadInputError("there is nothing to write from; name sources, or --data")
    if not LEAST_COPY <= assignment.allowed <= MOST_COPY:
        raise BadInputError(
            f"a run of words may be {LEAST_COPY} to {MOST_COPY} long, not {assignment.allowed}"
        )
    if not assignment.language:
        sources, _ = opened(assignment)
        size = {
            code: sum(len(s.document.text) for s in sources if s.document.language == code)
            for code in LANGUAGES
        }
        assignment = replace(assignment, language=max(LANGUAGES, key=lambda code: size[code]))
    if assignment.language not in LANGUAGES:
        raise BadInputError(f"the newsroom writes en and zh, not {assignment.language!r}")
    return assignment


def opened(assignment: Assignment) -> tuple[list[Source], list[Table]]:
    """Read the material: sources numbered first, tables after them."""
    sources, tables = _read(assignment.material)
    return list(sources), list(tables)


@lru_cache(maxsize=1)  # settling, writing and checking a draft read the same material
def _read(material: tuple[Material, ...]) -> tuple[tuple[Source, ...], tuple[Table, ...]]:
    documents = [document for m in material if m.kind == "source" for document in _documents(m)]
    sources = gather(documents)
    tables = [parse_table(m.data, m.name) for m in material if m.kind == "data"]
    numbered = [table.numbered(len(sources) + n) for n, table in enumerate(tables, 1)]
    return tuple(sources), tuple(numbered)


def written(assignment: Assignment, progress: Progress = silent) -> Draft:
    """Write the draft of a settled assignment; the same assignment gives the same draft."""
    sources, tables = opened(assignment)
    form = form_of(assignment.form)
    draft = compose(sources, tables, form, assignment.language, assignment.allowed, progress)
    draft = replace(draft, notes=(*assignment.refused, *draft.notes))
    return _replaced(draft, dict(assignment.rewrites)) if assignment.rewrites else draft


def _documents(material: Material) -> Iterator[Document]:
    for document in parse(material.data, material.name):
        publisher = material.publisher or document.publisher
        yield replace(document, publisher=publisher)


def _replaced(draft: Draft, rewrites: dict[str, str]) -> Draft:
    def anew(statement: Statement) -> Statement:
        text = rewrites.get(statement.text)
        return statement if text is None else replace(statement, text=text, way="model")

    return replace(
        draft,
        standfirst=anew(draft.standfirst) if draft.standfirst else None,
        paragraphs=tuple(tuple(map(anew, paragraph)) for paragraph in draft.paragraphs),
    )
