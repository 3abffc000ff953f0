"""limelight models: what is published, and the way back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from limelight.cli.session import Answer, Session, VersionOption, command

app = typer.Typer(no_args_is_help=True, help="List, show and roll back published models.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A model that `models list` shows.")]


@command(app, "list")
def show_all(session: Session) -> Answer:
    """List the published models and their versions.

    \b
    Example:
      limelight models list
    """
    import polars as pl

    from limelight.cli.display import table

    registry = session.registry
    rows = []
    for name in registry.names():
        current = registry.current(name)
        for version in registry.versions(name):
            card = registry.card(name, version)
            rows.append(
                {
                    "name": name,
                    "version": version,
                    "current": version == current,
                    "model": card.model,
                    "titles": card.n_items,
                    "published": card.published,
                }
            )
    if not rows:
        return Answer({"models": []}, "no model is published yet; `limelight train` makes one")
    found = pl.DataFrame(rows)
    mark = pl.when("current").then(pl.lit("yes")).otherwise(pl.lit("")).alias("current")
    return Answer({"models": found}, table(found.with_columns(mark)))


@command(app, "show")
def show(session: Session, name: Name = "default", version: VersionOption = None) -> Answer:
    """Show the card of a model: its configuration, data, metrics and files.

    \b
    Example:
      limelight models show default --version 2
    """
    import json

    card = asdict(session.registry.card(name, version))
    return Answer(card, json.dumps(card, indent=2, ensure_ascii=False))


@command(app, "roll-back")
def roll_back(session: Session, name: Name = "default", version: VersionOption = None) -> Answer:
    """Serve the version before the current one again, or the one given.

    \b
    Example:
      limelight models roll-back
    """
    now = session.registry.roll_back(name, version)
    return Answer({"name": name, "version": now}, f"{name} is version {now} again")
