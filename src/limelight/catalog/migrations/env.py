"""Alembic runs this to migrate the connection that the store hands over."""

from alembic import context

from limelight.catalog.migrations import VERSION_TABLE
from limelight.catalog.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
