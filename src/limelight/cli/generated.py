"""Commands made of operations: the settings of a dataclass are a command's options."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, MutableMapping
from dataclasses import MISSING, Field, fields
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer
from typer.core import TyperGroup

from limelight.cli.session import Answer, Session, command

PREFIX = "setting_"
METAVARS: dict[Any, str] = {int: "N", float: "NUMBER", str: "TEXT", Path: "FILE"}


class Generated(TyperGroup):
    """A group some of whose commands are made when they are first asked for.

    So `limelight --help` imports no operation. ``fill`` adds those commands to an app.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Begin with the commands that are written out."""
        self._made = False
        self._commands: MutableMapping[str, Any] = {}
        super().__init__(*args, **settings)

    @staticmethod
    def fill(app: typer.Typer) -> None:
        """Add the commands that are made."""

    @property
    def commands(self) -> MutableMapping[str, Any]:
        """All commands by name, the made ones among the written ones."""
        if not self._made:
            self._made = True
            app = typer.Typer(callback=lambda: None, rich_markup_mode=None)
            self.fill(app)
            made = typer.main.get_group(app).commands
            self._commands = dict(sorted({**made, **self._commands}.items()))
        return self._commands

    @commands.setter
    def commands(self, written: MutableMapping[str, Any]) -> None:
        self._commands = written


def operation_command(
    app: typer.Typer, kind: type[Any], group: str, run: Callable[..., Answer]
) -> None:
    """Make ``limelight GROUP NAME`` of an operation's class; its settings become options.

    ``run(session, described, settings, ...)`` gets the operation's name and ``settings`` as
    ``["strength=0.8"]``, what is not given left out; its further parameters are the command's own.
    """

    def execute(session: Session, **given: Any) -> Answer:
        settings = [
            f"{name.removeprefix(PREFIX)}={value}"
            for name, value in given.items()
            if name.startswith(PREFIX) and value is not None
        ]
        own = {name: value for name, value in given.items() if not name.startswith(PREFIX)}
        return run(session, kind.name, settings, **own)

    hints = get_type_hints(run, include_extras=True)
    parameters = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name])
        for name, parameter in inspect.signature(run).parameters.items()
    ]
    shared = [p for p in parameters if p.name not in ("described", "settings")]
    own = _settings(kind)
    execute.__signature__ = inspect.Signature([*shared, *own])  # type: ignore[attr-defined]
    execute.__annotations__ = {p.name: p.annotation for p in [*shared, *own]}
    execute.__doc__ = (
        f"{_words(kind)}\n\n\b\nExample:\n  limelight {group} {kind.name} INPUT -o OUT"
    )
    command(app, kind.name)(execute)


def _settings(kind: type[Any]) -> list[inspect.Parameter]:
    hints, told = get_type_hints(kind), _told(kind)
    return [
        inspect.Parameter(
            PREFIX + field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=_option(field, hints[field.name], told.get(field.name, "")),
        )
        for field in fields(kind)
        if field.init and field.repr
    ]


def _option(field: Field[Any], hint: Any, told: str) -> Any:
    flag = f"--{field.name.replace('_', '-')}"
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    said = "" if default in (None, "", MISSING) else f"Default: {default}."
    if hint is bool:
        flags = f"{flag}/--no-{flag[2:]}"
        said = f"Default: {'yes' if default else 'no'}."
        return Annotated[bool | None, typer.Option(flags, help=f"{told} {said}".strip())]
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    metavar = "|".join(map(str, choices)) or METAVARS.get(kinds[0], "TEXT")
    return Annotated[str | None, typer.Option(flag, metavar=metavar, help=f"{told} {said}".strip())]


def _words(kind: type[Any]) -> str:
    """Give what module and class say of an operation, without the errors that programs ask for."""
    module = inspect.getmodule(kind)
    text = f"{inspect.getdoc(module) or ''}\n\n{inspect.getdoc(kind) or ''}".strip()
    text = re.sub(r"\s*\bRaises [^.]*(?:\.\d[^.]*)*\.(?=\s|$)", "", text)
    return text.replace("``", "")


def _told(kind: type[Any]) -> dict[str, str]:
    """Read the docstrings that stand after fields."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__[:-1]):
        try:
            (definition,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
        except (OSError, TypeError):
            continue  # installed without sources: options go without these words
        body = definition.body if isinstance(definition, ast.ClassDef) else []
        for before, after in pairwise(body):
            if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name):
                match after:
                    case ast.Expr(value=ast.Constant(value=str(text))):
                        found[before.target.id] = " ".join(text.replace("``", "").split())
    return found
