"""Options that several commands take, declared once: a dataclass of options is its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from inspect import Parameter, signature
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

    def value(parameter: Parameter) -> Any:
        if not _is_group(parameter):
            return arguments[parameter.name]
        group = parameter.annotation
        return group(**{field.name: arguments[field.name] for field in _fields(group)})

    return {parameter.name: value(parameter) for parameter in parameters}


def _is_group(parameter: Parameter) -> bool:
    return isinstance(parameter.annotation, type) and is_dataclass(parameter.annotation)


def _fields(group: type[Any]) -> list[Parameter]:
    """Give a dataclass's fields in its constructor's order: ``KW_ONLY`` ones come last."""
    hints = get_type_hints(group, include_extras=True)
    return [
        field.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[name])
        for name, field in signature(group).parameters.items()
    ]
