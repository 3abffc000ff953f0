"""Users, titles and events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.Text, nullable=False, unique=True),
        sa.Column("attributes", sa.Text),
    )
    op.create_table(
        "items",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item_id", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text),
        sa.Column("kind", sa.Text),
        sa.Column("released", sa.Date),
        sa.Column("categories", sa.Text, comment="a JSON array of names"),
        sa.Column("text", sa.Text),
        sa.Column("parent_id", sa.Text),
        sa.Column("attributes", sa.Text, comment="a JSON object"),
    )
    op.create_table(
        "kinds",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "events",
        sa.Column("user_key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("time", sa.BigInteger, primary_key=True, autoincrement=False, comment="µs UTC"),
        sa.Column("item_key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind_key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("repeat", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", sa.Float(53)),
        sa.Column("arrival", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    state = op.create_table(
        "state",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("next_arrival", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
    )
    op.bulk_insert(state, [{"key": 1, "next_arrival": 0, "fingerprint": ""}])
