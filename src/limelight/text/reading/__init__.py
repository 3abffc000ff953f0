"""Any file of text, a page, a PDF or a feed, as documents with paragraphs."""

from limelight.text.reading.document import Document, LeftOut
from limelight.text.reading.files import TEXTS, parse, read

__all__ = ["TEXTS", "Document", "LeftOut", "parse", "read"]
