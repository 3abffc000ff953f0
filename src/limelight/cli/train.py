"""limelight train and evaluate: learn from events, and find out how well."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from limelight.cli.session import Answer, CountOption, EventsOption, NameOption, Session, command

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

app = typer.Typer()

DEFAULT_MODEL = "next-item"
COMPARED = ["popularity", "item-knn", "ease", "next-item"]
SHOWN = {
    "Accuracy": ["hr", "ndcg", "low", "high", "behind", "p_value"],
    "Beyond accuracy": ["coverage", "novelty", "diversity", "popularity_lift"],
}


@command(app, "train")
def train(
    session: Session,
    model: Annotated[
        str, typer.Option(metavar="MODEL", help="popularity, item-knn, ease, next-item, als, mlp.")
    ] = DEFAULT_MODEL,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of the model; repeatable."),
    ] = None,
    events: EventsOption = None,
    name: NameOption = "default",
) -> Answer:
    """Validate a model, fit it on all events and publish it.

    \b
    Examples:
      limelight train
      limelight train --model ease --set regularization=300
      limelight train --events plays.parquet --name plays
    """
    from limelight.operate.serving import read_interactions
    from limelight.operate.training import train
    from limelight.recommend.models.configure import configure

    chosen, registry = configure(model, settings or []), session.registry
    session.home.make()
    with session.progress() as progress, session.source(events, progress) as source:
        interactions = read_interactions(source)
        version = train(chosen, interactions, registry, name=name, progress=progress)
    card = registry.card(name, version)
    text = (
        f"{name} version {version} is published: {card.model}, {card.n_items:,} titles, "
        f"{card.data['events']:,} events of {card.data['users']:,} users"
    )
    for metric, found in card.metrics.get("metrics", {}).items():
        text += f"\n  {metric:20} {found['value']:.4f}"
    return Answer({"name": name, "version": version, "card": asdict(card)}, text)


@command(app, "evaluate")
def evaluate(
    session: Session,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL", help="As `ease` or `ease:regularization=300`; repeatable."),
    ] = None,
    protocol: Annotated[
        str, typer.Option(metavar="NAME", help="leave-one-out, new-users, in-time or new-titles.")
    ] = "leave-one-out",
    n: CountOption = 10,
    events: EventsOption = None,
) -> Answer:
    """Compare models on titles that were hidden from them.

    Each figure is a mean over users; low and high are the 95 % interval of NDCG, behind is the
    lack to the best model, with the p-value of a paired test.

    \b
    Examples:
      limelight evaluate
      limelight evaluate --model popularity --model ease:regularization=300
      limelight evaluate --protocol in-time --events plays.csv --json
    """
    from limelight.operate.serving import categories_of, read_interactions
    from limelight.operate.trials import split_by, standings, try_models
    from limelight.recommend.models.configure import configure

    models = {described: configure(described) for described in model or COMPARED}
    with session.progress() as progress, session.source(events, progress) as source:
        interactions = read_interactions(source)
        categories = categories_of(interactions, source)
        split = split_by(protocol, interactions)
        judged = try_models(
            list(models.values()), split, n, categories=categories, progress=progress
        )
    named = [replace(found, model=name) for name, found in zip(models, judged, strict=True)]
    ranked, n_users = standings(named, f"ndcg@{n}"), judged[0].per_user.height
    data = {"protocol": protocol, "users": n_users, "standings": ranked}
    return Answer(data, _pages(ranked, n, f"{split.name}: {n_users:,} users, lists of {n}"))


def _pages(ranked: pl.DataFrame, n: int, title: str) -> RenderableType:
    """Lay standings out in two tables that fit 80 columns."""
    from rich.console import Group
    from rich.text import Text

    from limelight.cli.display import table

    short = ranked.rename(lambda column: column.removesuffix(f"@{n}"))
    tables = [
        table(short.select("model", *(c for c in columns if c in short.columns)), heading)
        for heading, columns in SHOWN.items()
    ]
    return Group(Text(title), *tables)
