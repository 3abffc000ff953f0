"""Every operation on sound by name, and the chain that enhances."""

from __future__ import annotations

from collections.abc import Sequence

from limelight.audio.clicks import Clicks
from limelight.audio.clipping import Clipping
from limelight.audio.deess import Deess
from limelight.audio.denoise import Denoise
from limelight.audio.dereverberate import Dereverberate
from limelight.audio.equalise import Equalise
from limelight.audio.gate import Gate
from limelight.audio.hum import Hum
from limelight.audio.limiter import Limiter
from limelight.audio.normalise import Normalise
from limelight.audio.operation import Operation
from limelight.audio.rumble import Rumble
from limelight.configure import configured
from limelight.media.presets import load

OPERATIONS: dict[str, type[Operation]] = {
    kind.name: kind
    for kind in (
        *(Denoise, Gate, Clipping, Clicks, Rumble, Hum, Dereverberate),
        *(Equalise, Deess, Normalise, Limiter),
    )
}


def configure(described: str, settings: Sequence[str] = ()) -> Operation:
    """Make an operation from ``"name"`` or ``"name:setting=value,…"``.

    Raises NotFoundError for an unknown name, BadInputError for an unknown setting or a bad value.
    """
    return configured(OPERATIONS, "operation on sound", described, settings)


def enhance(preset: str = "podcast") -> list[Operation]:
    """The operations on sound of a preset, in order: all that makes a recording better.

    "podcast" is for a recorded voice. What was damaged is repaired before anything moves its
    samples; the room goes before the noise, which a network takes out; the balance is set on what
    is left, and the loudness last. ``preset`` may be a file of the user's own that ends in .toml.
    Raises NotFoundError for an unknown preset, BadInputError for one that says what it may not.
    """
    return [configure(step) for step in load(preset).sound]
