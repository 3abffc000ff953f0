"""Everything that a store holds as three Parquet files, and back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl
from pyarrow import parquet

from limelight.catalog.importing import import_files
from limelight.catalog.report import ImportReport
from limelight.catalog.store import Store
from limelight.catalog.vocabulary import EVENTS, SCHEMAS, TableName
from limelight.errors import BadInputError, UnavailableError
from limelight.progress import Progress, silent

ORDER: tuple[TableName, ...] = ("items", "users", "events")


def export_store(store: Store, folder: Path, progress: Progress = silent) -> dict[str, Path]:
    """Write ``items.parquet``, ``users.parquet`` and ``events.parquet``, and say where they are.

    Their columns are those of ITEMS, USERS and EVENTS. Files of an earlier export are replaced,
    each when its successor is whole. Raises BadInputError for a file, UnavailableError where
    the folder can't be written.
    """
    folder = Path(folder)
    if folder.is_file():
        raise BadInputError(f"{folder} is a file; name a folder to export to")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files: dict[str, Path] = {name: folder / f"{name}.parquet" for name in ORDER}
        # Events go first: users and titles that arrive meanwhile do no harm, missing ones would.
        count = store.counts()["events"]
        _write(files["events"], EVENTS, store.event_batches(), count, progress)
        _write(files["items"], SCHEMAS["items"], [store.items()], None, progress)
        _write(files["users"], SCHEMAS["users"], [store.users()], None, progress)
    except OSError as error:
        raise UnavailableError(f"{folder} can't be written: {error.strerror or error}") from error
    return files


def import_export(
    store: Store, folder: Path, progress: Progress = silent
) -> dict[str, ImportReport]:
    """Bring an exported folder into a store: into an empty one, without any loss.

    Raises BadInputError where a file is missing or is not what was exported.
    """
    files = {name: Path(folder) / f"{name}.parquet" for name in ORDER}
    missing = [str(file) for file in files.values() if not file.is_file()]
    if missing:
        raise BadInputError(f"{folder} is no export: there is no {', no '.join(missing)}")
    return {
        name: import_files(store, name, file, strict=True, progress=progress)
        for name, file in files.items()
    }


def _write(
    file: Path,
    schema: pl.Schema,
    parts: Iterable[pl.DataFrame],
    total: int | None,
    progress: Progress,
) -> None:
    draft = file.with_suffix(".parquet.part")
    done = 0
    try:
        with parquet.ParquetWriter(draft, pl.DataFrame(schema=schema).to_arrow().schema) as writer:
            for part in parts:
                progress(done, total, f"writing {file.name}")
                writer.write_table(part.to_arrow())
                done += part.height
        draft.replace(file)
        progress(done, total, f"writing {file.name}")
    finally:
        draft.unlink(missing_ok=True)
