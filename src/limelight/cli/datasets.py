"""limelight datasets: public data sets by name."""

from __future__ import annotations

from typing import Annotated

import typer

from limelight.cli.catalog import tell
from limelight.cli.session import Answer, Session, command

app = typer.Typer(no_args_is_help=True, help="Fetch public data sets by name.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A name that `datasets list` shows.")]


@command(app, "list")
def show(session: Session) -> Answer:
    """List the data sets that can be fetched, with their terms.

    \b
    Example:
      limelight datasets list
    """
    import polars as pl

    from limelight.cli.display import table
    from limelight.datasets import available

    rows = pl.DataFrame(available())
    return Answer({"datasets": rows}, table(rows.drop("source")))


@command(app, "fetch")
def fetch(session: Session, name: Name) -> Answer:
    """Download a data set into the home, verified; a second time takes nothing.

    \b
    Example:
      limelight datasets fetch movielens-100k
    """
    from limelight.datasets import available, fetch, fetch_cifar10
    from limelight.datasets.cifar10 import NAME

    cache = session.home.make().datasets
    with session.progress() as progress:
        if name == NAME:
            pictures = fetch_cifar10(cache, progress)
            path, origin = pictures.path, pictures.origin
        else:
            dataset = fetch(name, cache, progress)
            path, origin = dataset.tables.path, dataset.origin
    licence = next(known.licence for known in available() if known.name == name)
    data = {"name": name, "path": path, "origin": origin, "licence": licence}
    return Answer(data, f"{name} is in {path}\nTerms: {licence}")


@command(app, "import")
def bring_in(session: Session, name: Name) -> Answer:
    """Fetch a data set and bring it into the store.

    \b
    Example:
      limelight datasets import movielens-100k
    """
    from limelight.catalog import import_frame, open_store
    from limelight.datasets import fetch

    with open_store(session.store_url) as store, session.progress() as progress:
        dataset = fetch(name, session.home.make().datasets, progress)
        reports = {
            "items": import_frame(store, "items", dataset.items(), progress=progress),
            "users": import_frame(store, "users", dataset.users(), progress=progress),
            "events": import_frame(store, "events", dataset.events(), progress=progress),
        }
    return tell(session, reports)
