"""Users, titles and events: schema, import, export and store."""

from limelight.catalog.describing import describe_items
from limelight.catalog.exporting import export_store, import_export
from limelight.catalog.importing import import_files, import_frame, read_events, read_users
from limelight.catalog.report import ImportReport
from limelight.catalog.store import Store, open_store

__all__ = [
    "ImportReport",
    "Store",
    "describe_items",
    "export_store",
    "import_export",
    "import_files",
    "import_frame",
    "open_store",
    "read_events",
    "read_users",
]
