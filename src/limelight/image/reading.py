"""Pictures out of files: upright, with or without alpha, 8 or 16 bits, frame by frame."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from limelight.errors import BadInputError, LimelightWarning, UnavailableError
from limelight.image.decoding import GREY, INKS, decoded
from limelight.image.deep import HEAD, bits_of, read_deep
from limelight.image.metadata import DAMAGE, Metadata, metadata_of
from limelight.image.picture import Picture
from limelight.image.turning import turned

LIMIT = 1 << 28
"""Pixels that a picture may have, all frames of an animation together, unless told otherwise."""

UNREAD = frozenset({"BUFR", "EPS", "GRIB", "HDF5", "IPTC", "MPEG", "WMF"})
"""Formats that Pillow names without reading their pictures, or reads by another program."""

SEVERAL = frozenset({"AVIF", "GIF", "PNG", "TIFF", "WEBP"})
"""Formats whose further pictures are frames or pages, not previews, sizes or layers."""
LAYERED = frozenset({"PSD"})
HEIC = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1"})
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM")
Kind = Literal["picture", "animation", "pages"]

_opening = threading.RLock()


@dataclass(frozen=True)
class Frame:
    """One picture of a file: how long it is shown, what is said of it, whether it has no colour."""

    picture: Picture
    seconds: float = 0.0
    metadata: Metadata = field(default_factory=Metadata)
    grey: bool = False


@dataclass(frozen=True)
class Form:
    """How a file holds its pictures, so that another can hold them alike.

    ``format`` is Pillow's name, ``bits`` are a sample's. ``plays`` is how often an animation is
    shown, 0 for ever; ``tables`` are a JPEG's quantisation tables and its subsampling.
    """

    format: str
    kind: Kind
    bits: int
    lossless: bool
    count: int = 1
    plays: int = 0
    tables: tuple[Any, int] | None = None


class PictureFile:
    """An opened file: ``width`` and ``height`` are its first picture's, upright."""

    def __init__(self, path: Path, image: Image.Image, limit: int) -> None:
        """Take an image that Pillow opened, of which nothing is decoded yet."""
        self.path, self._image, self._limit = path, image, limit
        held = int(getattr(image, "n_frames", 1))
        count = held if image.format in SEVERAL else 1
        if count < held and image.format not in LAYERED:
            _warn(f"{path} holds {held} pictures, of which the first is read")
        self.metadata, self._orientation = metadata_of(image, path)
        self.width, self.height = image.size
        if self._orientation > 4:
            self.width, self.height = image.size[::-1]
        self.form = _form(image, path, count)

    def frames(self) -> Iterator[Frame]:
        """Read all pictures, one after another. Raises BadInputError for a damaged file.

        A LimelightWarning tells what is read otherwise than it is stored: inks, very deep samples.
        """
        for number in range(self.form.count):
            with _telling(self.path), _UNLIMITED:
                self._image.seek(number)
                if self.form.kind == "pages":
                    _check(self.path, self._image.size, 1, self._limit)
                frame = self._frame(number)
            yield frame

    def _frame(self, number: int) -> Frame:
        image = self._image
        metadata, orientation = self.metadata, self._orientation
        if self.form.kind == "pages" and number:
            metadata, orientation = metadata_of(image, self.path)
        grey, inks = image.mode in GREY, image.mode in INKS
        picture = None
        if self.form.kind != "animation":
            picture = read_deep(image, self.path, number, self.form.bits)
        if picture is not None:
            return Frame(turned(picture, orientation), 0.0, metadata, grey)
        picture = decoded(image, self.path)
        seconds = float(image.info.get("duration") or 0) / 1000  # which WebP knows but now
        if inks:
            metadata = replace(metadata, icc=b"")
            _warn(f"{self.path} is of {image.mode}, and read as red, green and blue")
        if self.form.bits > 8 and picture.itemsize == 1 and not number:
            _warn(f"{self.path} has {self.form.bits} bits a sample, of which 8 are read")
        return Frame(turned(picture, orientation), seconds, metadata, grey)


@contextmanager
def open_picture(path: str | Path, pixels: int = LIMIT) -> Iterator[PictureFile]:
    """Open a file by what is in it, whatever its name, without decoding its pictures yet.

    Raises BadInputError for a file that is absent, no picture, damaged, or of more than ``pixels``.
    """
    path = Path(path)
    with _telling(path), _UNLIMITED, _quietly():
        Image.init()
        try:
            image = Image.open(path, formats=[name for name in Image.ID if name not in UNREAD])
        except UnidentifiedImageError as error:
            raise BadInputError(_stranger(path)) from error
        except (FileNotFoundError, IsADirectoryError) as error:
            raise BadInputError(f"there is no file {path}") from error
    with image:
        with _telling(path), _UNLIMITED, _quietly():
            _check(path, image.size, 1, pixels)
            file = PictureFile(path, image, pixels)
            if file.form.kind == "animation":
                _check(path, image.size, file.form.count, pixels)
        yield file


def read(path: str | Path, pixels: int = LIMIT) -> Picture:
    """Read a file's picture, of several the first, upright. Raises as `open_picture` does."""
    with open_picture(path, pixels) as file:
        return next(file.frames()).picture


def _form(image: Image.Image, path: Path, count: int) -> Form:
    kind: Kind = "picture"
    if count > 1:
        kind = "pages" if image.format == "TIFF" else "animation"
    with path.open("rb") as file:
        head = file.read(HEAD)
    bits = bits_of(image, head)
    tables = None
    if isinstance(image, JpegImagePlugin.JpegImageFile) and image.mode in ("L", "RGB"):
        tables = (image.quantization, JpegImagePlugin.get_sampling(image))
    loop = image.info.get("loop")
    plays = int(loop or 0)
    if image.format == "GIF":  # which counts what comes after the first time
        plays = 1 if loop is None else loop and loop + 1
    lossless = _lossless(image, head)
    return Form(str(image.format), kind, bits, lossless, count, plays, tables)


def _lossless(image: Image.Image, head: bytes) -> bool:
    if image.format == "WEBP":
        return b"VP8L" in head
    if image.format == "TIFF":
        return image.info.get("compression") not in ("jpeg", "tiff_jpeg", "webp")
    return image.format not in ("JPEG", "MPO", "AVIF", "JPEG2000")


def _check(path: Path, size: tuple[int, int], count: int, limit: int) -> None:
    width, height = size
    if width * height * count > limit:
        frames = f" in {count:,} frames" if count > 1 else ""
        raise BadInputError(
            f"{path} has {width:,} x {height:,} pixels{frames}, more than the limit of {limit:,}; "
            f"where you trust the file, raise it with --pixels {width * height * count}"
        )


def _stranger(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        return f"{path} is empty"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC:
        return f"{path} is a HEIC picture, which can't be read here; save it as JPEG, PNG or AVIF"
    if head.startswith(BEGINNINGS) or head[4:8] == b"ftyp" or head[8:12] == b"WEBP":
        return f"{path} is damaged, or of a rare kind; save it anew as PNG or TIFF of 8 or 16 bits"
    return f"{path} is no picture that can be read here; JPEG, PNG, TIFF, WebP, GIF and more can"


def _warn(text: str) -> None:
    warnings.warn(text, LimelightWarning, stacklevel=4)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Say of what Pillow finds wrong in a file that the file is damaged."""
    try:
        yield
    except PermissionError as error:
        raise UnavailableError(f"{path} can't be read: {error.strerror}") from error
    except DAMAGE as error:
        raise BadInputError(f"{path} is cut off or damaged: {error}") from error


class _PillowsLimit:
    """Pillow's limit of pixels, off while anybody reads here: there is a limit of our own."""

    def __init__(self) -> None:
        """Begin with nobody reading."""
        self._lock, self._readers = threading.Lock(), 0
        self._before = Image.MAX_IMAGE_PIXELS

    def __enter__(self) -> None:
        with self._lock:
            if not self._readers:
                self._before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
            self._readers += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._readers -= 1
            if not self._readers:
                Image.MAX_IMAGE_PIXELS = self._before


_UNLIMITED = _PillowsLimit()


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep what Pillow says of odd labels to itself: what matters of it is said here."""
    with _opening, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield
