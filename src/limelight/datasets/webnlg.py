"""WebNLG: facts of DBpedia and what people wrote of them, read from the archive of its makers."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from limelight.errors import BadInputError, NotFoundError

SPLITS = ("train", "dev", "test")


@dataclass(frozen=True)
class Entry:
    """Facts as (subject, predicate, object), the texts of them, and the category they are from."""

    category: str
    facts: tuple[tuple[str, str, str], ...]
    texts: tuple[str, ...]


def read(path: Path, split: str) -> list[Entry]:
    """Read "train", "dev" or "test" of WebNLG's XML, a folder or a .tar.gz of it.

    Gardent et al. 2017, "The WebNLG challenge"; the releases at
    https://gitlab.com/shimorina/webnlg-dataset, or enriched at
    https://github.com/ThiagoCF05/webnlg, CC BY-NC-SA 4.0. Raises NotFoundError where there is no
    such file, BadInputError where it is something else.
    """
    if split not in SPLITS:
        raise BadInputError(f"WebNLG has {', '.join(SPLITS)}, not {split!r}")
    if not path.exists():
        raise NotFoundError(f"there is no {path}; name the folder or the .tar.gz of WebNLG")
    found = [
        entry
        for name, content in sorted(_files(path, split))
        for entry in _entries(path, name, content)
    ]
    if not found:
        raise BadInputError(f"{path} has no {split}/…/*.xml; it is no WebNLG")
    return found


def _files(path: Path, split: str) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in path.rglob("*.xml"):
            if split in file.relative_to(path).parts:
                yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                parts = Path(member.name).parts
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and split in parts and member.name.endswith(".xml"):
                    yield member.name, content.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadInputError(f"{path} is no archive that can be read: {error}") from error


def _entries(path: Path, name: str, content: bytes) -> Iterator[Entry]:
    try:
        root: Element = fromstring(content)
    except (ParseError, ValueError) as error:
        raise BadInputError(f"{name} in {path} is no XML: {error}") from error
    for entry in root.iter("entry"):
        triples = [triple.text or "" for triple in entry.findall("modifiedtripleset/mtriple")]
        facts = tuple(tuple(part.strip() for part in triple.split(" | ", 2)) for triple in triples)
        texts = [_text(lex) for lex in entry.findall("lex")]
        if any(len(fact) != 3 for fact in facts):
            raise BadInputError(f"{name} in {path} has a fact that is not three parts: {triples}")
        yield Entry(
            entry.get("category", ""),
            tuple((subject, predicate, value) for subject, predicate, value in facts),
            tuple(filter(None, texts)),
        )


def _text(lex: Element) -> str:
    """Give the text: in a part of its own in the enriched edition, in the entry else."""
    return " ".join((lex.findtext("text") or lex.text or "").split())
