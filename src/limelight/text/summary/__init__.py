"""Summaries, synopses and loglines: sentences of a text, word for word, to a length."""

from limelight.text.summary.length import Length
from limelight.text.summary.loglines import Logline, logline
from limelight.text.summary.summarising import Summary, document_of, summarise, synopsis

__all__ = ["Length", "Logline", "Summary", "document_of", "logline", "summarise", "synopsis"]
