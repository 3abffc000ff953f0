"""Every operation on pictures in motion, by name."""

from __future__ import annotations

from collections.abc import Sequence

from limelight.configure import configured
from limelight.video.operation import Operation
from limelight.video.operations.background import Background
from limelight.video.operations.captions import Captions
from limelight.video.operations.deflicker import Deflicker
from limelight.video.operations.deinterlace import Deinterlace
from limelight.video.operations.denoise import Denoise
from limelight.video.operations.inpaint import Inpaint
from limelight.video.operations.key import Key
from limelight.video.operations.scratches import Scratches
from limelight.video.operations.stabilise import Stabilise
from limelight.video.operations.upscale import Upscale

OPERATIONS: dict[str, type[Operation]] = {
    kind.name: kind
    for kind in (
        Deinterlace,
        Scratches,
        Deflicker,
        Stabilise,
        Denoise,
        Upscale,
        Key,
        Background,
        Inpaint,
        Captions,
    )
}


def configure(described: str, settings: Sequence[str] = ()) -> Operation:
    """Make an operation from ``"name"`` or ``"name:setting=value,…"``.

    Raises NotFoundError for an unknown name, BadInputError for an unknown setting or a bad value.
    """
    return configured(OPERATIONS, "operation on video", described, settings)
