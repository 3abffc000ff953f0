"""Which files are meant by paths, globs and a dash for standard input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from limelight.errors import BadInputError

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Source:
    """A file, or standard input where ``path`` is None. ``name`` is for people."""

    name: str
    path: Path | None

    @property
    def suffixes(self) -> list[str]:
        """The endings of its name, in small letters."""
        return [suffix.lower() for suffix in self.path.suffixes] if self.path else []


def find(sources: str | Path | Iterable[str | Path]) -> list[Source]:
    """Say which files are meant by paths, globs and ``-``, each once.

    Raises BadInputError for what is missing or a folder.
    """
    given = [sources] if isinstance(sources, str | Path) else list(sources)
    if not given:
        raise BadInputError("no files are named")
    found: dict[str, Source] = {}
    for one in given:
        if str(one) == STANDARD_INPUT:
            found[STANDARD_INPUT] = Source("standard input", None)
            continue
        for path in _paths(one):
            found[str(path)] = Source(str(path), path)
    return list(found.values())


def _paths(one: str | Path) -> list[Path]:
    if not str(one):
        raise BadInputError("a file's name is empty; name a file, or - for standard input")
    path = Path(one).expanduser()
    if path.is_dir():
        raise BadInputError(f"{path} is a folder; name files in it, as {path / '*.csv'}")
    if path.exists():
        return [path]
    parts = path.parts
    fixed = next((at for at, part in enumerate(parts) if set(part) & set("*?[")), None)
    if fixed is None:
        raise BadInputError(f"there is no file {path}")
    matches = Path(*parts[:fixed]).glob("/".join(parts[fixed:]))
    files = sorted(match for match in matches if match.is_file())
    if not files:
        raise BadInputError(f"no file matches {path}")
    return files
