"""Sound taken apart into stems that add up to it."""

from __future__ import annotations

from collections.abc import Sequence

from limelight.audio.operation import Sound
from limelight.audio.separate.music import Music
from limelight.audio.separate.percussion import Percussion
from limelight.audio.separate.separator import Separator
from limelight.audio.separate.speech import Speech
from limelight.audio.separate.stems import separate_file
from limelight.configure import configured

__all__ = [
    "SEPARATORS",
    "Music",
    "Percussion",
    "Separator",
    "Speech",
    "separate",
    "separate_file",
    "separator",
]

SEPARATORS: dict[str, type[Separator]] = {kind.name: kind for kind in (Speech, Percussion, Music)}


def separator(described: str, settings: Sequence[str] = ()) -> Separator:
    """Make a separator from ``"name"`` or ``"name:setting=value,…"``.

    Raises NotFoundError for an unknown name, BadInputError for an unknown setting or a bad value.
    """
    return configured(SEPARATORS, "way of separating", described, settings)


def separate(samples: Sound, rate: int, kind: str = "speech") -> dict[str, Sound]:
    """Take samples (channels, n) apart by ``kind``: "speech", "percussion", "music:weights=FILE".

    Gives arrays (channels, n) by stem, which add up to ``samples``. Raises what `separator` does,
    and UnavailableError where the kind needs weights that are not on this disk.
    """
    return separator(kind)(samples, rate)
