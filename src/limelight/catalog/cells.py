"""Cells made what a field holds: text, numbers, lists of names, attributes."""

from __future__ import annotations

import ast
import json
import math
from typing import Any

import polars as pl

NO_GENRES = "(no genres listed)"
"""What MovieLens writes for an empty list."""


def as_text(cells: pl.Series) -> pl.Series:
    """Write cells as text: a whole number without its point (7.0 is 7), an empty text as null."""
    kind = cells.dtype
    if kind == pl.String:
        return cells.replace("", None)
    if kind.is_float():
        whole = cells.cast(pl.Int64, strict=False)
        is_whole = (whole.cast(kind) == cells).fill_null(False)
        return whole.cast(pl.String).zip_with(is_whole, cells.cast(pl.String))
    if kind.is_nested():
        written = (None if cell is None else json.dumps(cell, default=str) for cell in cells)
        return pl.Series(cells.name, list(written), dtype=pl.String)
    return cells.cast(pl.String, strict=False)


def to_numbers(cells: pl.Series) -> pl.Series:
    """Give float64; NaN where a cell is no finite number, null where it is empty."""
    if cells.dtype == pl.String:
        text = cells.str.strip_chars().replace("", None)
        numbers = text.cast(pl.Float64, strict=False)
        wrong = numbers.is_null() & text.is_not_null()
    elif cells.dtype.is_numeric() or cells.dtype in (pl.Boolean, pl.Null):
        numbers = cells.cast(pl.Float64, strict=False)
        wrong = numbers.is_null() & cells.is_not_null()
    else:
        numbers = pl.Series([None], dtype=pl.Float64).new_from_index(0, len(cells))
        wrong = cells.is_not_null()
    wrong |= numbers.is_infinite().fill_null(False)
    return numbers.set(wrong, math.nan) if wrong.any() else numbers


def to_names(cell: Any, *, words: bool = False) -> list[str] | None:
    """Give a list of names from a list or its text: JSON, or parted by ``|``, ``;`` or commas.

    ``words`` says that blanks part them, as in RecBole's token sequences. Of objects the ``name``
    is taken. Null where the cell is empty.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        cell = cell.split() if words else _parted(cell.strip())
    names = [one.get("name") if isinstance(one, dict) else one for one in cell]
    return [name for one in names if one is not None and (name := str(one).strip())]


def _parted(text: str) -> list[Any]:
    if text == NO_GENRES:
        return []
    if text.startswith("["):
        for parse in (json.loads, ast.literal_eval):
            try:
                return list(parse(text))
            except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
                continue
    mark = next((mark for mark in "|;," if mark in text), "|")
    return text.split(mark)


def to_attributes(text: str | None, rest: dict[str, Any]) -> str | None:
    """Give one JSON object of a cell that holds an object and of the other columns' cells.

    Raises ValueError where the cell holds no object.
    """
    attributes: dict[str, Any] = {
        name: cell for name, cell in rest.items() if cell not in (None, "") and not _is_nan(cell)
    }
    if text:
        given = json.loads(text, parse_constant=_refuse)
        if not isinstance(given, dict):
            raise ValueError("not an object")
        attributes |= given
    elif not attributes:
        return None
    return attributes_text(attributes)


def attributes_text(attributes: dict[str, Any]) -> str:
    """Write attributes in the one form that is stored: keys sorted, no needless blanks."""
    return json.dumps(
        attributes,
        ensure_ascii=False,
        sort_keys=True,
        allow_nan=False,
        separators=(",", ":"),
        default=str,
    )


def _is_nan(cell: Any) -> bool:
    return isinstance(cell, float) and math.isnan(cell)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
