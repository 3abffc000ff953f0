"""A contact sheet: a video at one glance, with times."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.video.understand.pictures import pictures_at, seconds_of

GAP = 8
GROUND, INK = (24, 24, 24), (235, 235, 235)
LEAST_CELL = 40


def contact_sheet(
    path: str | Path,
    columns: int = 5,
    rows: int = 4,
    width: int = 1600,
    progress: Progress = silent,
) -> NDArray[np.uint8]:
    """Lay pictures from all over a video on a sheet (height, ``width``, 3), their times below.

    The video's length is parted evenly, and each part gives its middle picture. Raises
    BadInputError where the pictures would be too small, and as ``pictures_at`` does.
    """
    cell = (width - GAP * (columns + 1)) // max(columns, 1)
    if columns < 1 or rows < 1 or cell < LEAST_CELL:
        raise BadInputError(
            f"{columns} columns and {rows} rows don't fit on a sheet {width} wide; "
            f"a picture needs {LEAST_CELL} pixels"
        )
    start, seconds = seconds_of(path)
    count = columns * rows
    font = ImageFont.load_default(size=max(cell // 16, 10))
    line = round(max(cell // 16, 10) * 1.3)
    sheet: Image.Image | None = None
    high = 0
    for place, shown in enumerate(
        pictures_at(path, [start + seconds * (i + 0.5) / count for i in range(count)])
    ):
        if sheet is None:
            high = max(round(cell * shown.picture.shape[0] / shown.picture.shape[1]), 1)
            sheet = Image.new("RGB", (width, GAP + rows * (high + line + GAP)), GROUND)
        small = cv2.resize(shown.picture, (cell, high), interpolation=cv2.INTER_AREA)
        row, column = divmod(place, columns)
        left, top = GAP + column * (cell + GAP), GAP + row * (high + line + GAP)
        sheet.paste(Image.fromarray(small), (left, top))
        ImageDraw.Draw(sheet).text(
            (left, top + high + 1), clock(shown.time - start), fill=INK, font=font
        )
        progress(place + 1, count, "laying the sheet")
    return np.asarray(sheet, np.uint8)


def clock(seconds: float) -> str:
    """Write a time as players do: 0:07.4, 12:03.0, 1:00:00.0."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    ahead = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{ahead}:{rest / 10:04.1f}"
