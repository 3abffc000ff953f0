"""What waits for people, on a page: blurred, so that nobody sees what they did not mean to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2

from limelight.errors import LimelightError
from limelight.image.embedded import data_address, fitted
from limelight.image.moderate.ledger import Waiting
from limelight.image.moderate.scores import content_of
from limelight.image.picture import Picture
from limelight.image.reading import read
from limelight.media.page import write_page
from limelight.progress import Progress, silent

CELLS, SIDE = 12, 320
"""A blurred preview keeps 12 pixels of its longer side; no sharpening brings back what is gone."""


def blurred(picture: Picture) -> Picture:
    """Give a small picture (height, width, 3) in which only colours and places are told."""
    small = fitted(picture, SIDE)[..., :3]
    height, width = small.shape[:2]
    few = fitted(small, CELLS)
    few = cv2.resize(few, (few.shape[1], few.shape[0]), interpolation=cv2.INTER_AREA)
    found: Picture = cv2.resize(few, (width, height), interpolation=cv2.INTER_CUBIC)
    return found.reshape(height, width, 3)


def write_queue(
    path: Path, waiting: Sequence[Waiting], clear: bool = False, progress: Progress = silent
) -> Path:
    """Write the page; only with ``clear`` are previews not blurred. Raises as `write_page` does."""
    shown = []
    for done, one in enumerate(waiting):
        progress(done, len(waiting), "drawing previews")
        shown.append((one, _preview(one, clear)))
    return write_page(path, "limelight.image.moderate", "queue.html", waiting=shown, clear=clear)


def _preview(one: Waiting, clear: bool) -> str:
    """Show the first file that still holds what was scanned; "" where none does."""
    for file in one.files:
        try:
            if content_of(file) == one.content:
                picture = read(file)
                shown = fitted(picture, SIDE)[..., :3] if clear else blurred(picture)
                return data_address(shown, ".jpg")
        except LimelightError:  # gone meanwhile
            continue
    return ""
