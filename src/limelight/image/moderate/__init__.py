"""Explicit pictures found, shown to people blurred, and what they decide kept for good."""

from limelight.image.moderate.ledger import Decision, Ledger, Waiting, open_ledger
from limelight.image.moderate.preview import blurred, write_queue
from limelight.image.moderate.scores import (
    CLASSES,
    THRESHOLDS,
    Scored,
    content_of,
    scored,
    thresholds_of,
)

__all__ = [
    "CLASSES",
    "THRESHOLDS",
    "Decision",
    "Ledger",
    "Scored",
    "Waiting",
    "blurred",
    "content_of",
    "open_ledger",
    "scored",
    "thresholds_of",
    "write_queue",
]
