"""Tables as sources: typed cells, what follows from them, and what in them can't be right."""

from limelight.text.newsroom.data.deriving import derived
from limelight.text.newsroom.data.reading import parse_table
from limelight.text.newsroom.data.table import Cell, Row, Table

__all__ = ["Cell", "Row", "Table", "derived", "parse_table"]
