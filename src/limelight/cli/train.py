"""limelight train and evaluate: learn from events, and find out how well."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.session import (
    Answer,
    CountOption,
    EventsOption,
    NameOption,
    Session,
    UsersOption,
    command,
)
from limelight.errors import BadInputError

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from limelight.operate.auto import Choice

app = typer.Typer()

AUTO = "auto"
COMPARED = ["popularity", "item-knn", "ease", "next-item"]
SHOWN = {
    "Accuracy": ["hr", "ndcg", "low", "high", "behind", "p_value"],
    "Beyond accuracy": ["coverage", "novelty", "diversity", "popularity_lift"],
}


@command(app, "train")
def train(
    session: Session,
    model: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            help="auto tries what fits the data and keeps the best; or a model, such as ease.",
        ),
    ] = AUTO,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of the model; repeatable."),
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="Where networks train: cpu, cuda, cuda:1, mps.")
    ] = "cpu",
    explicit_feedback: Annotated[
        bool,
        typer.Option(
            "--explicit-feedback",
            help="Judge ratings: low ones, by their user's own measure, speak against a title.",
        ),
    ] = False,
    events: EventsOption = None,
    users: UsersOption = None,
    name: NameOption = "default",
) -> Answer:
    """Find the best model for the events, or take one by name; fit it on all and publish it.

    Where users have attributes, what these tell of titles is learned too. A network that was
    interrupted goes on from its checkpoint when it is trained again.

    \b
    Examples:
      limelight train
      limelight train --model ease --set regularization=300
      limelight train --model self-attention --device cuda
      limelight train --model rocchio --explicit-feedback
      limelight train --events plays.parquet --users members.csv --name plays
    """
    from limelight.operate.auto import train_best
    from limelight.operate.serving import read_explicit, read_interactions
    from limelight.operate.training import train
    from limelight.recommend.models.configure import configure
    from limelight.recommend.workplace import Workplace, working_at

    if model == AUTO and settings:
        setting = settings[0].partition("=")[0]
        raise BadInputError(f"auto has no setting {setting!r}; name a model with --model")
    named = None if model == AUTO else configure(model, settings or [])
    registry, choice = session.registry, None
    place = Workplace(device, session.home.make().checkpoints)
    with (
        working_at(place),
        session.progress() as progress,
        session.source(events, progress, users) as source,
    ):
        scale = None
        if explicit_feedback:
            interactions, scale = read_explicit(source)
        else:
            interactions = read_interactions(source)
        beside: dict[str, Any] = {"users": source.users(), "scale": scale, "progress": progress}
        if named is None:
            version, choice = train_best(interactions, registry, name=name, **beside)
        else:
            version = train(named, interactions, registry, name=name, **beside)
    card = registry.card(name, version)
    data = {"name": name, "version": version, "card": asdict(card)}
    text = (
        f"{name} version {version} is published: {card.model}, {card.n_items:,} titles, "
        f"{card.data['events']:,} events of {card.data['users']:,} users"
    )
    if attributes := card.data.get("attributes"):
        text += f"; newcomers by {', '.join(attributes)}"
    if choice is not None:
        return Answer(data, _tried(choice, text))
    for metric, found in card.metrics.get("metrics", {}).items():
        text += f"\n  {metric:20} {found['value']:.4f}"
    return Answer(data, text)


def _tried(choice: Choice, published: str) -> RenderableType:
    """Show what was tried, why the best was kept, and what was left out."""
    from rich.console import Group
    from rich.text import Text

    from limelight.cli.display import table

    lines = [Text(f"Kept {choice.reason}.")]
    lines += [Text(f"Left out {name}: {why}.") for name, why in choice.left_out.items()]
    if choice.standings is None:
        return Group(*lines, Text(published))
    short = choice.standings.rename(lambda column: column.removesuffix("@10"))
    shown = table(short, "The validation title of everybody, lists of 10")
    return Group(shown, *lines, Text(published))


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
