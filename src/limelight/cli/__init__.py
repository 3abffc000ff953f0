"""The command line. Every command is a few lines over the library; start-up imports none of it."""

from __future__ import annotations

import signal
import sys
from io import TextIOWrapper
from types import FrameType
from typing import Annotated, Any

import typer

from limelight.cli import (
    audio,
    catalog,
    datasets,
    demo,
    image,
    models,
    newsroom,
    onboard,
    page,
    presets,
    recommend,
    text,
    train,
    trending,
    video,
    weights,
)
from limelight.cli.session import HomeOption, JsonOption, Session, StoreOption
from limelight.errors import BadInputError, LimelightError
from limelight.interruption import end_at_once

EXIT_CODES = (
    "Exit codes: 0 done; 1 failed; 2 bad input or usage; 3 not found; 4 an extra part is not "
    "installed; 5 a stored file is corrupt; 6 something could not be reached or written; "
    "130 interrupted by Ctrl-C; 141 nobody read the output; 143 terminated."
)
TERMINATED = 143
UsageError: Any = typer.BadParameter.__mro__[1]  # which Typer itself does not export

app = typer.Typer(
    name="limelight",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for commands in (demo, catalog, train, recommend, page, onboard, trending, presets):
    app.add_typer(commands.app)
app.add_typer(audio.app, name="audio")
app.add_typer(video.app, name="video")
app.add_typer(image.app, name="image")
app.add_typer(text.app, name="text")
app.add_typer(newsroom.app, name="newsroom")
app.add_typer(models.app, name="models")
app.add_typer(datasets.app, name="datasets")
app.add_typer(weights.app, name="weights")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"limelight {version('limelight')}")
        raise typer.Exit


@app.callback()
def _limelight(
    ctx: typer.Context,
    *,
    home: HomeOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version.")
    ] = False,
) -> None:
    """Recommend titles with reasons, from a catalogue and its events.

    \b
    Start here:
      limelight demo
      limelight import events plays.csv
      limelight train
      limelight recommend USER
    """
    ctx.obj = Session(home, store, as_json)


def main() -> None:
    """Run the command line."""
    end_at_once()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a title that the terminal can't show is no failure
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _end)
    try:
        code = app(standalone_mode=False)
    except UsageError as error:
        code = error.exit_code
        if "--json" in sys.argv:
            Session(as_json=True).fail(BadInputError(error.format_message()))
        else:
            error.show()
    except LimelightError as error:  # a group whose commands need a part that is not installed
        code = error.exit_code
        Session(as_json="--json" in sys.argv).fail(error)
    sys.exit(code)


def _end(signal_number: int, frame: FrameType | None) -> None:
    """Unwind as after Ctrl-C, so that no draft is left behind."""
    sys.exit(TERMINATED)
