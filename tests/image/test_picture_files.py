"""Pictures into files and back: what is kept, what is refused, what is said."""

import struct
import warnings

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin
from skimage import data

from limelight.errors import BadInputError, LimelightWarning
from limelight.image.process import process
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


@pytest.mark.parametrize(
    "settings",
    [
        {"photometric": "rgb", "tile": (16, 16), "compression": "zlib", "predictor": True},
        {"photometric": "rgb", "byteorder": ">"},
        {"photometric": "rgb", "bigtiff": True},
        {"photometric": "rgb", "extrasamples": ["unassalpha"]},
        {"photometric": "rgb", "planarconfig": "separate"},
        {"photometric": "rgb", "extratags": [(274, 3, 1, 6, True)]},
        {"photometric": "miniswhite"},
    ],
)
def test_sixteen_bits_are_read_however_a_tiff_holds_them(tmp_path, settings):
    stored = some_picture(4, np.uint16)
    if "extrasamples" not in settings:
        stored = stored[..., :3]
    held = stored
    if "planarconfig" in settings:
        held = np.moveaxis(stored, -1, 0)
    elif settings["photometric"] == "miniswhite":
        held, stored = stored[..., 0], np.repeat(65535 - stored[..., :1], 3, axis=2)
    elif "extratags" in settings:
        stored = np.rot90(stored, -1)
    tifffile.imwrite(tmp_path / "a.tif", held, **settings)
    assert np.array_equal(read(tmp_path / "a.tif"), stored)


def test_sixteen_bits_packed_by_lzw_are_read_turned_upright(tmp_path):
    stored = some_picture(3, np.uint16)
    cv2.imwrite(str(tmp_path / "a.tif"), stored[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    assert np.array_equal(read(tmp_path / "a.tif"), stored)


def test_alpha_that_was_multiplied_in_is_taken_out(tmp_path):
    straight = np.full((3, 3, 4), 40_000, np.uint16)
    straight[..., 3] = 20_000
    held = straight.copy()
    held[..., :3] = 40_000 * 20_000 // 65535
    tifffile.imwrite(tmp_path / "a.tif", held, photometric="rgb", extrasamples=["assocalpha"])
    assert np.abs(read(tmp_path / "a.tif").astype(int) - straight).max() <= 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "CMYK", "LAB", "YCbCr", "RGBA"])
def test_every_kind_of_samples_is_a_picture(tmp_path, mode):
    stored = Image.fromarray(data.coffee()[:40, :50])
    stored = stored.convert("P").convert(mode) if mode == "PA" else stored.convert(mode)
    if mode == "LAB":
        stored = ImageCms.profileToProfile(
            Image.fromarray(data.coffee()[:40, :50]),
            ImageCms.createProfile("sRGB"),
            ImageCms.createProfile("LAB"),
            outputMode="LAB",
        )
    stored.save(tmp_path / "a.tif")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimelightWarning)
        found = read(tmp_path / "a.tif")
    assert found.shape == (40, 50, 4 if mode in ("LA", "PA", "RGBA") else 3)
    rough = 90 if mode in ("1", "P", "PA") else 20
    seen = data.coffee()[:40, :50]
    if mode in ("1", "L", "LA"):
        assert (found[..., :1] == found[..., 1:3]).all()
        seen = np.asarray(Image.fromarray(seen).convert("L").convert("RGB"))
    assert abs(found[..., :3].mean() - seen.mean()) < rough / 9


def ink_profile(lab):
    """Make a CMYK profile (ICC.1, lut8) of white paper and four inks that all are of one colour."""
    grid = np.empty((2, 2, 2, 2, 3), np.uint8)
    grid[:] = round(lab[0] * 2.55), lab[1] + 128, lab[2] + 128
    grid[0, 0, 0, 0] = 255, 128, 128
    plain = bytes(range(256))
    unchanged = struct.pack(">9i", *np.eye(3, dtype=int).ravel() * 65536)
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + unchanged
    table += plain * 4 + grid.tobytes() + plain * 3
    head = struct.pack(">4sI4s4s4s", b"test", 0x02400000, b"prtr", b"CMYK", b"Lab ")
    head = (head + bytes(12) + b"acsp").ljust(64, b"\0") + struct.pack(">3I", 63190, 65536, 54061)
    body = head.ljust(124, b"\0") + struct.pack(">I4sII", 1, b"A2B0", 144, len(table)) + table
    return struct.pack(">I", len(body) + 4) + body


def test_inks_are_converted_by_their_profile_and_said(tmp_path):
    profile = ink_profile((60, -80, 60))
    solid = Image.new("CMYK", (8, 8), (255, 0, 0, 0))
    solid.save(tmp_path / "guessed.jpg", quality=100)
    solid.save(tmp_path / "known.jpg", quality=100, icc_profile=profile)
    with pytest.warns(LimelightWarning, match="is of CMYK"):
        guessed = read(tmp_path / "guessed.jpg")
    assert np.abs(guessed[4, 4].astype(int) - (0, 255, 255)).max() < 4  # cyan, by subtraction
    with pytest.warns(LimelightWarning, match="is of CMYK"):
        process(tmp_path / "known.jpg", tmp_path / "out.png", [])
    known = read(tmp_path / "out.png")
    assert np.abs(known[4, 4].astype(int) - (0, 174, 0)).max() < 4  # the green that it names
    with open_picture(tmp_path / "out.png") as file:
        assert file.metadata.icc == b""


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-0.5, 0.5), (0.0, 900.0)])
def test_numbers_are_a_picture_from_0_to_1_alone(tmp_path, low, high):
    numbers = np.linspace(low, high, 12, dtype=np.float32).reshape(3, 4)
    Image.fromarray(numbers).save(tmp_path / "a.tif")
    if (low, high) == (0.0, 1.0):
        picture = read(tmp_path / "a.tif")
        assert picture.dtype == np.uint16
        assert np.allclose(picture[..., 0] / 65535, numbers, atol=1e-4)
    else:
        with pytest.raises(BadInputError, match="numbers beyond 0 to 1"):
            read(tmp_path / "a.tif")


def test_grey_stays_grey(tmp_path):
    for dtype, mode in (np.uint8, "L"), (np.uint16, "I;16"):
        for suffix in "png", "tif":
            grey = some_picture(1, dtype)[..., 0]
            Image.fromarray(grey).save(tmp_path / f"a.{suffix}")
            process(tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}", [])
            with Image.open(tmp_path / f"b.{suffix}") as image:
                assert image.mode == mode
                assert np.array_equal(np.asarray(image), grey)


def test_a_jpeg_keeps_its_tables_and_little_is_lost_twice(tmp_path):
    photograph = Image.fromarray(data.coffee()[:96, :96])
    photograph.save(tmp_path / "a.jpg", quality=83, subsampling="4:2:2")
    process(tmp_path / "a.jpg", tmp_path / "b.jpg", [])
    with Image.open(tmp_path / "a.jpg") as before, Image.open(tmp_path / "b.jpg") as after:
        assert after.quantization == before.quantization
        assert JpegImagePlugin.get_sampling(after) == JpegImagePlugin.get_sampling(before) == 1
    again = np.abs(read(tmp_path / "a.jpg").astype(int) - read(tmp_path / "b.jpg"))
    assert again.mean() < 0.7
    process(tmp_path / "a.jpg", tmp_path / "c.jpg", [], quality=30)
    assert (tmp_path / "c.jpg").stat().st_size < (tmp_path / "b.jpg").stat().st_size


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_loses_nothing_where_its_source_did_not(tmp_path, lossless):
    picture = some_picture(4)
    Image.fromarray(picture).save(tmp_path / "a.webp", lossless=lossless, exact=True)
    with open_picture(tmp_path / "a.webp") as file:
        assert file.form.lossless == lossless
    process(tmp_path / "a.webp", tmp_path / "b.webp", [])
    same = np.array_equal(read(tmp_path / "a.webp"), read(tmp_path / "b.webp"))
    assert same == lossless
