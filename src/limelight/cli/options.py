"""Options that several commands take, declared once: a dataclass of options is its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from inspect import Parameter
from typing import Any, get_type_hints


def spread(parameters: Iterable[Parameter]) -> list[Parameter]:
    """Put a parameter a field in place of each parameter whose annotation is a dataclass."""
    return [
        one
        for parameter in parameters
        for one in (_fields(parameter.annotation) if _is_group(parameter) else [parameter])
    ]


def gathered(parameters: Iterable[Parameter], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Make the dataclasses again of arguments whose parameters were ``spread``."""
    return {
        parameter.name: parameter.annotation(
            **{one.name: arguments[one.name] for one in _fields(parameter.annotation)}
        )
        if _is_group(parameter)
        else arguments[parameter.name]
        for parameter in parameters
    }


def _is_group(parameter: Parameter) -> bool:
    return isinstance(parameter.annotation, type) and is_dataclass(parameter.annotation)


def _fields(group: type[Any]) -> list[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(
            field.name,
            Parameter.KEYWORD_ONLY,
            default=Parameter.empty if field.default is MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields(group)
    ]
