"""Which column of a file means what: guessed from names in common use, or said by the user."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from limelight.catalog.vocabulary import SCHEMAS, TableName
from limelight.errors import BadInputError

REQUIRED: dict[TableName, tuple[str, ...]] = {
    "items": ("item_id",),
    "users": ("user_id",),
    "events": ("user_id", "item_id"),
}

# Names as in MovieLens, Amazon reviews, Last.fm, RecBole's atomic files and plain exports, without
# capitals, blanks and underscores; the first that a file has is taken.
_USER = "userid user uid reviewerid customerid visitorid memberid accountid listenerid viewerid"
_ITEM = (
    "itemid item movieid movie asin parentasin productid trackid songid artistid albumid filmid "
    "titleid showid seriesid videoid contentid gameid bookid isbn iid"
)
ALIASES: dict[TableName, dict[str, str]] = {
    "events": {
        "user_id": _USER,
        "item_id": _ITEM,
        "kind": (
            "kind event eventtype eventname action actiontype behavior behaviour interaction type"
        ),
        "value": (
            "value rating overall stars score preference plays playcount listeningcount weight "
            "count"
        ),
        "time": (
            "time timestamp unixreviewtime datetime date eventtime createdat playedat watchedat ts "
            "reviewtime"
        ),
    },
    "items": {
        "item_id": f"{_ITEM} id sasitem",
        "title": "title movietitle originaltitle name itemname trackname artistname songname",
        "kind": "kind type mediatype",
        "released": "released releasedate releaseyear year date",
        "categories": "categories category genres genre class",
        "text": "text description overview plot summary synopsis abstract",
        "parent_id": "parentid parent",
        "attributes": "attributes",
    },
    "users": {"user_id": f"{_USER} id", "attributes": "attributes"},
}

KIND_OF_VALUE = dict.fromkeys(("rating", "overall", "stars", "score", "preference"), "rating") | (
    dict.fromkeys(("plays", "playcount", "listeningcount", "weight", "count"), "play")
)
"""What an event is, judged by the name of its value's column."""
OTHER_KIND = "view"

_RECBOLE_TYPE = re.compile(r":(token|float)(_seq)?$")
COLUMNS_TO_NAME = 10


def plain(column: str) -> str:
    """Reduce a column's name to what names are compared by."""
    return re.sub(r"[\s_.\-]", "", _RECBOLE_TYPE.sub("", column.strip())).lower()


def guess(columns: Sequence[str], table: TableName) -> dict[str, str]:
    """Say which column each field is read from, where a name in common use tells."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain(column), column)
    guessed: dict[str, str] = {}
    for field, aliases in ALIASES[table].items():
        taken = set(guessed.values())
        known = (by_name.get(alias) for alias in aliases.split())
        found = next((column for column in known if column and column not in taken), None)
        if found:
            guessed[field] = found
    return guessed


def has_required(columns: Sequence[str], table: TableName) -> bool:
    """Say whether the names look like the header of such a table."""
    return set(REQUIRED[table]) <= set(guess(columns, table))


def resolve(
    columns: Sequence[str], table: TableName, mapping: Mapping[str, str] | None, source: str
) -> dict[str, str]:
    """Say which column each field is read from: as ``mapping`` has it, else as guessed.

    ``mapping`` is {field: column}; an empty column leaves the field out. Raises BadInputError where
    a field or a column does not exist, or a required field has no column.
    """
    said = dict(mapping or {})
    for field, column in said.items():
        if field not in SCHEMAS[table]:
            raise BadInputError(
                f"{table} have no field {field!r}; they have {_listed(SCHEMAS[table])}"
            )
        if column and column not in columns:
            raise BadInputError(
                f"{source} has no column {column!r} to read {field} from; it has {_listed(columns)}"
            )
    free = [column for column in columns if column not in said.values()]
    guessed = {field: column for field, column in guess(free, table).items() if field not in said}
    resolved = guessed | {field: column for field, column in said.items() if column}
    missing = [field for field in REQUIRED[table] if field not in resolved]
    if missing:
        raise BadInputError(
            f"{source}: no column looks like {' or '.join(missing)} among {_listed(columns)}; say "
            f"which one it is: --map {missing[0]}=COLUMN, or mapping={{{missing[0]!r}: COLUMN}}"
        )
    return resolved


def kind_of(value_column: str | None) -> str:
    """Say what kind events are that have no kind of their own."""
    return KIND_OF_VALUE.get(plain(value_column or ""), OTHER_KIND)


def words_are_names(column: str) -> bool:
    """Say whether blanks part the names in a column, as in RecBole's token sequences."""
    return column.endswith(":token_seq")


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    shown = [name if len(name) <= 40 else name[:40] + "…" for name in list(names)[:COLUMNS_TO_NAME]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
