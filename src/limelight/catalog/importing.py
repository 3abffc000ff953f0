"""Files and tables into the store, a transaction each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from warnings import warn

import polars as pl

from limelight.catalog.checking import Checked, Checker, new_id_columns
from limelight.catalog.columns import resolve
from limelight.catalog.event_writing import EventWriter
from limelight.catalog.formats.columnar import FrameReader
from limelight.catalog.formats.sources import find
from limelight.catalog.formats.tables import Format, OpenTable, open_table
from limelight.catalog.ids import IdColumn
from limelight.catalog.report import ImportReport, RejectsFile, refuse
from limelight.catalog.row_writing import write_rows
from limelight.catalog.schema import ID_COLUMNS
from limelight.catalog.store import Store
from limelight.catalog.vocabulary import EVENTS, SCHEMAS, USERS, TableName
from limelight.catalog.writing import Transaction
from limelight.errors import BadInputError, LimelightWarning
from limelight.progress import Progress, silent

Sources = str | Path | Iterable[str | Path]


def import_files(
    store: Store,
    table: TableName,
    sources: Sources,
    *,
    mapping: Mapping[str, str] | None = None,
    kind: str | None = None,
    format: Format | None = None,
    encoding: str | None = None,
    strict: bool = False,
    rejects: Path | None = None,
    progress: Progress = silent,
) -> ImportReport:
    """Bring files into the store: each whole, in one transaction, or not at all.

    Importing is idempotent: the same file again changes nothing. Titles and users are known by
    their id, and a new description is merged into the old (an empty cell changes nothing). What
    identifies an event is said in EventWriter. An event's user and title get bare rows if need be.

    table     what the rows are: "items", "users" or "events"
    sources   paths, globs, or "-" for standard input; CSV, TSV, MovieLens' ``::``, ``user item …``
              lines, JSON Lines or Parquet, packed by gzip, bzip2, xz, zstd or zip
    mapping   {field: column} where a column's name does not tell its field (see ``resolve``); an
              empty column leaves a field out, and 1, 2, 3 … are columns of a file without a header
    kind      of events or titles that have none; else told by the value's column (rating, plays),
              else "view"
    format, encoding  where they are not to be found out from the content
    strict    refuse a file with a bad row, instead of leaving such rows out
    rejects   where to write bad rows: CSV or, by suffix, JSON Lines (file, line, reason, text)
    progress  hears of bytes read (rows, in Parquet) and of events written; may raise to stop

    Raises BadInputError or UnavailableError, naming what to do; files before the one that is
    refused stay imported.
    """
    _known(table)
    total = ImportReport()
    found = find(sources)
    with RejectsFile(rejects, found) as rejects_file:
        for source in found:
            with (
                open_table(
                    source, table, mapping=mapping, format=format, encoding=encoding
                ) as opened,
                store.writing(progress) as transaction,
            ):
                columns = resolve(opened.reader.columns, table, mapping, source.name)
                checker = Checker(source.name, table, columns, kind)
                checked = _checked(opened, checker, columns, table, source.name, progress)
                report = _write(transaction, table, checked, rejects_file)
                report.notes += opened.notes
                if strict and report.rejected:
                    raise refuse(report, source.name)
            total.add(report)
    return total


def import_frame(
    store: Store, table: TableName, frame: pl.DataFrame, *, progress: Progress = silent
) -> ImportReport:
    """Bring a table in memory into the store, whole or not at all.

    Its columns are those of ITEMS, USERS or EVENTS, or any that ``import_files`` can guess. Raises
    BadInputError where a row is bad.
    """
    _known(table)
    name = f"the table of {table}"
    reader = FrameReader(frame)
    opened = OpenTable(reader, lambda: 0, frame.height)
    columns = resolve(reader.columns, table, None, name)
    with store.writing(progress) as transaction:
        checker = Checker(name, table, columns, None)
        checked = _checked(opened, checker, columns, table, name, silent)
        report = _write(transaction, table, checked, RejectsFile(None, []))
        if report.rejected:
            raise refuse(report, name)
    return report


def read_events(
    sources: Sources,
    *,
    mapping: Mapping[str, str] | None = None,
    kind: str | None = None,
    format: Format | None = None,
    encoding: str | None = None,
    strict: bool = False,
    rejects: Path | None = None,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Read files of events without a store, with the columns of EVENTS, in the files' order.

    Ids and kinds are Categoricals: text of which each distinct one is kept once. The arguments are
    those of ``import_files``. Bad rows are left out, and a LimelightWarning says which; where
    ``strict``, they raise BadInputError.
    """
    id_columns = new_id_columns()
    parts = [_as_events(pl.DataFrame(schema=EVENTS), id_columns)]
    total = ImportReport()
    found = find(sources)
    with RejectsFile(rejects, found) as rejects_file:
        for source in found:
            with open_table(
                source, "events", mapping=mapping, format=format, encoding=encoding
            ) as opened:
                columns = resolve(opened.reader.columns, "events", mapping, source.name)
                checker = Checker(source.name, "events", columns, kind, id_columns)
                for checked in _checked(opened, checker, columns, "events", source.name, progress):
                    rejects_file.write(checked.rejects)
                    total.reject(checked.rejects)
                    total.read += checked.rows.height
                    parts.append(_as_events(checked.rows, id_columns))
            total.notes += opened.notes
            if strict and total.rejected:
                raise BadInputError(f"{source.name} is refused: {total.why()}")
    _warn_of(total)
    return pl.concat(parts)


def read_users(sources: Sources, *, progress: Progress = silent) -> pl.DataFrame:
    """Read files of users without a store, with the columns of USERS, in the files' order.

    Other columns become attributes, as in ``import_files``. Bad rows are left out, and a
    LimelightWarning says which. Of a user in several files the last one counts.
    """
    parts = [pl.DataFrame(schema=USERS)]
    total = ImportReport()
    for source in find(sources):
        with open_table(source, "users", mapping=None, format=None, encoding=None) as opened:
            columns = resolve(opened.reader.columns, "users", None, source.name)
            checker = Checker(source.name, "users", columns, None)
            for checked in _checked(opened, checker, columns, "users", source.name, progress):
                total.reject(checked.rejects)
                total.read += checked.rows.height
                parts.append(checked.rows)
        total.notes += opened.notes
    _warn_of(total)
    return pl.concat(parts).unique("user_id", keep="last", maintain_order=True)


def _warn_of(total: ImportReport) -> None:
    for note in total.notes:
        warn(note, LimelightWarning, stacklevel=3)
    if total.rejected:
        warn(f"left out, {total.why()}", LimelightWarning, stacklevel=3)


def _as_events(rows: pl.DataFrame, id_columns: Mapping[str, IdColumn]) -> pl.DataFrame:
    time = pl.col("time").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    ids = (pl.col(name).cast(column.dtype) for name, column in id_columns.items())
    return rows.with_columns(*ids, time)


def _checked(
    opened: OpenTable,
    checker: Checker,
    columns: Mapping[str, str],
    table: TableName,
    name: str,
    progress: Progress,
) -> Iterator[Checked]:
    """Read a file to its end, a checked batch at a time."""
    wanted = list(dict.fromkeys(columns.values()))
    progress(0, opened.total, f"reading {name}")
    for batch in opened.reader.batches(wanted, rest=table != "events"):
        yield checker.check(batch)
        progress(opened.done(), opened.total, f"reading {name}")


def _write(
    transaction: Transaction, table: TableName, parts: Iterator[Checked], rejects: RejectsFile
) -> ImportReport:
    report = ImportReport()
    writer = EventWriter(transaction) if table == "events" else None
    for checked in parts:
        rejects.write(checked.rejects)
        report.reject(checked.rejects)
        report.read += checked.rows.height
        if writer:
            writer.add(checked.rows)
        elif checked.rows.height:
            distinct = checked.rows.unique(ID_COLUMNS[table], keep="first", maintain_order=True)
            write_rows(transaction, table, distinct)
    if writer:
        writer.finish()
    report.added, report.updated = transaction.added, transaction.updated
    report.unchanged = report.read - report.rejected - report.added - report.updated
    return report


def _known(table: str) -> None:
    if table not in SCHEMAS:
        raise BadInputError(f"there is no table {table!r}; say items, users or events")
