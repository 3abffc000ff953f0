"""What a picture's file is and says, without decoding it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from limelight.image import xmp
from limelight.image.metadata import NAMES
from limelight.image.reading import LIMIT, open_picture


def told(path: Path, pixels: int = LIMIT) -> Mapping[str, Any]:
    """Tell format, size, bits, frames, what is said, and what was done. Raises as `open_picture`.

    ``generated`` is whether the file says that a trained model made its picture.
    """
    with open_picture(path, pixels) as file:
        said = file.metadata
        return {
            "format": file.form.format,
            "width": file.width,
            "height": file.height,
            "bits": file.form.bits,
            "kind": file.form.kind,
            "count": file.form.count,
            "lossless": file.form.lossless,
            "dpi": said.dpi,
            "comment": said.comment,
            "says": [name for field, name in NAMES.items() if getattr(said, field)],
            "generated": xmp.source_type(said.xmp) == xmp.GENERATED,
            "history": [done.facts() for done in said.history()],
        }
