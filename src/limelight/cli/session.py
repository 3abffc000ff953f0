"""What every command shares: where state lives, how answers and notes are printed, how it ends."""

from __future__ import annotations

import csv
import inspect
import json
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from limelight.cli.options import gathered, spread
from limelight.errors import BadInputError, LimelightError, LimelightWarning
from limelight.interruption import INTERRUPTED, SAID, unwind
from limelight.progress import Progress, silent

if TYPE_CHECKING:
    from rich.console import RenderableType

    from limelight.home import Home
    from limelight.operate.registry import Registry
    from limelight.operate.serving import Source

PIPE_CLOSED = 141
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # all but the end of a line

HomeOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Where state lives. Default: LIMELIGHT_HOME, else the user's data folder.",
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The store, as postgresql://… Default: SQLite in the home."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on standard output.")
]

HistoryOption = Annotated[
    str | None,
    typer.Option(metavar="A,B,C", help="Item ids, the oldest first, in place of a user."),
]
AboutOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="What is known of the person besides, as age=25-34; repeatable.",
    ),
]
KindOption = Annotated[
    list[str] | None, typer.Option(metavar="KIND", help="Only titles of this kind; repeatable.")
]
CategoryOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Only titles of this category; repeatable.")
]
RulesOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Pins, boosts, caps, windows, ages: FILE.toml or FILE.json."),
]
EventsOption = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE", help="Read events from files instead of the store; repeatable."),
]
UsersOption = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE", help="With --events: users' attributes from files; repeatable."),
]
NameOption = Annotated[str, typer.Option(metavar="NAME", help="Which published model.")]
VersionOption = Annotated[
    int | None, typer.Option(metavar="N", help="Which version of it. Default: the current one.")
]
CountOption = Annotated[int, typer.Option("-n", metavar="N", help="How many titles.")]


@dataclass
class Answer:
    """What a command found: ``data`` for programs, ``text`` for people."""

    data: Mapping[str, Any]
    text: RenderableType | None = None
    exit_code: int = 0


@dataclass
class Session:
    """One run of one command."""

    home_folder: Path | None = None
    store: str | None = None
    as_json: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def home(self) -> Home:
        """The folder of the state."""
        from limelight.home import Home

        return Home.find(self.home_folder)

    @property
    def store_url(self) -> str:
        """The store in use; the folder of the default one is made."""
        return self.store or self.home.make().store_url

    @property
    def registry(self) -> Registry:
        """The published models."""
        from limelight.operate.registry import Registry

        return Registry(self.home.models)

    @contextmanager
    def source(
        self,
        files: Sequence[str] | None,
        progress: Progress = silent,
        users: Sequence[str] | None = None,
    ) -> Iterator[Source]:
        """Read events, and users, from files if any are named, else from the store."""
        if files:
            from limelight.operate.serving import EventFiles

            yield EventFiles(files, users or (), progress)
        elif users:
            raise BadInputError(
                "--users goes with --events; bring users into the store with "
                "limelight import users FILE"
            )
        else:
            from limelight.catalog import open_store

            with open_store(self.store_url) as store:
                yield store

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Listen to long work: bars on standard error where that is a terminal, else silence."""
        if not sys.stderr.isatty():
            yield silent
            return
        from limelight.cli.display import progress_bars

        with progress_bars() as listener:
            yield listener

    def note(self, text: str) -> None:
        """Say what was left out or replaced."""
        self.notes.append(text)
        if not self.as_json:
            _say(f"note: {text}")

    def show(self, answer: Answer) -> None:
        """Print an answer."""
        if self.as_json:
            self._print_json(answer.data)
        elif answer.text is not None:
            from limelight.cli.display import show

            show(answer.text, sys.stdout)
        sys.stdout.flush()

    def fail(self, error: LimelightError) -> None:
        """Print an error."""
        if self.as_json:
            self._print_json({"error": {"kind": type(error).__name__, "message": str(error)}})
        _say(f"error: {error}")

    def _print_json(self, data: Mapping[str, Any]) -> None:
        from limelight.cli.display import plain

        document = plain({**data, "notes": self.notes})
        readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        text = json.dumps(document, indent=2, ensure_ascii=not readable, allow_nan=False)
        sys.stdout.write(text + "\n")


Command = Callable[..., Answer]


def command(app: typer.Typer, name: str) -> Callable[[Command], Command]:
    """Make ``function(session, ...)`` a command with --home, --store and --json.

    A parameter that is a dataclass is an option a field, for options that several commands take.
    Its answer is printed, its LimelightWarnings become notes, a LimelightError becomes one
    sentence and an exit code.
    """

    def register(function: Command) -> Command:
        hints = get_type_hints(function, include_extras=True)
        own = [
            parameter.replace(kind=parameter.KEYWORD_ONLY, annotation=hints[parameter.name])
            for parameter in list(inspect.signature(function).parameters.values())[1:]
        ]

        def run(
            ctx: typer.Context,
            *,
            home: HomeOption = None,
            store: StoreOption = None,
            as_json: JsonOption = False,
            **arguments: Any,
        ) -> None:
            before: Session = ctx.find_root().obj or Session()
            session = Session(
                home or before.home_folder, store or before.store, as_json or before.as_json
            )
            code = _run(session, lambda: function(session, **gathered(own, arguments)))
            raise typer.Exit(code)

        # Typer reads a signature: the function's own parameters, then the shared ones.
        shared = inspect.signature(run).parameters
        parameters = [
            shared["ctx"],
            *spread(own),
            *(shared[option] for option in ("home", "store", "as_json")),
        ]
        run_hints = get_type_hints(run, include_extras=True)
        parameters = [p.replace(annotation=run_hints.get(p.name, p.annotation)) for p in parameters]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        run.__doc__ = function.__doc__
        app.command(name)(run)
        return function

    return register


def _run(session: Session, work: Callable[[], Answer]) -> int:
    try:
        unwind()
        with session.home.current(), warnings.catch_warnings():
            warnings.simplefilter("always", LimelightWarning)
            warnings.showwarning = _listen(session, warnings.showwarning)
            answer = work()
        session.show(answer)
    except LimelightError as error:
        session.fail(error)
        return error.exit_code
    except KeyboardInterrupt:
        _say(SAID)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone. What is still buffered must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return answer.exit_code


def _listen(session: Session, otherwise: Callable[..., None]) -> Callable[..., None]:
    def show(message: Warning | str, category: type[Warning], *where: Any) -> None:
        if issubclass(category, LimelightWarning):
            session.note(str(message))
        else:
            otherwise(message, category, *where)

    return show


def ids_of(history: str | None) -> list[str] | None:
    """Split at commas; an id with a comma in it goes between double quotes."""
    return None if history is None else next(csv.reader([history]), [])


def about_of(given: Sequence[str] | None) -> dict[str, str | list[str]] | None:
    """Read ``name=value`` each; a name that comes again has several values.

    Raises BadInputError for anything else.
    """
    if not given:
        return None
    about: dict[str, str | list[str]] = {}
    for one in given:
        name, _, value = (part.strip() for part in one.partition("="))
        if not (name and value):
            raise BadInputError(f"{one!r} says nothing of a person; write it as age=25-34")
        before = about.get(name, [])
        about[name] = [*([before] if isinstance(before, str) else before), value]
    return {name: values[0] if len(values) == 1 else values for name, values in about.items()}


def visible(text: str) -> str:
    """Spell control characters out: titles come from strangers, terminals obey."""
    return CONTROL.sub(lambda match: repr(match.group())[1:-1], text)


def _say(text: str) -> None:
    typer.echo(visible(text), err=True)
