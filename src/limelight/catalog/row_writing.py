"""Titles and users into the store: merged with what is known of them, a cell at a time."""

from __future__ import annotations

import json

import polars as pl
from sqlalchemy import bindparam, select, update

from limelight.catalog import schema
from limelight.catalog.cells import attributes_text
from limelight.catalog.vocabulary import SCHEMAS, TableName
from limelight.catalog.writing import IDS_A_QUERY, Transaction


def write_rows(transaction: Transaction, name: TableName, rows: pl.DataFrame) -> None:
    """Add checked titles or users with distinct ids, or update those that the store holds.

    An empty cell leaves what is known as it is, and attributes are merged key by key.
    """
    id_column = schema.ID_COLUMNS[name]
    columns = [column for column in SCHEMAS[name] if column != id_column]
    rows = _as_stored(rows).rename({id_column: "id"})
    book = transaction.key_book(name)
    found = book.find(rows["id"])
    known = rows.join(found, on="id", maintain_order="left")
    new = rows.join(found, on="id", how="anti", maintain_order="left")
    if new.height:
        book.add(new)
        transaction.added += new.height
    if not known.height:
        return
    stored = _stored(transaction, name, known["key"], columns)
    both = known.join(stored, on="key", suffix="_stored", maintain_order="left")
    merged = both.select(
        "key",
        *(pl.coalesce(column, f"{column}_stored").alias(column) for column in columns),
    ).with_columns(_merged_attributes(both["attributes"], both["attributes_stored"]))
    differs = pl.any_horizontal(
        merged[column].ne_missing(both[f"{column}_stored"]) for column in columns
    )
    changed = merged.filter(differs)
    if changed.height:
        _update(transaction, name, changed)
        transaction.updated += changed.height


def _as_stored(rows: pl.DataFrame) -> pl.DataFrame:
    """Write dates as ISO text and lists as JSON."""
    if "released" in rows.columns:
        rows = rows.with_columns(pl.col("released").cast(pl.String))
    if "categories" in rows.columns:
        lists = rows["categories"].to_list()
        texts = [None if some is None else json.dumps(some, ensure_ascii=False) for some in lists]
        rows = rows.with_columns(pl.Series("categories", texts, dtype=pl.String))
    return rows


def _stored(
    transaction: Transaction, name: TableName, keys: pl.Series, columns: list[str]
) -> pl.DataFrame:
    table = schema.NAMES[name]
    query = select(table.c.key, *(table.c[column] for column in columns))
    rows = [
        tuple(row)
        for at in range(0, len(keys), IDS_A_QUERY)
        for row in transaction.connection.execute(
            query.where(table.c.key.in_(keys[at : at + IDS_A_QUERY].to_list()))
        )
    ]
    types = {column: SCHEMAS[name][column] for column in columns} | {"categories": pl.String()}
    frame = pl.DataFrame(
        rows,
        schema={"key": pl.Int32(), **{column: types[column] for column in columns}},
        orient="row",
    )
    return frame.with_columns(pl.col(pl.Date).cast(pl.String))


def _merged_attributes(new: pl.Series, stored: pl.Series) -> pl.Series:
    merged = [
        text or before if not text or not before or text == before else _merge(before, text)
        for text, before in zip(new, stored, strict=True)
    ]
    return pl.Series("attributes", merged, dtype=pl.String)


def _merge(before: str, text: str) -> str:
    return attributes_text(json.loads(before) | json.loads(text))


def _update(transaction: Transaction, name: TableName, rows: pl.DataFrame) -> None:
    table = schema.NAMES[name]
    columns = [column for column in rows.columns if column != "key"]
    statement = update(table).where(table.c.key == bindparam("its_key"))
    typed = rows.rename({"key": "its_key"})
    if "released" in columns:
        typed = typed.with_columns(pl.col("released").str.to_date("%Y-%m-%d"))
    transaction.connection.execute(
        statement.values({column: bindparam(column) for column in columns}), typed.to_dicts()
    )
    transaction.record(name.encode(), rows.write_csv().encode())
