"""How titles sound, heard in their files and written into the catalogue."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from limelight.audio.describe import Description, Tagger, describe_file
from limelight.catalog import Store, describe_items
from limelight.errors import BadInputError, LimelightError, NotFoundError, UnavailableError
from limelight.progress import Progress, silent

COLUMNS = ("file", "item_id")


@dataclass(frozen=True)
class Heard:
    """What became of one file: its description, written as its title's, or why there is none."""

    path: Path
    item_id: str
    description: Description | None = None
    error: LimelightError | None = None


def describe_into(
    store: Store,
    pairs: Iterable[tuple[Path, str]],
    tagger: Tagger | None = None,
    progress: Progress = silent,
) -> list[Heard]:
    """Hear the files of titles, (file, item id) each, and add what is heard to their attributes.

    A title is written as soon as its file is heard, so that nothing is lost when this is
    interrupted; a file that can't be heard keeps its title as it was, and the others go on. What
    ``Description.attributes`` names is replaced, all other attributes stay. Raises NotFoundError
    for a title that the catalogue lacks and BadInputError for a title with two files, before
    anything is heard.
    """
    pairs = list(pairs)
    _check(store, [item_id for _, item_id in pairs])
    heard = []
    for number, (path, item_id) in enumerate(pairs):

        def of_all(done: float, total: float | None, message: str, before: int = number) -> None:
            share = min(done / total, 1.0) if total else 0.0
            progress(before + share, len(pairs), message)

        try:
            description = describe_file(path, tagger, of_all)
        except LimelightError as error:
            heard.append(Heard(path, item_id, error=error))
            continue
        describe_items(store, {item_id: description.attributes()})
        heard.append(Heard(path, item_id, description))
    progress(len(pairs), len(pairs), "heard all")
    return heard


def titles_of(paths: Sequence[Path], listed: Path | None = None) -> list[tuple[Path, str]]:
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


def _read(listed: Path) -> dict[str, str]:
    try:
        text = listed.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnavailableError(f"{listed} can't be read: {error}") from error
    rows = csv.DictReader(text.splitlines())
    if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise BadInputError(
            f"{listed} has no column {' and no column '.join(missing)}; "
            f"its first line must be {','.join(COLUMNS)}"
        )
    return {row["file"]: row["item_id"] for row in rows if row["file"] and row["item_id"]}


def _check(store: Store, item_ids: Sequence[str]) -> None:
    twice = sorted({one for one in item_ids if item_ids.count(one) > 1})
    if twice:
        raise BadInputError(f"the title {twice[0]!r} has more than one file; name one of them")
    unknown = sorted({*item_ids} - {*store.items(item_ids)["item_id"]})
    if unknown:
        more = f" and {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
        raise NotFoundError(
            f"the catalogue has no title {unknown[0]!r}{more}; import it first, "
            "or say which title a file is of"
        )
