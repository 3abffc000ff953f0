"""Pictures into files and back: what is kept, what is refused, what is said."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from limelight.image.reading import open_picture, read
from limelight.image.writing import write

LOSSLESS = ("png", "tif", "webp", "bmp", "jp2", "tga")


def some_picture(channels=3, dtype=np.uint8, height=19, width=23):
    top = np.iinfo(dtype).max
    random = np.random.default_rng(1)
    return random.integers(0, top, (height, width, channels), dtype, endpoint=True)


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_a_lossless_format_gives_back_what_was_written(tmp_path, suffix):
    picture = some_picture()
    write(tmp_path / f"a.{suffix}", picture)
    assert np.array_equal(read(tmp_path / f"a.{suffix}"), picture)


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("channels", [3, 4])
def test_sixteen_bits_come_back(tmp_path, suffix, channels):
    picture = some_picture(channels, np.uint16)
    write(tmp_path / f"a.{suffix}", picture)
    found = read(tmp_path / f"a.{suffix}")
    assert found.dtype == np.uint16
    assert np.array_equal(found, picture)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_picture_is_turned_upright_once(tmp_path, suffix, orientation):
    stored = Image.fromarray(some_picture())
    exif = Image.Exif()
    exif[274] = orientation
    stored.save(tmp_path / f"a.{suffix}", exif=exif)
    stored.getexif()[274] = orientation
    upright = np.asarray(ImageOps.exif_transpose(stored))
    with open_picture(tmp_path / f"a.{suffix}") as file:
        (frame,) = file.frames()
        assert (file.height, file.width) == frame.picture.shape[:2]
    assert np.array_equal(frame.picture, upright)
