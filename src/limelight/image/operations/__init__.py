"""Every operation on pictures by name."""

from __future__ import annotations

from collections.abc import Sequence

from limelight.configure import configured
from limelight.image.operation import Operation
from limelight.image.operations.auto import Auto
from limelight.image.operations.background import Background
from limelight.image.operations.contrast import Contrast
from limelight.image.operations.deblock import Deblock
from limelight.image.operations.denoise import Denoise
from limelight.image.operations.fade import Fade
from limelight.image.operations.inpaint import Inpaint
from limelight.image.operations.key import Key
from limelight.image.operations.lowlight import LowLight
from limelight.image.operations.scratches import Scratches
from limelight.image.operations.sharpen import Deblur, Sharpen
from limelight.image.operations.upscale import Upscale
from limelight.image.operations.whitebalance import WhiteBalance

_KINDS: tuple[type[Operation], ...] = (
    Key,
    Background,
    Inpaint,
    Scratches,
    Fade,
    Denoise,
    Deblock,
    Upscale,
    Deblur,
    Sharpen,
    LowLight,
    Contrast,
    WhiteBalance,
    Auto,
)

OPERATIONS = {kind.name: kind for kind in _KINDS}


def configure(described: str, settings: Sequence[str] = ()) -> Operation:
    """Make an operation from ``"name"`` or ``"name:setting=value,…"``.

    Raises NotFoundError for an unknown name, BadInputError for an unknown setting or a bad value.
    """
    return configured(OPERATIONS, "operation on pictures", described, settings)
