"""Samples of every kind (palettes, CMYK, one bit, sixteen) as red, green, blue and alpha."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from limelight.errors import BadInputError
from limelight.image.picture import Picture

GREY = frozenset({"1", "L", "LA", "La", "I;16", "I;16L", "I;16B", "I;16N", "I", "F"})
INKS = frozenset({"CMYK", "LAB"})


def decoded(image: Image.Image, path: Path) -> Picture:
    """Give the frame that ``image`` stands at, as Pillow has it: (height, width, 3 or 4)."""
    if image.mode in ("F", "I"):
        return _numbers(np.asarray(image), path)
    image.load()
    if image.mode.startswith("I;16"):
        return _stacked(np.asarray(image).astype(np.uint16))
    clear = "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBA", "RGBa")
    if image.mode in ("CMYK", "LAB", "YCbCr", "HSV"):
        return np.asarray(_converted(image))
    if image.mode == "La":
        image = image.convert("LA")
    return np.array(image.convert("RGBA" if clear else "RGB"))


def _stacked(grey: NDArray[Any]) -> Picture:
    return np.repeat(grey[..., None], 3, axis=2)


def _numbers(values: NDArray[Any], path: Path) -> Picture:
    """Take whole numbers up to 65535, or numbers from 0 to 1, as 16 bits."""
    top = 65535 if values.dtype.kind in "iu" else 1
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > top:
        raise BadInputError(
            f"{path} holds numbers beyond 0 to {top}, as measurements do; "
            "bring them into that range, or save it with 8 or 16 bits a sample"
        )
    return _stacked(np.rint(values * (65535 / top)).astype(np.uint16))


def _converted(image: Image.Image) -> Image.Image:
    """Convert inks and other colours to sRGB: by the file's own profile where it has one."""
    profile = image.info.get("icc_profile")
    try:
        if profile and image.mode in ("CMYK", "LAB"):
            source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        elif image.mode == "LAB":
            source = ImageCms.createProfile("LAB")
        else:
            return image.convert("RGB")
        found = ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError:
        return image.convert("RGB")
    return image if found is None else found
