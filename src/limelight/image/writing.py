"""Pictures into files: as many bits, as like the original and as much said as a format allows."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor

from limelight.errors import BadInputError, LimelightWarning
from limelight.image import exif
from limelight.image.encoding import encode, encode_deep_png
from limelight.image.formats import Format, format_of
from limelight.image.metadata import NOTHING, Metadata
from limelight.image.picture import Picture
from limelight.image.reading import Form, Frame, open_picture
from limelight.image.tiff import CLASSIC, Samples, add_page
from limelight.image.xmp import source_type
from limelight.media.whole import replacing

PLAIN = Form("PNG", "picture", 8, lossless=True)


def write(
    path: str | Path,
    picture: Picture,
    metadata: Metadata = NOTHING,
    *,
    quality: int | None = None,
    background: str | None = None,
) -> None:
    """Write one picture (height, width, 3 or 4) in the format that the suffix says.

    ``quality`` is 1 to 100 where the format loses something. ``background`` is a colour to lay a
    picture with alpha over. Raises and warns as `write_frames` does.
    """
    write_frames(path, [Frame(picture, metadata=metadata)], quality=quality, background=background)


def write_frames(
    path: str | Path,
    frames: Iterable[Frame],
    like: Form = PLAIN,
    *,
    quality: int | None = None,
    background: str | None = None,
) -> None:
    """Write one picture or several; ``like`` is how the file they come from held them.

    A JPEG's quantisation tables are those of ``like`` where it has some and no ``quality`` is
    given; WebP loses nothing where ``like`` did not. ``path`` appears, or is replaced, when all is
    written. A LimelightWarning tells what the format did not hold. Raises BadInputError for what it
    can't hold at all (alpha without a ``background``, frames, sizes), UnavailableError where
    ``path`` can't be written.
    """
    path = Path(path)
    form = format_of(path)
    refuse(path, form, like)
    if quality is not None and not 1 <= quality <= 100:
        raise BadInputError(f"quality is 1 to 100, not {quality}")
    colour = None if background is None else colour_of(background)
    coming = iter(frames)
    first = next(coming, None)
    if first is None:
        raise BadInputError(f"there is no picture to write to {path}")
    writer = _Writer(path, form, like, quality, colour)
    with replacing(path) as draft:
        writer.write(draft, chain([first], coming))
        with open_picture(draft, pixels=1 << 62) as written:
            lost = first.metadata.lost_in(written.metadata)
            if source_type(first.metadata.xmp) != source_type(written.metadata.xmp):
                raise BadInputError(
                    f"{path.suffix} can't say that {path} was generated, and all that is generated "
                    "says so; write .png, .jpg, .webp, .tiff or .avif"
                )
            if like.kind == "animation" and written.form.plays != like.plays:
                lost.append("how often it is shown")
    if writer.rounded:
        _warn(f"{path} holds 8 bits a sample of 16; .png and .tiff hold all")
    if writer.hardened:
        _warn(f"{path} is wholly clear or wholly solid in each place, as GIF must be")
    if lost:
        _warn(f"{path.suffix} has no place for {', '.join(lost)}; {path} is without")


def refuse(path: Path, form: Format, like: Form, width: int = 0, height: int = 0) -> None:
    """Refuse, before anything is done, what a format can't hold: frames, pages, sizes."""
    if like.kind == "animation" and not form.moving:
        raise BadInputError(
            f"{path.suffix} holds no animation, as {path} would; write .png, .webp, .gif or .avif"
        )
    if like.kind == "pages" and not form.pages:
        raise BadInputError(f"{path.suffix} holds one picture, and {path} has pages; write .tiff")
    if max(width, height) > form.side:
        raise BadInputError(
            f"{path} would have {width:,} x {height:,} pixels, and {path.suffix} holds "
            f"{form.side:,} a side; write .png or .tiff"
        )


def colour_of(text: str) -> tuple[int, int, int]:
    """Read a colour: "white", "#ff8800", "rgb(255, 136, 0)". Raises BadInputError for others."""
    try:
        return ImageColor.getrgb(text)[:3]
    except ValueError as error:
        raise BadInputError(f"{text!r} is no colour; write one as white or #ff8800") from error


class _Writer:
    """What is done to every frame on its way into a file, and what was lost."""

    def __init__(
        self,
        path: Path,
        form: Format,
        like: Form,
        quality: int | None,
        colour: tuple[int, int, int] | None,
    ) -> None:
        self._path, self._form, self._like = path, form, like
        self._quality, self._colour = quality, colour
        self.rounded = self.hardened = False

    def write(self, draft: Path, frames: Iterable[Frame]) -> None:
        """Write all frames to ``draft``."""
        if self._form.name == "TIFF":
            large = False
            for number, frame in enumerate(frames):
                page = self._samples(frame)
                large = large or (number == 0 and page.nbytes * self._like.count > CLASSIC)
                add_page(draft, page, self._said(frame), number == 0, large)
            return
        images: list[Image.Image] = []
        times: list[float] = []
        said = NOTHING
        for frame in frames:
            samples = self._samples(frame)
            if not images:
                said = self._said(frame)
            if samples.dtype == np.uint16:
                encode_deep_png(draft, samples, said)
                return
            images.append(Image.fromarray(samples))
            times.append(frame.seconds)
        if self._like.kind == "animation" and all(map(_is_solid, images)):
            images = [image.convert("RGB") for image in images]
        try:
            encode(draft, self._form.name, images, times, said, self._like, self._quality)
        except ValueError as error:
            raise BadInputError(f"{self._path} can't be written: {error}") from error

    def _said(self, frame: Frame) -> Metadata:
        height, width = frame.picture.shape[:2]
        return replace(frame.metadata, exif=exif.sized(frame.metadata.exif, width, height))

    def _samples(self, frame: Frame) -> Samples:
        """Give what the format can hold of a picture: grey as one channel, alpha where there is."""
        picture = frame.picture
        height, width = picture.shape[:2]
        refuse(self._path, self._form, self._like, width, height)
        if picture.shape[2] == 4:
            picture = self._with_alpha(picture)
        deep = self._form.deep and self._like.kind != "animation"
        if picture.dtype == np.uint16 and not deep:
            self.rounded = True
            picture = ((picture.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
        if not frame.grey or (picture[..., :1] != picture[..., 1:3]).any():
            return picture
        if picture.shape[2] == 3:
            return np.ascontiguousarray(picture[..., 0])
        if picture.dtype == np.uint16:
            return picture  # neither OpenCV nor Pillow knows deep grey with alpha
        return np.ascontiguousarray(picture[..., [0, 3]])

    def _with_alpha(self, picture: Picture) -> Picture:
        top = np.iinfo(picture.dtype).max
        if self._colour is not None:
            alpha = picture[..., 3:].astype(np.float32) / top
            behind = np.array(self._colour, np.float32) / 255 * top
            mixed = picture[..., :3] * alpha + behind * (1 - alpha)
            return np.rint(mixed).astype(picture.dtype)
        if not self._form.alpha:
            if (picture[..., 3] != top).any():
                raise BadInputError(
                    f"{self._path.suffix} holds no transparency, as {self._path} would; write "
                    ".png, .webp or .tiff, or lay it over a colour with --background white"
                )
            return picture[..., :3]
        if self._form.name == "GIF" and not np.isin(picture[..., 3], (0, top)).all():
            self.hardened = True
        return picture


def _is_solid(image: Image.Image) -> bool:
    """Say whether a frame has alpha, as readers give them, and needs none."""
    return image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255)


def _warn(text: str) -> None:
    warnings.warn(text, LimelightWarning, stacklevel=3)
