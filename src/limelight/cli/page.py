"""limelight page: rows with themes for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from limelight.cli.session import (
    Answer,
    EventsOption,
    HistoryOption,
    NameOption,
    RulesOption,
    Session,
    VersionOption,
    command,
    ids_of,
)
from limelight.errors import BadInputError, NotFoundError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from limelight.operate.serving import Source
    from limelight.recommend.titles import Titles

app = typer.Typer()

TREND = 200  # titles that are asked for as trending


@command(app, "page")
def page(
    session: Session,
    user: Annotated[str | None, typer.Argument(metavar="USER", help="A user's id.")] = None,
    history: HistoryOption = None,
    rows: Annotated[int, typer.Option(metavar="N", help="How many rows at most.")] = 6,
    n: Annotated[int, typer.Option("-n", metavar="N", help="How many titles a row at most.")] = 8,
    half_life: Annotated[
        str, typer.Option(metavar="TIME", help="When an event counts half for what is trending.")
    ] = "1w",
    rules: RulesOption = None,
    events: EventsOption = None,
    name: NameOption = "default",
    version: VersionOption = None,
) -> Answer:
    """Make a page for a user or a history: rows with a theme each, no title twice.

    \b
    Examples:
      limelight page 196
      limelight page --history 50,172,181 --rows 4 -n 5
      limelight page 196 --rules rules.toml --json
    """
    from rich.console import Group

    from limelight.cli.display import table, with_reasons
    from limelight.operate.serving import open_recommender
    from limelight.recommend.pages import make_page
    from limelight.recommend.rerank import read_rules

    if (user is None) == (history is None):
        raise BadInputError("name one USER, or give --history")
    wishes = [] if rules is None else read_rules(rules)
    with session.progress() as progress, session.source(events, progress) as source:
        recommender = open_recommender(
            session.registry, source, name=name, version=version, user_id=user
        )
        found = make_page(
            recommender,
            user,
            history=ids_of(history),
            n_rows=rows,
            length=n,
            shortest=min(4, n),
            trending=_trending(source, recommender.titles, half_life),
            rerank=wishes,
        )
    data = {"user": user, "rows": [vars(row) for row in found]}
    if not found:
        return Answer(data, "no row has enough titles")
    shown = [table(with_reasons(row.titles.drop("score")), row.headline) for row in found]
    return Answer(data, Group(*shown))


def _trending(source: Source, titles: Titles, half_life: str) -> NDArray[np.float64] | None:
    """Count what happened lately; None where events have no times."""
    import numpy as np

    from limelight.operate.trends import duration, trending
    from limelight.recommend.titles import Filters

    life = duration(half_life)
    try:
        found = trending(source, TREND, life, filters=Filters())
    except NotFoundError:
        return None
    counts = np.zeros(len(titles))
    for item, count in found.select("item_id", "count").iter_rows():
        if item in titles.index:
            counts[titles.index[item]] = count
    return counts
