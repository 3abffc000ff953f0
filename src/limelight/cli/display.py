"""How answers look: tables on terminals and in pipes, values in JSON, bars for long work."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, TextIO

import numpy as np
import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from limelight.cli.session import visible
from limelight.progress import Progress as Listener

PIPE_WIDTH = 10_000  # a pipe has no edge at which to cut titles


def show(answer: RenderableType, file: TextIO) -> None:
    """Print an answer: with colour and fitted to the width on terminals, bare in pipes.

    Colour heeds NO_COLOR.
    """
    if isinstance(answer, str):
        answer = visible(answer)
    if file.isatty():
        Console(file=file, highlight=False, markup=False, emoji=False).print(answer)
        return
    page = io.StringIO()
    Console(file=page, width=PIPE_WIDTH, highlight=False, markup=False, emoji=False).print(answer)
    lines = [line.rstrip() for line in page.getvalue().splitlines()]
    file.write("\n".join(line for line in lines if line) + "\n")


def text(value: Any) -> str:
    """Put one value into words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={text(part)}" for name, part in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(text, value))
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else visible(str(value)).replace("\n", " ")


def table(frame: pl.DataFrame, title: str | None = None) -> Table:
    """Lay a frame out, numbers to the right."""
    laid = Table(
        box=SIMPLE_HEAD, title=None if title is None else visible(title), title_justify="left"
    )
    for name, dtype in frame.schema.items():
        justify: JustifyMethod = "right" if dtype.is_numeric() else "left"
        laid.add_column(name.replace("_", " "), justify=justify, overflow="fold")
    for row in frame.iter_rows():
        laid.add_row(*(Text(text(value)) for value in row))
    return laid


def with_reasons(recommendations: pl.DataFrame) -> pl.DataFrame:
    """Put the reasons of recommendations into words; the heading says what all have in common."""
    from limelight.recommend.explain import BECAUSE, describe

    words = pl.Series(map(describe, recommendations["reasons"]), dtype=pl.String)
    because = len(words) > 0 and words.str.starts_with(BECAUSE).all()
    name, words = (BECAUSE, words.str.strip_prefix(BECAUSE)) if because else ("reasons", words)
    return recommendations.drop("reasons").with_columns(words.alias(name.strip()))


def plain(value: Any) -> Any:
    """Turn a value into what JSON can say; a number that is none becomes null."""
    if isinstance(value, pl.DataFrame):
        value = value.rows(named=True)
    elif isinstance(value, pl.Series):
        value = value.to_list()
    elif isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | None) else str(value)


@contextmanager
def progress_bars() -> Iterator[Listener]:
    """Show a bar for the work at hand on standard error, from the first news on.

    It begins anew with every work; what goes on towards the same total under another name is the
    same work, so that the time left is told of the whole.
    """
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    bars = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bars.add_task("", total=None)
    at_hand, reached, whole = None, 0.0, None

    def listen(done: float, total: float | None, message: str) -> None:
        nonlocal at_hand, reached, whole
        if message != at_hand:
            bars.start()
            if total is None or total != whole or done < reached:
                bars.reset(task)
            bars.update(task, description=visible(message))
        at_hand, reached, whole = message, done, total
        bars.update(task, completed=done, total=total)

    try:
        yield listen
    finally:
        bars.stop()
