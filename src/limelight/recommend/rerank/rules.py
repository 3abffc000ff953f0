"""Business rules in a file, JSON or TOML, that an editor writes and a program checks."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from limelight.errors import BadInputError, NotFoundError
from limelight.recommend.rerank.base import Reranker
from limelight.recommend.rerank.boosts import Boost, Bury
from limelight.recommend.rerank.caps import Cap
from limelight.recommend.rerank.permissions import AgeLimit, Available
from limelight.recommend.rerank.pins import Pin
from limelight.recommend.titles import Filters, first_day, last_day

READERS: dict[str, Callable[[str], Any]] = {".json": json.loads, ".toml": tomllib.loads}
MEANT = ("item", "kind", "category", "released_from", "released_to", "attributes")


def read_rules(path: Path | str) -> list[Reranker]:
    """Read rules: ``pin``, ``boost``, ``bury`` and ``cap`` are lists of them, ``available`` and
    ``max_age`` single values.

    A pin has ``item`` and ``place``; a cap ``of`` (category, kind or an attribute) and ``at_most``;
    a boost and a bury have ``by`` and which titles they mean: ``item``, ``kind``, ``category``,
    ``released_from``, ``released_to``, ``attributes``. ``available`` is true for now, or a moment.
    Raises NotFoundError where there is no file, BadInputError that says where something is wrong.
    """
    path = Path(path)
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise BadInputError(f"{path} must end in {' or '.join(READERS)}")
    try:
        rules = read(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {path}") from None
    except OSError as error:
        raise BadInputError(f"{path} can't be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # what both readers and UTF-8 raise
        kind = path.suffix[1:].upper()
        raise BadInputError(f"{path} is no {kind}: {error}") from error
    try:
        return _rerankers(_table(rules, (*LISTS, *SINGLES)))
    except BadInputError as error:
        raise BadInputError(f"{path}: {error}") from error


def _rerankers(rules: Mapping[str, Any]) -> list[Reranker]:
    found: list[Reranker] = []
    for name, value in rules.items():
        if name in SINGLES:
            found += _placed(name, SINGLES[name], value)
            continue
        if not isinstance(value, list):
            raise BadInputError(f"{name}: this must be a list of rules")
        for number, rule in enumerate(value, 1):
            found += _placed(f"{name} {number}", LISTS[name], rule)
    return found


def _placed(place: str, make: Callable[[Any], list[Reranker]], value: Any) -> list[Reranker]:
    try:
        return make(value)
    except BadInputError as error:
        raise BadInputError(f"{place}: {error}") from error


def _pin(rule: Any) -> list[Reranker]:
    rule = _table(rule, ("item", "place"), needed=("item", "place"))
    return [Pin(_text("item", rule["item"]), _whole("place", rule["place"]))]


def _cap(rule: Any) -> list[Reranker]:
    rule = _table(rule, ("of", "at_most"), needed=("of", "at_most"))
    return [Cap(_text("of", rule["of"]), _whole("at_most", rule["at_most"]))]


def _boost(kind: type[Boost]) -> Callable[[Any], list[Reranker]]:
    def make(rule: Any) -> list[Reranker]:
        rule = _table(rule, ("by", *MEANT), needed=("by",))
        if len(rule) == 1:
            raise BadInputError(f"say which titles: {', '.join(MEANT)}")
        attributes = rule.get("attributes", {})
        if not isinstance(attributes, dict):
            raise BadInputError('attributes must be a table such as {provider = "A24"}')
        meant = Filters(
            allow=_texts("item", rule["item"]) if "item" in rule else None,
            kinds=_texts("kind", rule.get("kind", [])),
            categories=_texts("category", rule.get("category", [])),
            attributes={name: _texts(name, values) for name, values in attributes.items()},
            released_from=first_day(str(rule["released_from"]))
            if "released_from" in rule
            else None,
            released_to=last_day(str(rule["released_to"])) if "released_to" in rule else None,
        )
        return [kind(meant, _number("by", rule["by"]))]

    return make


def _available(value: Any) -> list[Reranker]:
    if isinstance(value, bool):
        return [Available()] if value else []
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadInputError(
            f"this must be true or a moment such as 2026-12-24T20:15:00Z, not {value!r}"
        ) from None
    return [Available(moment)]


def _max_age(value: Any) -> list[Reranker]:
    return [AgeLimit(_number("this", value))]


LISTS: dict[str, Callable[[Any], list[Reranker]]] = {
    "pin": _pin,
    "boost": _boost(Boost),
    "bury": _boost(Bury),
    "cap": _cap,
}
SINGLES: dict[str, Callable[[Any], list[Reranker]]] = {
    "available": _available,
    "max_age": _max_age,
}


def _table(value: Any, known: tuple[str, ...], needed: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadInputError(f"this must be a table with {', '.join(known)}, not {value!r}")
    if strange := [name for name in value if name not in known]:
        raise BadInputError(f"there is no {strange[0]!r}; there are {', '.join(known)}")
    if missing := [name for name in needed if name not in value]:
        raise BadInputError(f"{missing[0]!r} is missing")
    return value


def _text(name: str, value: Any) -> str:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise BadInputError(f"{name} must be text, not {value!r}")


def _texts(name: str, value: Any) -> tuple[str, ...]:
    return tuple(_text(name, one) for one in (value if isinstance(value, list) else [value]))


def _whole(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadInputError(f"{name} must be a whole number, not {value!r}")


def _number(name: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise BadInputError(f"{name} must be a number, not {value!r}")
