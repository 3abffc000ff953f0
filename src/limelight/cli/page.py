"""limelight page: rows with themes for one person."""

from __future__ import annotations

from typing import Annotated

import typer

from limelight.cli.session import (
    AboutOption,
    Answer,
    EventsOption,
    HistoryOption,
    NameOption,
    RulesOption,
    Session,
    UsersOption,
    VersionOption,
    about_of,
    command,
    ids_of,
)
from limelight.errors import BadInputError

app = typer.Typer()


@command(app, "page")
def page(
    session: Session,
    user: Annotated[str | None, typer.Argument(metavar="USER", help="A user's id.")] = None,
    history: HistoryOption = None,
    about: AboutOption = None,
    rows: Annotated[int, typer.Option(metavar="N", help="How many rows at most.")] = 6,
    n: Annotated[int, typer.Option("-n", metavar="N", help="How many titles a row at most.")] = 8,
    half_life: Annotated[
        str, typer.Option(metavar="TIME", help="When an event counts half for what is trending.")
    ] = "1w",
    rules: RulesOption = None,
    events: EventsOption = None,
    users: UsersOption = None,
    name: NameOption = "default",
    version: VersionOption = None,
) -> Answer:
    """Make a page for a user or a history: rows with a theme each, no title twice.

    \b
    Examples:
      limelight page 196
      limelight page --history 50,172,181 --rows 4 -n 5
      limelight page --about age=25-34
      limelight page 196 --rules rules.toml --json
    """
    from rich.console import Group

    from limelight.cli.display import table, with_reasons
    from limelight.operate.serving import open_recommender
    from limelight.operate.trends import duration, recent_counts
    from limelight.recommend.pages import make_page
    from limelight.recommend.rerank import read_rules

    person = about_of(about)
    chosen = (user is not None) + (history is not None)
    if chosen > 1 or (not chosen and person is None):
        raise BadInputError("name one USER, or give --history or --about")
    life = duration(half_life)
    wishes = [] if rules is None else read_rules(rules)
    with session.progress() as progress, session.source(events, progress, users) as source:
        recommender = open_recommender(
            session.registry, source, name=name, version=version, user_id=user
        )
        found = make_page(
            recommender,
            user,
            history=ids_of(history),
            about=person,
            n_rows=rows,
            length=n,
            shortest=min(4, n),
            trending=recent_counts(source, recommender.titles, life),
            rerank=wishes,
        )
    data = {"user": user, "rows": [vars(row) for row in found]}
    if not found:
        return Answer(data, "no row has enough titles")
    shown = [table(with_reasons(row.titles.drop("score")), row.headline) for row in found]
    return Answer(data, Group(*shown))
