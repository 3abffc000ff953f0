"""Bring a database to the schema of this version, through Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from limelight.errors import BadInputError

VERSION_TABLE = "limelight_version"
FOLDER = Path(__file__).parent


def is_current(connection: Connection, place: str) -> bool:
    """Say whether the database has the newest tables.

    Raises BadInputError, naming ``place``, where a newer Limelight or another program wrote it.
    """
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    revision = context.get_current_revision()
    scripts = ScriptDirectory(str(FOLDER))
    if revision is None:
        others = set(inspect(connection).get_table_names()) - {VERSION_TABLE}
        if others:
            raise BadInputError(
                f"{place} holds the tables of another program ({', '.join(sorted(others)[:3])}); "
                "choose another place for the store"
            )
        return False
    if revision not in {script.revision for script in scripts.walk_revisions()}:
        raise BadInputError(
            f"{place} was written by a newer Limelight (schema {revision}); update Limelight"
        )
    return revision == scripts.get_current_head()


def upgrade(connection: Connection) -> None:
    """Make or migrate the tables in the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
