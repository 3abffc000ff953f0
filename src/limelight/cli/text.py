"""limelight text: what is done with words."""

from __future__ import annotations

import typer

from limelight.cli import summaries, writer

app = typer.Typer(no_args_is_help=True, help="Write texts from facts, by networks of your own.")
app.add_typer(summaries.app)
app.add_typer(writer.app, name="writer")
