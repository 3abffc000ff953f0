"""Parquet files and tables in memory: typed columns, a row number in place of a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import parquet

from limelight.catalog.formats.batch import Batch, json_text
from limelight.catalog.formats.sources import Source
from limelight.errors import BadInputError

ROWS_A_BATCH = 1_000_000


class ParquetReader:
    """A Parquet file, some rows at a time."""

    def __init__(self, source: Source) -> None:
        """Open it. Raises BadInputError where it is cut off or damaged."""
        self._name = source.name
        try:
            self._file = parquet.ParquetFile(source.path)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(error) from error
        self.columns: list[str] = self._file.schema_arrow.names
        self.n_rows: int = self._file.metadata.num_rows
        self.done = 0

    def batches(self, wanted: Sequence[str], *, rest: bool) -> Iterator[Batch]:
        """Read on."""
        columns = self.columns if rest else list(wanted)
        parts = self._file.iter_batches(ROWS_A_BATCH, columns=columns)
        while True:
            try:
                part = next(parts, None)
                if part is None:
                    return
                frame = pl.DataFrame(pl.from_arrow(pa.Table.from_batches([part])))
            except (pa.ArrowException, OSError, pl.exceptions.PolarsError) as error:
                raise self._damaged(error) from error
            yield as_batch(frame, wanted, rest=rest, first_row=self.done + 1)
            self.done += frame.height

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _damaged(self, error: Exception) -> BadInputError:
        return BadInputError(
            f"{self._name} is damaged or cut off and can't be read as Parquet "
            f"({str(error).splitlines()[0][:200]}). Get the file again"
        )


class FrameReader:
    """A table in memory."""

    def __init__(self, frame: pl.DataFrame) -> None:
        """Read from its first row on."""
        self._frame = frame
        self.columns = frame.columns

    def batches(self, wanted: Sequence[str], *, rest: bool) -> Iterator[Batch]:
        """Read on."""
        for start in range(0, self._frame.height, ROWS_A_BATCH):
            rows = self._frame[start : start + ROWS_A_BATCH]
            yield as_batch(rows, wanted, rest=rest, first_row=start + 1)


def as_batch(frame: pl.DataFrame, wanted: Sequence[str], *, rest: bool, first_row: int) -> Batch:
    """Give typed rows, numbered from ``first_row``."""
    return Batch(
        frame.select(wanted),
        np.arange(first_row, first_row + frame.height),
        partial(_row_text, frame),
        frame.drop(wanted).to_dicts() if rest else None,
    )


def _row_text(frame: pl.DataFrame, row: int) -> str:
    return json_text(frame.row(row, named=True))
