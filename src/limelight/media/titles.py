"""Which title of the catalogue a file is of."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from limelight.catalog import Store, describe_items
from limelight.errors import BadInputError, NotFoundError, UnavailableError
from limelight.progress import Progress

COLUMNS = ("file", "item_id")

Pairs = Sequence[tuple[Path, str]]
"""Files, and the ids of their titles."""


class Described(Protocol):
    """What was found out of a file."""

    def facts(self) -> Mapping[str, Any]:
        """Give all of it, as JSON can say it."""

    def attributes(self) -> Mapping[str, Any]:
        """Give what its title should know of it."""


D = TypeVar("D", bound=Described)


def titles_of(paths: Sequence[Path], listed: Path | None = None) -> Pairs:
    """Say which title each file is of: the one whose id is the file's name without its suffix.

    ``listed`` is a CSV file with the columns file and item_id that says otherwise; a file is known
    by its path or by its name. Raises BadInputError for a file that the list lacks.
    """
    if listed is None:
        return [(path, path.stem) for path in paths]
    by_name = _read(listed)
    pairs = []
    for path in paths:
        item_id = by_name.get(str(path), by_name.get(path.name))
        if item_id is None:
            raise BadInputError(f"{listed} names no title for {path}; add a line {path.name},…")
        pairs.append((path, item_id))
    return pairs


def telling(
    store: Store, pairs: Pairs, look: Callable[[Path, Progress], D]
) -> Callable[[Path, Progress], D]:
    """Give what looks at one of the files, tells its title at once, and gives what was found.

    What the attributes name is replaced, all other attributes of the title stay. Raises
    NotFoundError for a title that the catalogue lacks and BadInputError for a title with two files,
    before anything is looked at.
    """
    _check(store, [item_id for _, item_id in pairs])
    item_of = dict(pairs)

    def tell(path: Path, progress: Progress) -> D:
        found = look(path, progress)
        describe_items(store, {item_of[path]: found.attributes()})
        return found

    return tell


def _check(store: Store, item_ids: Sequence[str]) -> None:
    twice = [item_id for item_id, n in Counter(item_ids).items() if n > 1]
    if twice:
        raise BadInputError(f"the title {twice[0]!r} has more than one file; name one of them")
    unknown = sorted({*item_ids} - {*store.items(item_ids)["item_id"]})
    if unknown:
        more = f" and {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
        raise NotFoundError(
            f"the catalogue has no title {unknown[0]!r}{more}; import it first, "
            "or say which title a file is of"
        )


def _read(listed: Path) -> dict[str, str]:
    try:
        text = listed.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnavailableError(f"{listed} can't be read: {error}") from error
    lines = csv.DictReader(text.splitlines())
    try:
        rows = list(lines)
    except csv.Error as error:
        raise BadInputError(f"{listed} is no CSV file: {error}") from error
    if missing := [name for name in COLUMNS if name not in (lines.fieldnames or ())]:
        raise BadInputError(
            f"{listed} has no column {' and no column '.join(missing)}; "
            f"its first line must be {','.join(COLUMNS)}"
        )
    return {row["file"]: row["item_id"] for row in rows if row["file"] and row["item_id"]}
