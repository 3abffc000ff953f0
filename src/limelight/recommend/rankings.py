"""Rankings of everybody, streamed to one file that appears when it is whole."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow.parquet as pq

from limelight.errors import BadInputError, UnavailableError

SUFFIXES = (".csv", ".parquet")


def write_frames(path: Path, frames: Iterable[pl.DataFrame]) -> int:
    """Write frames of one schema one after the other, as CSV or Parquet by ``path``'s suffix.

    Returns the number of rows. Nothing is left behind when it fails or is interrupted, and an
    earlier file stays until the new one is whole. Raises BadInputError for another suffix or a
    folder that does not exist, UnavailableError when the disk refuses.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise BadInputError(f"{path} must end in .csv or .parquet")
    if not path.parent.is_dir():
        raise BadInputError(f"there is no folder {path.parent}")
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    write = _write_csv if path.suffix.lower() == ".csv" else _write_parquet
    try:
        with draft.open("xb") as file:
            rows = write(file, frames)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise UnavailableError(f"{path} can't be written: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return rows


def _write_csv(file: BinaryIO, frames: Iterable[pl.DataFrame]) -> int:
    rows = 0
    for number, frame in enumerate(frames):
        frame.write_csv(file, include_header=number == 0)
        rows += frame.height
    return rows


def _write_parquet(file: BinaryIO, frames: Iterable[pl.DataFrame]) -> int:
    rows, writer = 0, None
    try:
        for frame in frames:
            table = frame.to_arrow()
            writer = writer or pq.ParquetWriter(file, table.schema)
            writer.write_table(table)
            rows += frame.height
    finally:
        if writer is not None:
            writer.close()
    return rows
