"""limelight text: what is done with words."""

from __future__ import annotations

import typer

from limelight.cli import searching, summaries, tag, texts, writer

app = typer.Typer(
    no_args_is_help=True, help="Search, compare and understand texts; write them from facts."
)
for commands in (searching, summaries, texts):
    app.add_typer(commands.app)
app.add_typer(writer.app, name="writer")
app.add_typer(tag.app, name="tag")
