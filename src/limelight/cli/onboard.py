"""limelight onboard: three taps, then titles for somebody of whom nothing else is known."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from limelight.cli.session import (
    AboutOption,
    Answer,
    CountOption,
    EventsOption,
    NameOption,
    Session,
    VersionOption,
    about_of,
    command,
)
from limelight.errors import BadInputError

if TYPE_CHECKING:
    from limelight.operate.welcome import Welcome

app = typer.Typer()


@command(app, "onboard")
def onboard(
    session: Session,
    answers: Annotated[
        str | None,
        typer.Option(
            metavar="N,N,N",
            help="The number tapped on each screen, 0 for none; fewer show the next screen.",
        ),
    ] = None,
    about: AboutOption = None,
    n: CountOption = 10,
    events: EventsOption = None,
    name: NameOption = "default",
    version: VersionOption = None,
) -> Answer:
    """Ask which titles somebody likes, on three screens, and rank titles for them.

    Each screen shows the titles whose answer tells the most, after the answers before it.

    \b
    Examples:
      limelight onboard
      limelight onboard --answers 2,0,5
      limelight onboard --answers 2,0,5 --about age=25-34
      limelight onboard --answers "" --json
    """
    from rich.console import Group

    from limelight.cli.display import table, with_reasons
    from limelight.operate.serving import open_recommender
    from limelight.operate.welcome import Welcome

    person = about_of(about)
    with session.progress() as progress, session.source(events, progress) as source:
        recommender = open_recommender(session.registry, source, name=name, version=version)
        welcome = Welcome(recommender, source, progress)
    if answers is None:
        _ask(welcome)
    else:
        for given in answers.split(",") if answers.strip() else []:
            welcome.answer(given)
    if welcome.screen.height:
        asked = {"history": welcome.history, "screen": welcome.screen}
        return Answer(asked, table(welcome.screen, "Which of these did you like?"))
    found = recommender.recommend(n=n, history=welcome.history, about=person)
    data = {"history": welcome.history, "recommendations": found}
    return Answer(data, Group(table(with_reasons(found))))


def _ask(welcome: Welcome) -> None:
    """Show screens on standard error, and read answers from standard input, a line each."""
    from limelight.cli.display import show, table

    while welcome.screen.height:
        show(table(welcome.screen, "Which of these did you like?"), sys.stderr)
        typer.echo("Its number, or Enter for none: ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            raise BadInputError("the answers ended before the screens; give them with --answers")
        try:
            welcome.answer(line)
        except BadInputError as error:
            if not sys.stdin.isatty():
                raise
            typer.echo(str(error), err=True)
