"""Sound: cleaned, enhanced, separated, described, in files of any length.

Each name below is imported when it is first used: operations on arrays need no FFmpeg.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limelight.audio.reading import SoundFile, open_sound, read
    from limelight.audio.resampling import resampled
    from limelight.audio.writing import create_sound, write

_FILES = {
    "SoundFile": "limelight.audio.reading",
    "create_sound": "limelight.audio.writing",
    "open_sound": "limelight.audio.reading",
    "read": "limelight.audio.reading",
    "resampled": "limelight.audio.resampling",
    "write": "limelight.audio.writing",
}

__all__ = ["SoundFile", "create_sound", "open_sound", "read", "resampled", "write"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _FILES:
        raise AttributeError(f"module 'limelight.audio' has no attribute {name!r}")
    return getattr(import_module(_FILES[name]), name)
