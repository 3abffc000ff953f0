"""limelight weights: pretrained weights by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from limelight.cli.session import Answer, Session, command

app = typer.Typer(no_args_is_help=True, help="Fetch pretrained weights by name.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A name that `weights list` shows.")]


@command(app, "list")
def show(session: Session) -> Answer:
    """List the weights that there are names for: purpose, licence, size, checksum.

    \b
    Example:
      limelight weights list
    """
    import polars as pl

    from limelight.cli.display import table
    from limelight.weights import available

    folder = session.home.weights
    rows = pl.DataFrame(
        {
            "name": weights.name,
            "purpose": weights.purpose,
            "licence": weights.licence,
            "bytes": weights.size,
            "here": (folder / weights.origin.file_name).is_file(),
            "origin": weights.origin.name,
            "source": weights.source,
            "checksum": weights.checksum,
        }
        for weights in available()
    )
    return Answer({"weights": rows}, table(rows.drop("origin", "source", "checksum")))


@command(app, "fetch")
def fetch(session: Session, name: Name) -> Answer:
    """Download weights into the home, verified; a second time takes nothing.

    \b
    Example:
      limelight weights fetch htdemucs
    """
    from limelight.weights import fetch

    with session.progress() as progress:
        path = fetch(name, session.home.make().weights, progress)
    return _tell(name, path)


@command(app, "add")
def add(
    session: Session,
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file that you brought.")],
) -> Answer:
    """Take a file that you brought into the home, verified, where there is no network.

    \b
    Example:
      limelight weights add htdemucs 955717e8-8726e21a.th
    """
    from limelight.weights import add

    with session.progress() as progress:
        path = add(name, file, session.home.make().weights, progress)
    return _tell(name, path)


def _tell(name: str, path: Path) -> Answer:
    from limelight.weights import known

    weights = known(name)
    data = {
        "name": name,
        "path": path,
        "licence": weights.licence,
        "source": weights.source,
        "checksum": weights.checksum,
    }
    text = (
        f"{name} is in {path}\nLicence: {weights.licence} ({weights.source})\n"
        f"Verified: {weights.checksum}"
    )
    return Answer(data, text)
