"""What was found out about titles, by listening or looking, into their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from limelight.catalog.cells import attributes_text
from limelight.catalog.row_writing import write_rows
from limelight.catalog.store import Store
from limelight.catalog.vocabulary import ITEMS
from limelight.errors import BadInputError, NotFoundError


def describe_items(store: Store, attributes: Mapping[str, Mapping[str, Any]]) -> None:
    """Add attributes to titles by id, all or none; a name's value replaces the one it had.

    Values are what JSON can say. A list of numbers with a decimal point is a vector of features:
    give those of one name the same length in all titles. Raises NotFoundError for a title that the
    catalogue lacks, BadInputError for a number that is none.
    """
    try:
        told = [
            {"item_id": item_id, "attributes": attributes_text(dict(values))}
            for item_id, values in attributes.items()
        ]
    except ValueError as error:
        raise BadInputError(f"an attribute can't be written as JSON: {error}") from error
    rows = pl.DataFrame(told, schema=ITEMS)
    with store.writing() as transaction:
        known = set(transaction.key_book("items").find(rows["item_id"])["id"])
        for item_id in attributes:
            if item_id not in known:
                raise NotFoundError(f"the catalogue has no title {item_id!r}; import it first")
        write_rows(transaction, "items", rows)
