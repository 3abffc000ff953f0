"""limelight presets: lists of operations for kinds of media."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from limelight.cli.session import Answer, Session, command

app = typer.Typer()


@command(app, "presets")
def presets(
    session: Session,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Print this one, as a start for a file of your own."),
    ] = None,
) -> Answer:
    """Show the presets for `enhance` of audio, video and image, and `limelight image restore`.

    \b
    Examples:
      limelight presets
      limelight presets podcast > mine.toml
    """
    import polars as pl

    from limelight.cli.display import table
    from limelight.media.presets import load, names, written

    if name is not None:
        preset = load(name)
        return Answer(asdict(preset), written(preset))
    found = [load(name) for name in names()]
    rows = [
        {
            "name": preset.name,
            "for": preset.about,
            "sound": ", ".join(preset.sound),
            "video": ", ".join(preset.video),
            "image": ", ".join(preset.image),
        }
        for preset in found
    ]
    return Answer({"presets": [asdict(preset) for preset in found]}, table(pl.DataFrame(rows)))
