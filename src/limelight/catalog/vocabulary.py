"""The words that a catalogue is made of: what its tables hold, what events are called and say."""

from typing import Literal

import polars as pl

TableName = Literal["items", "users", "events"]

ITEMS = pl.Schema(
    {
        "item_id": pl.String(),
        "title": pl.String(),
        "kind": pl.String(),
        "released": pl.Date(),
        "categories": pl.List(pl.String()),
        "text": pl.String(),
        "parent_id": pl.String(),
        "attributes": pl.String(),
    }
)
"""A title: what it is called, what it is (film, album, …), when it came out, its genres, what is
written about it, the series or album that it belongs to, and anything else as a JSON object.
Everything but ``item_id`` may be null."""

USERS = pl.Schema({"user_id": pl.String(), "attributes": pl.String()})
"""A member of the audience; ``attributes`` is a JSON object or null."""

EVENTS = pl.Schema(
    {
        "user_id": pl.String(),
        "item_id": pl.String(),
        "kind": pl.String(),
        "value": pl.Float64(),
        "time": pl.Datetime("us", "UTC"),
    }
)
"""Somebody met a title: how (``kind``), with what ``value`` (a rating, a number of plays; may be
null) and when (null where the source has no times)."""

SCHEMAS: dict[TableName, pl.Schema] = {"items": ITEMS, "users": USERS, "events": EVENTS}

KIND_WEIGHTS: dict[str, float] = {
    "view": 1.0,
    "play": 1.0,
    "complete": 1.0,
    "purchase": 1.0,
    "rating": 1.0,
    "like": 2.0,
    "skip": -1.0,
    "dislike": -2.0,
}
"""How much an event of each kind speaks for a title; an unlisted kind counts 1. A rating says that
somebody chose the title, whatever they thought of it afterwards."""
