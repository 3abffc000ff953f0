"""What files say of their pictures, through every format and back."""

import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from limelight.errors import BadInputError, LimelightWarning
from limelight.image import exif, xmp
from limelight.image.metadata import Metadata, worked_on
from limelight.image.process import process
from limelight.image.reading import open_picture
from limelight.image.writing import write

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    b' xmlns:own="http://example.org/own/" tiff:Orientation="6" own:mood="calm"/>'
    b"</rdf:RDF></x:xmpmeta>"
)
IPTC = b"\x1c\x02\x78\x00\x05Hello"


def some_exif(thumbnail=False, orientation=6):
    made = Image.Exif()
    made[ExifTags.Base.Artist] = "Ann"
    made[ExifTags.Base.Orientation] = orientation
    made.get_ifd(ExifTags.IFD.Exif).update({0x9003: "2001:02:03 04:05:06", 40962: 9, 40963: 7})
    made.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (52.0, 30.0, 12.5)})
    block = made.tobytes()
    if not thumbnail:
        return block
    data = bytearray(block.removeprefix(exif.HEAD))
    (first,) = struct.unpack_from(">I", data, 4)
    (count,) = struct.unpack_from(">H", data, first)
    struct.pack_into(">I", data, first + 2 + 12 * count, len(data))
    small = b"\xff\xd8SMALL\xff\xd9"
    place = len(data) + 2 + 24 + 4
    data += struct.pack(">HHHII", 2, 513, 4, 1, place)
    data += struct.pack(">HHIII", 514, 4, 1, len(small), 0) + small
    return exif.HEAD + bytes(data)


@pytest.fixture
def photograph(tmp_path):
    picture = np.random.default_rng(1).integers(0, 255, (9, 7, 3), np.uint8)
    body = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(IPTC)) + IPTC
    Image.fromarray(picture).save(
        tmp_path / "a.jpg",
        exif=some_exif(thumbnail=True),
        icc_profile=SRGB,
        xmp=PACKET,
        comment="by Ann",
        dpi=(240, 240),
        extra=b"\xff\xed" + struct.pack(">H", len(body) + 2) + body,
    )
    return tmp_path / "a.jpg"


def told(path):
    with open_picture(path) as file:
        return file.metadata


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "avif"])
def test_what_is_said_comes_through(photograph, tmp_path, suffix):
    written = tmp_path / f"b.{suffix}"
    if suffix != "jpg":
        with pytest.warns(LimelightWarning, match="no place for"):
            process(photograph, written, [])
    else:
        process(photograph, written, [])
    with Image.open(written) as image:
        said = image.getexif()
        assert said[ExifTags.Base.Artist] == "Ann"
        assert said.get(ExifTags.Base.Orientation, 1) == 1
        inner = said.get_ifd(ExifTags.IFD.Exif)
        assert inner[0x9003] == "2001:02:03 04:05:06"
        assert (inner[40962], inner[40963]) == image.size == (9, 7)
        assert said.get_ifd(ExifTags.IFD.GPSInfo)[2] == (52.0, 30.0, 12.5)
        assert image.info["icc_profile"] == SRGB
    found = told(written)
    assert b"calm" in found.xmp
    assert b'Orientation="1"' in found.xmp
    assert (found.iptc == IPTC) == (suffix in ("jpg", "tif"))
    assert (found.comment == "by Ann") == (suffix in ("jpg", "png"))
    if suffix in ("jpg", "png", "tif"):
        assert found.dpi == pytest.approx((240, 240), abs=0.1)


def test_a_thumbnail_goes_with_what_it_showed(photograph):
    assert b"SMALL" in photograph.read_bytes()
    assert b"SMALL" not in told(photograph).exif


def test_makers_notes_keep_their_places():
    block = some_exif()
    mended, orientation = exif.upright(block)
    assert orientation == 6
    assert len(mended) == len(block)
    assert sum(a != b for a, b in zip(block, mended, strict=True)) == 1


@pytest.mark.parametrize("cut", [4, 9, 15])
def test_damaged_exif_is_left_out_and_named(tmp_path, cut):
    picture = Image.fromarray(np.zeros((4, 4, 3), np.uint8))
    picture.save(tmp_path / "a.webp", exif=some_exif()[: 6 + cut])
    with pytest.warns(LimelightWarning, match="EXIF in .* is damaged"):
        assert told(tmp_path / "a.webp").exif == b""


@pytest.mark.parametrize("suffix", ["tif", "webp"])
@pytest.mark.parametrize("cut", range(20, 220, 7))
def test_exif_that_ends_too_early_stops_no_picture(tmp_path, cut, suffix):
    picture = Image.fromarray(np.zeros((4, 4, 3), np.uint8))
    picture.save(tmp_path / "a.webp", exif=some_exif(orientation=1)[: 6 + cut])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimelightWarning)
        process(tmp_path / "a.webp", tmp_path / f"b.{suffix}", [])
    with Image.open(tmp_path / f"b.{suffix}") as image:
        image.load()


def test_texts_after_the_pixels_are_read_and_kept(tmp_path):
    plain = io.BytesIO()
    info = PngInfo()
    info.add_itxt("Title", "Ein Bär", zip=True)
    info.add(b"gAMA", struct.pack(">I", 45455))
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(plain, "PNG", pnginfo=info)
    data = plain.getvalue()
    late = b"tEXtAuthor\0Ann"
    chunk = struct.pack(">I", len(late) - 4) + late + struct.pack(">I", zlib.crc32(late))
    (tmp_path / "a.png").write_bytes(data[:-12] + chunk + data[-12:])
    process(tmp_path / "a.png", tmp_path / "b.png", [])
    found = told(tmp_path / "b.png")
    assert found.text == {"Title": "Ein Bär", "Author": "Ann"}
    assert found.colour == {"gAMA": struct.pack(">I", 45455)}


def test_what_was_done_is_told_after_what_was_said(tmp_path):
    said = worked_on(Metadata(xmp=PACKET), [], tmp_path / "a.png")
    again = worked_on(said, [], tmp_path / "b.png", generated=True)
    assert [record.source for record in again.history()] == ["a.png", "b.png"]
    assert xmp.source_type(said.xmp) == ""
    assert xmp.source_type(again.xmp) == xmp.GENERATED
    assert b'own:mood="calm"' in again.xmp


@pytest.mark.parametrize(
    "packet", [b"", b"no XML", b"\xff\xfe<", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"<x/>"]
)
def test_a_packet_that_is_none_is_replaced(tmp_path, packet):
    said = worked_on(Metadata(xmp=packet), [], tmp_path / "a.png")
    assert [record.source for record in said.history()] == ["a.png"]


@pytest.mark.parametrize("suffix", ["gif", "bmp", "tga", "jp2"])
def test_what_is_generated_is_not_written_where_it_can_not_say_so(tmp_path, suffix):
    said = worked_on(Metadata(), [], tmp_path, generated=True)
    with pytest.raises(BadInputError, match="was generated"):
        write(tmp_path / f"a.{suffix}", np.zeros((4, 4, 3), np.uint8), said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif", "avif"])
def test_what_is_generated_says_so(tmp_path, suffix):
    said = worked_on(Metadata(), [], tmp_path, generated=True)
    for dtype in np.uint8, np.uint16 if suffix in ("png", "tif") else np.uint8:
        write(tmp_path / f"a.{suffix}", np.zeros((4, 4, 3), dtype), said)
        assert xmp.source_type(told(tmp_path / f"a.{suffix}").xmp) == xmp.GENERATED
        assert xmp.GENERATED.encode() in (tmp_path / f"a.{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", ["gif", "jp2"])
def test_history_is_in_the_comment_where_there_is_no_xmp(tmp_path, suffix):
    said = worked_on(Metadata(comment="by Ann"), [], tmp_path / "b.png")
    write(tmp_path / f"a.{suffix}", np.zeros((4, 4, 3), np.uint8), said)
    found = told(tmp_path / f"a.{suffix}")
    assert [record.source for record in found.history()] == ["b.png"]
    assert found.comment.startswith("by Ann")


def test_bitmaps_hold_nothing_and_say_so(tmp_path):
    said = worked_on(Metadata(comment="by Ann"), [], tmp_path / "b.png")
    with pytest.warns(LimelightWarning, match="what was done, the comment"):
        write(tmp_path / "a.bmp", np.zeros((4, 4, 3), np.uint8), said)


def test_exif_goes_from_tiff_to_tiff_and_back(tmp_path):
    made = Image.Exif()
    made[ExifTags.Base.Artist] = "Ann"
    made[exif.EXIF] = {0x9003: "2001:02:03 04:05:06", 37500: b"MAKER" * 9, exif.INTEROP: {1: "R98"}}
    made[exif.GPS] = {1: "N", 2: (52.0, 30.0, 12.5)}
    Image.fromarray(np.zeros((9, 7, 3), np.uint8)).save(tmp_path / "a.jpg", exif=made.tobytes())
    for before, after in ("a.jpg", "b.tif"), ("b.tif", "c.tif"), ("c.tif", "d.jpg"):
        process(tmp_path / before, tmp_path / after, [])
        with Image.open(tmp_path / after) as image:
            said = image.getexif()
            assert said[ExifTags.Base.Artist] == "Ann"
            assert said.get_ifd(exif.EXIF)[0x9003] == "2001:02:03 04:05:06"
            assert said.get_ifd(exif.EXIF)[37500] == b"MAKER" * 9
            assert said.get_ifd(exif.GPS)[2] == (52.0, 30.0, 12.5)
            assert said.get_ifd(exif.INTEROP) == {1: "R98"}
