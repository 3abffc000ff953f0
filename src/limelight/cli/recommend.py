"""limelight recommend, similar, explain: ranked titles and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from limelight.cli.session import (
    AboutOption,
    Answer,
    CategoryOption,
    CountOption,
    EventsOption,
    HistoryOption,
    KindOption,
    NameOption,
    RulesOption,
    Session,
    UsersOption,
    VersionOption,
    about_of,
    command,
    ids_of,
    visible,
)
from limelight.errors import BadInputError

if TYPE_CHECKING:
    import polars as pl

    from limelight.recommend.titles import Filters

app = typer.Typer()


@command(app, "recommend")
def recommend(
    session: Session,
    user: Annotated[str | None, typer.Argument(metavar="USER", help="A user's id.")] = None,
    history: HistoryOption = None,
    about: AboutOption = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Rank for everybody, into the file that --out names.")
    ] = False,
    n: CountOption = 10,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to FILE.csv or FILE.parquet.")
    ] = None,
    kind: KindOption = None,
    category: CategoryOption = None,
    released_from: Annotated[
        str | None, typer.Option(metavar="DATE", help="Not older: 1994 or 1994-05-31.")
    ] = None,
    released_to: Annotated[
        str | None, typer.Option(metavar="DATE", help="Not newer: 1999 or 1999-12-31.")
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option(metavar="ITEM", help="Only these item ids; repeatable.")
    ] = None,
    block: Annotated[
        list[str] | None, typer.Option(metavar="ITEM", help="Not these item ids; repeatable.")
    ] = None,
    include_seen: Annotated[
        bool, typer.Option("--include-seen", help="Rank titles of the history too.")
    ] = False,
    diversity: Annotated[
        float, typer.Option(metavar="0..1", help="Titles unlike those above them.")
    ] = 0,
    calibration: Annotated[
        float, typer.Option(metavar="0..1", help="Categories in proportion to the history's.")
    ] = 0,
    less_popular: Annotated[
        float, typer.Option(metavar="0..1", help="Away from what everybody is shown.")
    ] = 0,
    freshness: Annotated[float, typer.Option(metavar="0..1", help="Newer titles sooner.")] = 0,
    rules: RulesOption = None,
    events: EventsOption = None,
    users: UsersOption = None,
    name: NameOption = "default",
    version: VersionOption = None,
) -> Answer:
    """Rank titles for a user, a history, somebody of some attributes, or everybody.

    \b
    Examples:
      limelight recommend 196
      limelight recommend --history 50,172,181 -n 5 --category Drama
      limelight recommend --about age=25-34 --about country=DE
      limelight recommend 196 --released-from 1990 --json
      limelight recommend 196 --diversity .1 --less-popular .2 --rules rules.toml
      limelight recommend --all -n 10 --out everybody.parquet
    """
    from limelight.cli.display import table, with_reasons
    from limelight.operate.serving import open_recommender
    from limelight.recommend import rerank
    from limelight.recommend.rankings import write_frames

    person = about_of(about)
    chosen = sum((user is not None, history is not None, everybody))
    if chosen > 1 or (not chosen and person is None):
        raise BadInputError("name one USER, or give --history or --about, or --all")
    if everybody and person is not None:
        raise BadInputError("--about is for one person, not for --all")
    if everybody and out is None:
        raise BadInputError("--all needs --out FILE.csv or FILE.parquet")
    filters = _filters(kind, category, (released_from, released_to), allow, block)
    wishes = [
        rerank.Diversity(diversity),
        rerank.Calibration(calibration),
        rerank.LessPopular(less_popular),
        rerank.Freshness(freshness),
        *([] if rules is None else rerank.read_rules(rules)),
    ]
    with session.progress() as progress, session.source(events, progress, users) as source:
        recommender = open_recommender(
            session.registry,
            source,
            name=name,
            version=version,
            user_id=user,
            everybody=everybody,
        )
        if everybody and out is not None:
            rows = recommender.write_all(
                out,
                n,
                filters=filters,
                rerank=wishes,
                include_seen=include_seen,
                progress=progress,
            )
            return Answer({"out": out, "rows": rows}, f"{rows:,} rows are in {out}")
        found = recommender.recommend(
            user,
            n,
            history=ids_of(history),
            about=person,
            filters=filters,
            rerank=wishes,
            include_seen=include_seen,
        )
    if out is not None:
        rows = write_frames(out, [_ranked(user, found)])
        return Answer({"out": out, "rows": rows}, f"{rows:,} rows are in {out}")
    text = table(with_reasons(found)) if found.height else "no title is left to recommend"
    return Answer({"user": user, "recommendations": found}, text)


@command(app, "similar")
def similar(
    session: Session,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An item id.")],
    n: CountOption = 10,
    name: NameOption = "default",
    version: VersionOption = None,
) -> Answer:
    """Rank titles for somebody who met ITEM alone.

    \b
    Example:
      limelight similar 50 -n 5
    """
    from limelight.cli.display import table
    from limelight.operate.serving import open_recommender

    with session.source(None) as source:
        recommender = open_recommender(session.registry, source, name=name, version=version)
        found, title = recommender.similar(item, n), recommender.titles.name(item)
    return Answer({"item": item, "similar": found}, table(found, f"Similar to {title}"))


@command(app, "explain")
def explain(
    session: Session,
    user_or_item: Annotated[
        list[str], typer.Argument(metavar="USER ITEM", help="A user's id and an item id.")
    ],
    history: HistoryOption = None,
    events: EventsOption = None,
    name: NameOption = "default",
    version: VersionOption = None,
) -> Answer:
    """Say what each title of a history adds to the score of ITEM.

    With --history, give ITEM alone.

    \b
    Examples:
      limelight explain 196 50
      limelight explain 50 --history 172,181
    """
    from rich.console import Group

    from limelight.cli.display import table
    from limelight.operate.serving import open_recommender

    if len(user_or_item) != (2 if history is None else 1):
        raise BadInputError("name a USER and an ITEM, or an ITEM and --history")
    *users, item = user_or_item
    user = users[0] if users else None
    with session.source(events) as source:
        recommender = open_recommender(
            session.registry, source, name=name, version=version, user_id=user
        )
        parts = recommender.explain(item, user, history=ids_of(history))
        title = recommender.titles.name(item)
    total = parts["contribution"].sum()
    data = {"user": user, "item": item, "contributions": parts, "sum": total}
    return Answer(data, Group(f"{visible(title)}: {total:.4f} in all", table(parts)))


def _filters(
    kinds: list[str] | None,
    categories: list[str] | None,
    dates: tuple[str | None, str | None],
    allow: list[str] | None,
    block: list[str] | None,
) -> Filters:
    from limelight.recommend.titles import Filters, first_day, last_day

    earliest, latest = dates
    return Filters(
        kinds=tuple(kinds or ()),
        categories=tuple(categories or ()),
        released_from=None if earliest is None else first_day(earliest),
        released_to=None if latest is None else last_day(latest),
        allow=allow or None,
        block=tuple(block or ()),
    )


def _ranked(user: str | None, found: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return found.select(
        pl.lit(user, pl.String).alias("user"),
        pl.col("item_id").alias("item"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("rank"),
        "score",
    )
