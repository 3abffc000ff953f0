"""JSON Lines: an object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
import polars as pl

from limelight.catalog.formats.batch import Batch
from limelight.catalog.formats.lines import Block

LINES_TO_LOOK_AT = 1_000


class JsonLinesReader:
    """A table whose rows are JSON objects; its columns are the keys in the first thousand lines."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        """Look at the beginning."""
        first = next(blocks, None)
        start = [] if first is None else [first]
        keys: dict[str, None] = {}
        for line in islice(start[0].lines() if start else [], LINES_TO_LOOK_AT):
            parsed = _parse(line)
            if isinstance(parsed, dict):
                keys |= dict.fromkeys(parsed)
        self.columns = list(keys)
        self._blocks = chain(start, blocks)

    def batches(self, wanted: Sequence[str], *, rest: bool) -> Iterator[Batch]:
        """Read on; cells are text, lists of text become JSON."""
        for block in self._blocks:
            batch = None if rest else _plain(block, wanted)
            yield batch or _careful(block, wanted, rest=rest)


def _plain(block: Block, wanted: Sequence[str]) -> Batch | None:
    """Let Polars parse a block that holds one flat object on every line."""
    flat = block.data.count(b"{") == block.n_lines and b"[" not in block.data
    if not flat or b"\\ud" in block.data.lower():  # Polars loses halves of characters
        return None
    try:
        frame = pl.read_ndjson(block.data, schema=dict.fromkeys(wanted, pl.String))
    except pl.exceptions.PolarsError:
        return None
    if frame.height != block.n_lines:
        return None
    return Batch(
        frame.with_columns(pl.all().replace("", None)),
        np.arange(block.first_line, block.first_line + frame.height),
        lambda row: block.lines()[row].decode("utf-8"),
    )


def _careful(block: Block, wanted: Sequence[str], *, rest: bool) -> Batch:
    """Parse line by line; only where ``rest`` is asked for may a cell be a list or an object."""
    rows: list[dict[str, str | None]] = []
    others: list[dict[str, Any]] = []
    lines: list[int] = []
    texts: list[str] = []
    bad = list(block.bad)
    for line, data in enumerate(block.lines(), block.first_line):
        if not data.strip():
            continue
        row = _parse(data)
        if not rest and isinstance(row, dict):
            row = _flat(row, wanted)
        if isinstance(row, str):
            bad.append((line, row, data.decode("utf-8")))
            continue
        rows.append({name: _cell_text(row.get(name)) for name in wanted})
        others.append({name: cell for name, cell in row.items() if name not in wanted})
        lines.append(line)
        texts.append(data.decode("utf-8"))
    return Batch(
        pl.DataFrame(rows, schema=dict.fromkeys(wanted, pl.String)),
        np.array(lines, np.int64),
        texts.__getitem__,
        others if rest else None,
        bad,
    )


def _parse(line: bytes) -> dict[str, Any] | str:
    """Give the object of a line, or why there is none."""
    try:
        row = json.loads(line, parse_constant=_refuse)
        json.dumps(row, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return "half a character (a lone surrogate)"
    except (ValueError, RecursionError):
        return "not JSON"
    return row if isinstance(row, dict) else "not a JSON object"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _flat(row: dict[str, Any], wanted: Sequence[str]) -> dict[str, Any] | str:
    """Give the object itself, or why it is no row of plain cells."""
    nested = next((name for name in wanted if isinstance(row.get(name), dict | list)), None)
    return row if nested is None else f"{nested} is neither text nor a number"


def _cell_text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return json.dumps(cell, ensure_ascii=False)
