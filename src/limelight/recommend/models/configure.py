"""Models by name, with settings as a command line or a form gives them."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Sequence
from dataclasses import MISSING, Field, fields
from typing import Any

from limelight.errors import BadInputError, NotFoundError
from limelight.recommend import models
from limelight.recommend.models.base import Model


def configure(described: str, settings: Sequence[str] = ()) -> Model:
    """Make an unfitted model from ``"ease"`` or ``"ease:regularization=300,…"``.

    ``settings`` are more of the same, ``"name=value"`` each; what is not given keeps its default.
    Raises NotFoundError for an unknown model, BadInputError for an unknown setting or a value of
    another type than its default's.
    """
    name, _, listed = described.partition(":")
    if name not in models.MODELS:
        raise NotFoundError(f"there is no model {name!r}; there are {', '.join(models.MODELS)}")
    known = {field.name: field for field in fields(models.MODELS[name]) if field.init}
    values = {}
    for given in [*filter(None, listed.split(",")), *settings]:
        setting, equals, text = (part.strip() for part in given.partition("="))
        if not equals:
            raise BadInputError(f"{given!r} sets nothing; write it as name=value")
        if setting not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise BadInputError(f"{name} has no setting {setting!r}; {there}")
        values[setting] = _parse(text, known[setting])
    return models.MODELS[name](**values)


def _parse(text: str, field: Field[Any]) -> Any:
    """Read a value as a Python literal; it must be of the default's type."""
    default = field.default
    if field.default_factory is not MISSING:
        default = field.default_factory()
    try:
        value = literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if type(value) is int and (default is None or isinstance(default, float)):
        value = float(value)
    if default is not None and type(value) is not type(default):
        raise BadInputError(f"{field.name} takes a value such as {default!r}, not {text!r}")
    return value
