"""Files whose pictures are nearly the same, found and shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from limelight.errors import BadInputError, LimelightError
from limelight.image.embedded import data_address, fitted
from limelight.image.picture import Picture
from limelight.image.reading import LIMIT, open_picture
from limelight.image.understand.duplicates import near_duplicates
from limelight.image.understand.fingerprint import Fingerprint, fingerprint
from limelight.media.page import write_page
from limelight.progress import Progress, silent

AHEAD = 4
THUMBNAIL = 240


@dataclass(frozen=True)
class Looked:
    """A picture as far as duplicates go; without a fingerprint it is all of one shade."""

    path: Path
    width: int
    height: int
    size: int
    fingerprint: Fingerprint | None


@dataclass(frozen=True)
class Alike:
    """Groups of pictures that are nearly the same, in each the one with most pixels first.

    ``flat`` are pictures of one shade, which are compared with none; ``failed`` those that could
    not be read, and why.
    """

    groups: tuple[tuple[Looked, ...], ...]
    flat: tuple[Path, ...]
    failed: tuple[tuple[Path, LimelightError], ...]


def alike(
    paths: Sequence[Path],
    progress: Progress = silent,
    pixels: int = LIMIT,
    tell: Callable[[Path, LimelightError], None] = lambda path, error: None,
) -> Alike:
    """Find the pictures among files that are nearly the same; all cores read.

    A file that can't be read stops no other: ``tell`` hears of it at once.
    """
    found, failed = [], []
    for done, (path, one) in enumerate(_looked(paths, pixels)):
        progress(done, len(paths), "looking at pictures")
        if isinstance(one, Looked):
            found.append(one)
        else:
            failed.append((path, one))
            tell(path, one)
    progress(len(paths), len(paths), "looking at pictures")
    known = [(one, one.fingerprint) for one in found if one.fingerprint is not None]
    progress(0, None, "comparing")
    groups = near_duplicates([mark for _, mark in known])
    return Alike(
        groups=tuple(
            tuple(sorted((known[i][0] for i in group), key=_worth, reverse=True))
            for group in groups
        ),
        flat=tuple(one.path for one in found if one.fingerprint is None),
        failed=tuple(failed),
    )


def write_contact_page(path: Path, found: Alike, count: int, progress: Progress = silent) -> Path:
    """Write a page that shows every group in small pictures. Raises as `write_page` does."""
    shown = []
    for done, group in enumerate(found.groups):
        progress(done, len(found.groups), "drawing the page")
        shown.append([(one, _thumbnail(one.path)) for one in group])
    return write_page(
        path,
        "limelight.image.understand",
        "alike.html",
        groups=shown,
        count=count,
        spare=sum(len(group) - 1 for group in found.groups),
        flat=found.flat,
    )


def _looked(paths: Sequence[Path], pixels: int) -> Iterator[tuple[Path, Looked | LimelightError]]:
    """Look at files on all cores, in order, some ahead."""
    waiting = iter(paths)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        begun = [
            (path, pool.submit(_look, path, pixels))
            for path in islice(waiting, AHEAD * (os.cpu_count() or 1))
        ]
        try:
            while begun:
                path, future = begun.pop(0)
                yield path, future.result()
                begun += [(more, pool.submit(_look, more, pixels)) for more in islice(waiting, 1)]
        finally:
            for _, future in begun:
                future.cancel()


def _look(path: Path, pixels: int) -> Looked | LimelightError:
    try:
        picture = _first(path, pixels)
        return Looked(
            path, picture.shape[1], picture.shape[0], path.stat().st_size, fingerprint(picture)
        )
    except LimelightError as error:
        return error
    except MemoryError:
        return BadInputError(f"{path} needs more memory than there is")


def _first(path: Path, pixels: int = LIMIT) -> Picture:
    with open_picture(path, pixels) as file:
        return next(file.frames()).picture


def _worth(one: Looked) -> tuple[int, int]:
    return one.width * one.height, one.size


def _thumbnail(path: Path) -> str:
    try:
        small = fitted(_first(path), THUMBNAIL)
    except LimelightError:  # changed or gone meanwhile
        return ""
    return data_address(small, ".png" if small.shape[2] == 4 else ".jpg")
