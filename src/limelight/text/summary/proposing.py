"""Loglines, synopses and summaries proposed for titles, to be looked at by people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, get_args

from limelight.catalog import Store
from limelight.errors import BadInputError, LimelightError, NotFoundError
from limelight.progress import Progress, silent
from limelight.text.reading import Document
from limelight.text.summary.length import Length
from limelight.text.summary.loglines import logline
from limelight.text.summary.summarising import document_of, summarise, synopsis

if TYPE_CHECKING:
    from limelight.text.embed import Embedder

Kind = Literal["logline", "synopsis", "summary"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CATALOGUE = "catalogue"


@dataclass(frozen=True)
class Proposal:
    """A text proposed for a title; ``text`` is empty where there is none, and ``note`` says why.

    ``origin`` is "catalogue" or the name of the file that ``original`` was read from.
    """

    item_id: str
    title: str
    kind: Kind
    original: str
    text: str
    places: str
    note: str = ""
    origin: str = CATALOGUE

    @property
    def fingerprint(self) -> str:
        """Twelve digits that tell whether the original is still the same."""
        return fingerprint(self.original)


@dataclass(frozen=True)
class Material:
    """A title's text to be worked on."""

    item_id: str
    title: str
    document: Document
    original: str
    origin: str = CATALOGUE


def fingerprint(text: str) -> str:
    """Give twelve digits that another text has not."""
    return sha256(text.encode()).hexdigest()[:12]


def propose(
    material: Material, kind: Kind, length: Length | None, embedder: Embedder | None = None
) -> Proposal:
    """Make one proposal; a text that nothing can be made of is told of in its note."""
    try:
        text, places, notes = _made(material.document, kind, length, embedder)
    except LimelightError as error:
        text, places, notes = "", "", [str(error)]
    return Proposal(
        material.item_id,
        material.title,
        kind,
        material.original,
        text,
        places,
        "; ".join(notes),
        material.origin,
    )


def propose_all(
    materials: Sequence[Material],
    kind: Kind,
    length: Length | None,
    embedder: Embedder | None = None,
    progress: Progress = silent,
) -> list[Proposal]:
    """Make a proposal for every text, in their order."""
    found = []
    for at, material in enumerate(materials):
        progress(at, len(materials), "reading")
        found.append(propose(material, kind, length, embedder))
    return found


def titles(store: Store, kind: Kind, again: bool = False) -> tuple[list[Material], int, int]:
    """Give the titles of a catalogue with a text, and how many have none and how many were left.

    Left are those that have an accepted one of that kind, unless they are to be done ``again``.
    Raises NotFoundError where no title has a text.
    """
    items = store.items()
    found, bare, had = [], 0, 0
    columns = ("item_id", "title", "text", "attributes")
    for item_id, title, text, attributes in items.select(columns).iter_rows():
        if not (text or "").strip():
            bare += 1
        elif not again and kind in _attributes(attributes):
            had += 1
        else:
            document = document_of(text, title or item_id, title)
            found.append(Material(item_id, title or "", document, text))
    if not found and not had:
        raise NotFoundError("the catalogue has no title with a text; import some first")
    return found, bare, had


def materials_of(pairs: Iterable[tuple[Document, str, str]]) -> list[Material]:
    """Make materials of documents with their titles' ids and the files' names.

    Raises BadInputError where two are of the same title.
    """
    found: dict[str, Material] = {}
    for document, item_id, name in pairs:
        if item_id in found:
            raise BadInputError(f"{found[item_id].origin} and {name} are both of title {item_id!r}")
        found[item_id] = Material(item_id, document.title or "", document, document.text, name)
    return list(found.values())


def _made(
    document: Document, kind: Kind, length: Length | None, embedder: Embedder | None
) -> tuple[str, str, list[str]]:
    given = {} if length is None else {"length": length}
    if kind == "logline":
        line = logline(document, length, embedder)
        notes = [f"shortened from: {line.sentence.text}"] if line.shortened else []
        notes += ["leans on the sentence before it"] if line.leaning else []
        return line.text, line.sentence.where, notes
    made = (synopsis if kind == "synopsis" else summarise)(document, embedder=embedder, **given)
    return made.text, made.places, ["the whole text"] if made.whole else []


def _attributes(text: str | None) -> dict[str, object]:
    told = json.loads(text) if text else {}
    return told if isinstance(told, dict) else {}
