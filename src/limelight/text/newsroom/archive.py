"""Drafts with their sources, kept by content: never changed, and made again byte for byte.

``<root>/sources/<sha256>`` holds what was given, ``<root>/drafts/<name>/`` the recipe and the
draft as Markdown, HTML and JSON. A name is reckoned from the recipe, so the same sources, settings
and version are one draft.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import limelight.text
from limelight.errors import CorruptError, NotFoundError, UnavailableError
from limelight.media.whole import filling, replacing
from limelight.progress import Progress, silent
from limelight.text.newsroom.assignment import Assignment, Material, opened, written
from limelight.text.newsroom.draft import Draft
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.rendering import pages

RECIPE = "recipe.json"


class Archive:
    """The drafts under one folder."""

    def __init__(self, root: Path) -> None:
        """Look at ``root``, which the first draft makes."""
        self.root = Path(root)

    def add(self, assignment: Assignment, draft: Draft) -> str:
        """Keep a draft with what it was made of, and give its name; one that is there stays."""
        here = edition()
        name = assignment.name(here)
        for material in assignment.material:
            path = self.root / "sources" / material.digest
            if not path.exists():
                with replacing(path) as new:
                    new.write_bytes(material.data)
        if not (self._folder(name) / RECIPE).exists():
            with filling(self._folder(name)) as new:
                for file, text in files(assignment, draft).items():
                    (new / file).write_bytes(text.encode())
                recipe = json.dumps(assignment.recipe(here), indent=1, ensure_ascii=False)
                (new / RECIPE).write_text(recipe, encoding="utf-8")
        return name

    def names(self) -> list[str]:
        """Name the drafts, the newest last."""
        folder = self.root / "drafts"
        found = (
            [path for path in folder.iterdir() if (path / RECIPE).exists()]
            if folder.is_dir()
            else []
        )
        return [
            path.name
            for path in sorted(
                found, key=lambda path: ((path / RECIPE).stat().st_mtime_ns, path.name)
            )
        ]

    def assignment(self, name: str) -> Assignment:
        """Give what a draft was made of. Raises NotFoundError, or CorruptError if altered."""
        recipe = self._recipe(self.full(name))
        material = [
            Material(m["name"], self._source(m["sha256"], name), m["kind"], m["publisher"])
            for m in recipe["material"]
        ]
        return Assignment(
            tuple(material),
            recipe["form"],
            recipe["language"],
            recipe["allowed"],
            tuple((one, other) for one, other in recipe["rewrites"]),
            recipe["before"],
            tuple(recipe["refused"]),
        )

    def stored(self, name: str) -> dict[str, bytes]:
        """Give a draft's files as they were written."""
        folder = self._folder(self.full(name))
        return {
            path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != RECIPE
        }

    def again(self, name: str, progress: Progress = silent) -> tuple[dict[str, bytes], str]:
        """Write a draft again from its stored sources; give its files and its first edition."""
        assignment = self.assignment(name)
        draft = written(assignment, progress)
        made = {file: text.encode() for file, text in files(assignment, draft).items()}
        return made, str(self._recipe(self.full(name))["version"])

    def full(self, name: str) -> str:
        """Give the whole of a name of which the beginning is given."""
        known = (
            [one for one in self.names() if one.startswith(name)]
            if re.fullmatch(r"[0-9a-f]+", name)
            else []
        )
        if len(known) != 1:
            there = (
                f"there are {', '.join(self.names()[-5:])}"
                if self.names()
                else "none was written yet"
            )
            raise NotFoundError(
                f"there is no draft {name!r}; {there}"
                if not known
                else f"{name!r} begins several drafts' names"
            )
        return known[0]

    def _folder(self, name: str) -> Path:
        return self.root / "drafts" / name

    def _recipe(self, name: str) -> Mapping[str, Any]:
        try:
            found: dict[str, Any] = json.loads(
                (self._folder(name) / RECIPE).read_text(encoding="utf-8")
            )
        except (OSError, ValueError) as error:
            raise CorruptError(f"the recipe of draft {name} can't be read: {error}") from error
        return found

    def _source(self, digest: str, name: str) -> bytes:
        try:
            data = (self.root / "sources" / digest).read_bytes()
        except OSError as error:
            raise UnavailableError(
                f"a source of draft {name} can't be read: {error.strerror}"
            ) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise CorruptError(f"a source of draft {name} was altered since; its checksum differs")
        return data


@cache
def edition() -> str:
    """Give the version and a fingerprint of the code that writes: another may write otherwise."""
    digest = hashlib.sha256()
    folder = Path(limelight.text.__file__).parent
    for path in sorted(
        path for path in folder.rglob("*") if path.suffix in (".py", ".html", ".css")
    ):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return f"{version('limelight')}+{digest.hexdigest()[:12]}"


def files(assignment: Assignment, draft: Draft) -> dict[str, str]:
    """Give a draft as the files that are written: Markdown, HTML and JSON."""
    return pages(draft, Evidence(*opened(assignment)))
