"""Which kind of file it is, by what is in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from limelight.errors import BadInputError, UnavailableError
from limelight.text.reading.cleaning import cleaned, paragraphs_of
from limelight.text.reading.decoding import decode
from limelight.text.reading.document import LABELLED, Document, LeftOut, finished
from limelight.text.reading.feeds import parse_feed
from limelight.text.reading.pages import parse_page
from limelight.text.reading.pdfs import parse_pdf

TEXTS = frozenset(
    {".txt", ".md", ".html", ".htm", ".xhtml", ".pdf", ".xml", ".rss", ".atom", ".text"}
)
FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
PAGE = re.compile(
    r"<(?:!doctype html|html|head|body|div|article|p|section|main)[\s>/]", re.IGNORECASE
)
MAGIC = {
    b"PK\x03\x04": "a Word, OpenDocument or zip file",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file",
    b"{\\rtf": "a rich text file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
}
LARGEST = 64 * 2**20


def read(path: Path) -> list[Document]:
    """Read a file of text; a feed is as many documents as it has entries.

    Raises BadInputError, which names the file, for what is empty, no text, a page without an
    article, or a PDF without text; UnavailableError where it can't be read.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInputError(f"there is no file {path}")
    try:
        return parse(path.read_bytes(), path.name)
    except OSError as error:
        raise UnavailableError(f"{path} can't be read: {error.strerror}") from error


def parse(data: bytes, name: str) -> list[Document]:
    """Read the bytes of a file of that name; else as `read`."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BadInputError(f"{name} is empty")
    if len(data) > LARGEST:
        raise BadInputError(f"{name} has {len(data) / 2**20:,.0f} MB; a source has at most 64")
    if data[:1024].lstrip().startswith(b"%PDF"):
        return [parse_pdf(data, name)]
    for magic, what in MAGIC.items():
        if data.startswith(magic):
            raise BadInputError(f"{name} is {what}; save it as text, HTML or PDF")
    text, encoding = decode(data, name)
    if FEED.search(text[:2000]):
        documents = parse_feed(text.encode() if encoding != "utf-8" else data, name)
    elif PAGE.search(text[:5000]):
        text, unseen = cleaned(text)
        documents = [_with(parse_page(text, name), unseen)]
    else:
        text, unseen = cleaned(_labels_apart(text))
        documents = [finished(Document(name, paragraphs_of(text), "text", left_out=tuple(unseen)))]
    if not any(re.search(r"\w", document.text) for document in documents):
        raise BadInputError(f"{name} has no words in it")
    return [replace(document, encoding=encoding) for document in documents]


def _labels_apart(text: str) -> str:
    """Part labelled lines at the top ("Source: …") from what follows by blank lines."""
    lines = text.lstrip().split("\n", 8)
    count = 0
    while count < len(lines) - 1 and LABELLED.fullmatch(lines[count].strip()):
        count += 1
    return "\n\n".join([*lines[:count], "\n".join(lines[count:])]) if count else text


def _with(document: Document, unseen: list[LeftOut]) -> Document:
    return replace(document, left_out=(*document.left_out, *unseen))
