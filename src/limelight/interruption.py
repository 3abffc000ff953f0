"""Ctrl-C: while a command starts nothing is begun, so it ends at once; later it unwinds."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130
SAID = "interrupted; nothing was left half done"


def end_at_once() -> None:
    """End the process at Ctrl-C from now on, unless whoever started it has it ignored.

    What is imported meanwhile may swallow a KeyboardInterrupt, or print where it struck.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def unwind() -> None:
    """Raise KeyboardInterrupt at Ctrl-C again, so that work can clean up."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(signal_number: int, frame: FrameType | None) -> None:
    sys.stderr.write(f"{SAID}\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)
