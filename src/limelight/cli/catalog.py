"""limelight import and export: the catalogue and its events, in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from limelight.cli.session import Answer, Session, command
from limelight.errors import BadInputError

if TYPE_CHECKING:
    from limelight.catalog import ImportReport
    from limelight.catalog.vocabulary import TableName

app = typer.Typer()
imports = typer.Typer(no_args_is_help=True, help="Bring in events, items and users.")
app.add_typer(imports, name="import")

Files = Annotated[
    list[str], typer.Argument(metavar="FILE", help="Files or globs; - is standard input.")
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="FIELD=COLUMN", help="Where a column's name is not told; repeatable."
    ),
]
Kind = Annotated[str | None, typer.Option(metavar="KIND", help="The kind of rows without one.")]
Format = Annotated[
    Literal["csv", "tsv", "dat", "sequences", "jsonl", "parquet"] | None,
    typer.Option(help="What the files are, where it can't be guessed."),
]
Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Such as utf-8 or gb18030; else guessed.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse a file that has a bad row.")]
Rejects = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where bad rows go. Default: rejects-….csv in the home."),
]

FIELDS: dict[TableName, str] = {
    "events": "user_id, item_id, kind, value, time",
    "items": "item_id, title, kind, released, categories, text, parent_id",
    "users": "user_id",
}


def _add(table: TableName) -> None:
    """Make the command that imports one table."""

    def bring_in(
        session: Session,
        files: Files,
        fields: Map = None,
        kind: Kind = None,
        format: Format = None,
        encoding: Encoding = None,
        strict: Strict = False,
        rejects: Rejects = None,
    ) -> Answer:
        from limelight.catalog import import_files, open_store

        mapping = dict(_field_and_column(text) for text in fields or [])
        rejects = rejects or session.home.make().folder / f"rejects-{table}.csv"
        with open_store(session.store_url) as store, session.progress() as progress:
            report = import_files(
                store,
                table,
                files,
                mapping=mapping,
                kind=kind,
                format=format,
                encoding=encoding,
                strict=strict,
                rejects=rejects,
                progress=progress,
            )
        if report.rejected:
            session.note(f"the bad rows are in {rejects}")
        return tell(session, {table: report})

    first = FIELDS[table].split(",", maxsplit=1)[0]
    bring_in.__doc__ = f"""Bring in {table} from CSV, TSV, JSON Lines or Parquet files.

    Fields: {FIELDS[table]}; columns are guessed from common names. The same file twice changes
    nothing.

    \b
    Examples:
      limelight import {table} {table}.csv
      limelight import {table} 'day-*.jsonl.gz' --map {first}=uid --strict
      zcat {table}.tsv.gz | limelight import {table} -
    """
    command(imports, table)(bring_in)


for table in FIELDS:
    _add(table)


@command(imports, "export")
def import_back(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What `export` wrote.")],
) -> Answer:
    """Bring an exported folder back: into an empty store without any loss.

    \b
    Example:
      limelight import export backup/
    """
    from limelight.catalog import import_export, open_store

    with open_store(session.store_url) as store, session.progress() as progress:
        return tell(session, import_export(store, folder, progress))


@command(app, "export")
def export(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Made if there is none.")],
) -> Answer:
    """Write the whole store as Parquet files.

    \b
    Example:
      limelight export backup/
    """
    from limelight.catalog import export_store, open_store

    with open_store(session.store_url) as store, session.progress() as progress:
        files, counts = export_store(store, folder, progress), store.counts()
    words = (f"{counts[table]:,} {table} are in {path}" for table, path in files.items())
    return Answer({"files": files, "counts": counts}, "\n".join(words))


def tell(session: Session, reports: Mapping[str, ImportReport]) -> Answer:
    """Say what imports did to each table."""
    import polars as pl

    from limelight.cli.display import table

    for report in reports.values():
        for note in [*report.notes, *filter(None, [report.why()])]:
            session.note(note)
    counts = ["read", "added", "updated", "unchanged", "rejected"]
    rows = [
        {"table": name, **{count: getattr(report, count) for count in counts}}
        for name, report in reports.items()
    ]
    data = {name: asdict(report) for name, report in reports.items()}
    return Answer({"imported": data}, table(pl.DataFrame(rows)))


def _field_and_column(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals:
        raise BadInputError(f"{text!r} maps nothing; write it as field=column")
    return field.strip(), column.strip()
