"""limelight image, as its users and those who would break it use it."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from limelight.image.operations import configure
from limelight.image.reading import open_picture, read
from limelight.media.presets import load, names


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A user's folder with one photograph in it."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    Image.fromarray(data.coffee()[:48, :64]).save("photo.jpg", quality=90, comment="by Ann")
    return work


def left(folder):
    return {path.name for path in folder.rglob("*") if path.is_file()}


def refused(run, *words, code=2):
    result = run("image", *words, code=code)
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


def bomb(width, height):
    """A PNG of one bit a sample, all white, of a few kilobytes."""

    def chunk(name, body):
        length, checked = struct.pack(">I", len(body)), name + body
        return length + checked + struct.pack(">I", zlib.crc32(checked))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def test_what_was_done_is_told_by_info(run, answer):
    answer("image", "convert", "photo.jpg", "-o", "a.png")
    answer("image", "key", "a.png", "-o", "b.png")
    (file,) = answer("image", "info", "b.png")["files"]
    assert (file["format"], file["width"], file["height"], file["bits"]) == ("PNG", 64, 48, 8)
    assert file["comment"] == "by Ann"
    assert not file["generated"]
    (done,) = file["history"]
    assert done["source"] == "a.png"
    assert "colour=green" in done["steps"][0]
    assert "JPEG" in run("image", "info", "photo.jpg").stdout


def test_a_step_that_has_a_setting_gets_it(answer):
    answer("image", "chain", "photo.jpg", "--step", "key:colour=blue", "-o", "b.png")
    (file,) = answer("image", "info", "b.png")["files"]
    assert "colour=blue" in file["history"][0]["steps"][0]


def test_a_batch_goes_on_past_bad_files_and_names_them(run, answer, folder):
    inner = folder / "in" / "deeper"
    inner.mkdir(parents=True)
    whole = Path("photo.jpg").read_bytes()
    (folder / "in" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "in" / "words.png").write_text("no picture")
    (folder / "in" / "note.txt").write_text("passed over")
    (inner / "good ü [1].jpg").write_bytes(whole)
    told = answer("image", "convert", "in", "-o", "out", "--format", "png", code=2)
    assert (told["done"], told["failed"]) == (1, 2)
    assert left(folder / "out") == {"good ü [1].png"}
    assert (folder / "out" / "deeper" / "good ü [1].png").exists()
    errors = {Path(f["source"]).name: f["error"]["message"] for f in told["files"] if "error" in f}
    assert "cut off or damaged" in errors["cut.jpg"]
    assert "no picture that can be read" in errors["words.png"]
    (inner / "more.jpg").write_bytes(whole)
    told = answer("image", "convert", "in", "-o", "out", "--format", "png", "--resume", code=2)
    assert (told["done"], told["skipped"], told["failed"]) == (1, 1, 2)


@pytest.mark.parametrize("share", [0.03, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "gif", "bmp", "avif", "jp2"])
def test_a_file_that_is_cut_off_is_refused_whole(run, folder, suffix, share):
    Image.fromarray(data.coffee()[:48, :64]).save(f"whole.{suffix}")
    held = Path(f"whole.{suffix}").read_bytes()
    Path(f"cut.{suffix}").write_bytes(held[: int(len(held) * share)])
    before = left(folder)
    assert f"cut.{suffix}" in refused(run, "convert", f"cut.{suffix}", "-o", "out.png")
    assert left(folder) == before


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.png", b"", "is empty"),
        ("words.jpg", b"once upon a time", "no picture that can be read"),
        ("page.png", b"<!DOCTYPE html><html></html>", "no picture that can be read"),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        ("print.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
        ("head.png", b"\x89PNG\r\n\x1a\n", "damaged"),
        ("zeros.tif", bytes(999), "no picture"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(run, folder, name, content, why):
    Path(name).write_bytes(content)
    assert why in refused(run, "convert", name, "-o", "out.png")
    assert not Path("out.png").exists()


def test_a_bomb_is_refused_by_a_limit_that_can_be_raised(run):
    Path("bomb.png").write_bytes(bomb(30_000, 30_000))
    said = refused(run, "convert", "bomb.png", "-o", "out.png")
    assert "30,000 x 30,000 pixels" in said
    assert "--pixels 900000000" in said
    Path("small.png").write_bytes(bomb(100, 80))
    assert "--pixels 8000" in refused(run, "convert", "small.png", "-o", "o.png", "--pixels", 7999)
    run("image", "convert", "small.png", "-o", "o.png", "--pixels", 8000)
    assert read("o.png").shape == (80, 100, 3)


def test_one_pixel_and_thirty_thousand_across(run):
    Image.new("RGB", (1, 1), (9, 8, 7)).save("one.png")
    Image.fromarray(np.tile(data.coffee()[:4, :600], (1, 50, 1))).save("wide.png")
    for name in "one.png", "wide.png":
        for suffix in "png", "tif", "jpg":
            run("image", "key", name, "--fill", "white", "-o", f"{suffix}-{name[:-4]}.{suffix}")
    assert read("png-one.png").tolist() == [[[9, 8, 7]]]
    assert read("tif-wide.tif").shape == (4, 30_000, 3)
    assert "16,383 a side" in refused(run, "convert", "wide.png", "-o", "wide.webp")


def test_transparency_into_jpeg_is_refused_or_laid_over_a_colour(run):
    clear = np.zeros((8, 8, 4), np.uint8)
    clear[4:] = 255, 0, 0, 255
    Image.fromarray(clear).save("clear.png")
    assert "--background white" in refused(run, "convert", "clear.png", "-o", "out.jpg")
    run("image", "convert", "clear.png", "--background", "#ffffff", "-o", "out.jpg")
    assert read("out.jpg")[1, 1].min() > 250
    assert "no colour" in refused(run, "convert", "clear.png", "-o", "b.jpg", "--background", "wh")
    clear[..., 3] = 255
    Image.fromarray(clear).save("solid.png")
    run("image", "convert", "solid.png", "-o", "solid.jpg")


def test_bits_that_a_format_lacks_are_said(answer):
    Image.fromarray(np.full((8, 8), 40_000, np.uint16)).save("deep.png")
    told = answer("image", "convert", "deep.png", "-o", "out.jpg")
    assert "8 bits a sample of 16" in told["notes"][0]
    with open_picture("out.jpg") as file:
        assert next(file.frames()).grey


def test_a_name_that_lies_about_its_format_is_read_by_what_is_in_it(run):
    Path("photo.jpg").rename("photo.png")
    run("image", "convert", "photo.png", "-o", "out.webp")
    assert read("out.webp").shape == (48, 64, 3)


@pytest.mark.parametrize("name", ["ö ♥ 100% [x].jpg", "a\nb.jpg", "-dash.jpg", "$(touch x).jpg"])
def test_names_are_names(run, folder, name):
    Path(name).write_bytes(Path("photo.jpg").read_bytes())
    run("image", "convert", "-o", "out", "--", name)
    assert left(folder / "out") == {name}


def test_originals_and_other_kinds_of_outputs_are_refused(run, folder):
    before = Path("photo.jpg").read_bytes()
    assert "is an input" in refused(run, "convert", "photo.jpg", "-o", "photo.jpg", "--overwrite")
    assert "choose one with --format" in refused(run, "convert", "photo.jpg", "-o", "out.psd")
    assert "quality is 1 to 100" in refused(
        run, "convert", "photo.jpg", "-o", "out.jpg", "--quality", 0
    )
    assert "there is no file" in refused(run, "convert", "nothing.jpg", "-o", "out.jpg")
    assert Path("photo.jpg").read_bytes() == before
    assert left(folder) == {"photo.jpg"}


def test_presets_for_pictures_name_operations_that_there_are(run):
    with_pictures = [name for name in names() if load(name).image]
    assert "user-upload" in with_pictures
    for name in with_pictures:
        assert [configure(step) for step in load(name).image]
    assert "nothing for pictures" in refused(
        run, "enhance", "photo.jpg", "--preset", "podcast", "-o", "o.jpg"
    )


def test_a_preset_of_ones_own(answer):
    Path("mine.toml").write_text('about = "Mine."\nimage = ["key:colour=blue"]\n')
    answer("image", "enhance", "photo.jpg", "--preset", "mine.toml", "-o", "out.png")
    (file,) = answer("image", "info", "out.png")["files"]
    assert "colour=blue" in file["history"][0]["steps"][0]
