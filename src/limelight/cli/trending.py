"""limelight trending: what is popular now, and what is rising."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from limelight.cli.session import (
    Answer,
    CategoryOption,
    CountOption,
    EventsOption,
    KindOption,
    Session,
    command,
)
from limelight.errors import BadInputError

if TYPE_CHECKING:
    from datetime import datetime

app = typer.Typer()


@command(app, "trending")
def trending(
    session: Session,
    n: CountOption = 10,
    half_life: Annotated[
        str, typer.Option(metavar="TIME", help="When an event counts half: 90m, 6h, 2.5d, 1w.")
    ] = "1d",
    rising: Annotated[
        bool, typer.Option("--rising", help="Rank by how far titles are above their usual pace.")
    ] = False,
    kind: KindOption = None,
    category: CategoryOption = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="As it stood then. Default: at the newest event."),
    ] = None,
    events: EventsOption = None,
) -> Answer:
    """Rank titles by what happened lately.

    \b
    Examples:
      limelight trending --half-life 6h
      limelight trending --rising --category Drama
      limelight trending --at 2026-03-01T20:15 --json
    """
    from limelight.cli.display import table
    from limelight.operate.trends import duration
    from limelight.operate.trends import trending as rank
    from limelight.recommend.titles import Filters

    filters = Filters(kinds=tuple(kind or ()), categories=tuple(category or ()))
    life = duration(half_life)
    moment = None if at is None else _moment(at)
    with session.progress() as progress, session.source(events, progress) as source:
        found = rank(source, n, life, filters=filters, above_usual=rising, at=moment)
    text = table(found) if found.height else "no title is trending"
    return Answer({"half_life_seconds": life.total_seconds(), "trending": found}, text)


def _moment(text: str) -> datetime:
    import polars as pl

    from limelight.catalog.times import to_microseconds
    from limelight.recommend.trending import EPOCH, MICROSECOND

    found = to_microseconds(pl.Series([text]))[0]
    if found is None:
        raise BadInputError(f"{text!r} is no moment; write 2026-03-01T20:15:00Z")
    return EPOCH + int(found) * MICROSECOND
