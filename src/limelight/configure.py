"""Things by name, with settings as a command line, a preset or a form gives them."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from limelight.errors import BadInputError, NotFoundError

T = TypeVar("T")


def configured(
    kinds: Mapping[str, type[T]], noun: str, described: str, settings: Sequence[str] = ()
) -> T:
    """Make one of ``kinds``, dataclasses by name, from ``"name"`` or ``"name:setting=value,…"``.

    ``settings`` are more of the same, ``"name=value"`` each; what is not given keeps its default.
    ``noun`` says what they are ("model"). Raises NotFoundError for an unknown name, BadInputError
    for an unknown setting or a value of another type than its default's.
    """
    name, _, listed = described.partition(":")
    if name not in kinds:
        raise NotFoundError(f"there is no {noun} {name!r}; there are {', '.join(kinds)}")
    known = {field.name: field for field in fields(kinds[name]) if field.init}  # type: ignore[arg-type]
    hints = get_type_hints(kinds[name])
    files = {setting for setting in known if Path in (hints[setting], *get_args(hints[setting]))}
    values: dict[str, Any] = {}
    for given in [*filter(None, listed.split(",")), *settings]:
        setting, equals, text = (part.strip() for part in given.partition("="))
        if not equals:
            raise BadInputError(f"{given!r} sets nothing; write it as name=value")
        if setting not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise BadInputError(f"{name} has no setting {setting!r}; {there}")
        values[setting] = Path(text) if setting in files else _parse(text, known[setting])
    return kinds[name](**values)


def _parse(text: str, field: Field[Any]) -> Any:
    """Read a value as a Python literal; it must be of the default's type."""
    default = field.default
    if field.default_factory is not MISSING:
        default = field.default_factory()
    if isinstance(default, str):
        return text.strip("'\"")
    try:
        value = literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if type(value) is int and (default is None or isinstance(default, float)):
        value = float(value)
    if default is not None and type(value) is not type(default):
        raise BadInputError(f"{field.name} takes a value such as {default!r}, not {text!r}")
    return value
