"""What every reader gives: some rows at a time, and what it could not make rows of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class Reject:
    """A row that can't be used: where it stands, why, and what it says."""

    source: str
    line: int
    reason: str
    text: str


@dataclass
class Batch:
    """Some rows of a file.

    frame     the wanted columns, as text or as the file's own types; an empty cell is null
    rest      the other columns of each row, where they were asked for
    lines     int64 (n_rows,), the line (in Parquet the row) that each begins at, from 1
    original  gives the text of a row by its place in the frame
    rejects   lines that are no rows, as (line, reason, text)
    """

    frame: pl.DataFrame
    lines: NDArray[np.int64]
    original: Callable[[int], str]
    rest: list[dict[str, Any]] | None = None
    rejects: list[tuple[int, str, str]] = field(default_factory=list)


class TableReader(Protocol):
    """A file's rows under the names of its columns."""

    columns: list[str]

    def batches(self, wanted: Sequence[str], *, rest: bool) -> Iterator[Batch]:
        """Read on, giving the wanted columns and, where ``rest``, all others too."""


def json_text(row: dict[str, Any]) -> str:
    """Write a row of typed cells as one line of JSON."""
    return json.dumps(row, ensure_ascii=False, default=str)
