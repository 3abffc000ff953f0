"""The tables of a store, the same on SQLite and PostgreSQL."""

from sqlalchemy import BigInteger, Column, Date, Float, Integer, MetaData, Table, Text

NO_TIME = -(2**63)
"""Stands for an unknown time: part of a key can't be null, and the smallest number sorts first."""

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("user_id", Text, nullable=False, unique=True),
    Column("attributes", Text),
)

items = Table(
    "items",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("item_id", Text, nullable=False, unique=True),
    Column("title", Text),
    Column("kind", Text),
    Column("released", Date),
    Column("categories", Text, comment="a JSON array of names"),
    Column("text", Text),
    Column("parent_id", Text),
    Column("attributes", Text, comment="a JSON object"),
)

kinds = Table(
    "kinds",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False, unique=True),
)

# The key is what identifies an event (see importing.py) and puts a user's history, in order of
# time, side by side on disk. Integers only: ten million rows take about 350 MB.
events = Table(
    "events",
    metadata,
    Column("user_key", Integer, primary_key=True, autoincrement=False),
    Column("time", BigInteger, primary_key=True, autoincrement=False, comment="µs UTC"),
    Column("item_key", Integer, primary_key=True, autoincrement=False),
    Column("kind_key", Integer, primary_key=True, autoincrement=False),
    Column("repeat", Integer, primary_key=True, autoincrement=False),
    Column("value", Float(53)),
    Column("arrival", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

state = Table(
    "state",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("next_arrival", BigInteger, nullable=False),
    Column("fingerprint", Text, nullable=False),
)
"""One row: the arrival number of the next event, and a digest of all that was ever written."""

NAMES: dict[str, Table] = {"users": users, "items": items, "kinds": kinds}
"""The tables that give text ids their integer keys."""

ID_COLUMNS: dict[str, str] = {"users": "user_id", "items": "item_id", "kinds": "kind"}
