"""Animations and pages: every picture worked on, times, loops and pages kept."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pytest
import tifffile
from PIL import Image

from limelight.errors import BadInputError, LimelightWarning
from limelight.image.operation import Operation
from limelight.image.process import process
from limelight.image.reading import open_picture

TIMES = (40, 80, 120, 160, 200)


@dataclass(frozen=True)
class Negative(Operation):
    name: ClassVar[str] = "negative"

    def __call__(self, picture):
        found = picture.copy()
        found[..., :3] = np.iinfo(picture.dtype).max - found[..., :3]
        return found


@dataclass(frozen=True)
class Levelled(Operation):
    """Takes the mean of what it surveyed for all of a picture."""

    name: ClassVar[str] = "levelled"
    needs_survey: ClassVar[bool] = True
    level: int = field(default=-1, repr=False)

    def surveyed(self, picture):
        return replace(self, level=int(picture[..., :3].mean()))

    def __call__(self, picture):
        assert self.level >= 0
        found = picture.copy()
        found[..., :3] = self.level
        return found


def some_frames(alpha):
    """Few colours, so that GIF holds them exactly."""
    random, count = np.random.default_rng(3), len(TIMES)
    frames = random.integers(0, 6, (count, 20, 30, 4), np.uint8) * 51
    frames[..., 3] = np.where(random.random((count, 20, 30)) < 0.3, 0, 255) if alpha else 255
    frames[frames[..., 3] == 0] = 0
    return frames


def saved(path, frames, **settings):
    first, *more = [Image.fromarray(frame) for frame in frames]
    disposal = {} if path.suffix in (".webp", ".avif") else {"disposal": 2}
    lossless = {"lossless": True, "exact": True} if path.suffix == ".webp" else {}
    times = {"duration": list(TIMES[: len(frames)])}
    first.save(path, save_all=True, append_images=more, **times, **disposal, **lossless, **settings)
    return path


def seen(path):
    with open_picture(path) as file:
        frames = list(file.frames())
    pictures = []
    for frame in frames:
        picture = frame.picture
        if picture.shape[2] == 3:
            picture = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        pictures.append(np.where(picture[..., 3:] == 0, 0, picture))
    return file.form, np.stack(pictures), [round(1000 * frame.seconds) for frame in frames]


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("target", ["gif", "png", "webp"])
@pytest.mark.parametrize("source", ["gif", "png", "webp"])
def test_every_frame_is_worked_on_and_times_and_loops_stay(tmp_path, source, target, alpha):
    frames = some_frames(alpha)
    saved(tmp_path / f"a.{source}", frames, loop=3)
    plays = 4 if source == "gif" else 3
    form, found, _ = seen(tmp_path / f"a.{source}")
    assert (form.kind, form.count, form.plays) == ("animation", len(TIMES), plays)
    assert np.array_equal(found, frames)
    process(tmp_path / f"a.{source}", tmp_path / f"b.{target}", [Negative()])
    frames[..., :3] = 255 - frames[..., :3]
    frames[frames[..., 3] == 0] = 0
    form, found, times = seen(tmp_path / f"b.{target}")
    assert (form.count, form.plays, tuple(times)) == (len(TIMES), plays, TIMES)
    assert np.array_equal(found, frames)


@pytest.mark.parametrize(("loop", "plays"), [(None, 1), (0, 0), (1, 2)])
def test_a_gif_is_shown_as_often_as_before(tmp_path, loop, plays):
    settings = {} if loop is None else {"loop": loop}
    saved(tmp_path / "a.gif", some_frames(False), **settings)
    process(tmp_path / "a.gif", tmp_path / "b.gif", [Negative()])
    assert seen(tmp_path / "b.gif")[0].plays == plays


def test_an_animation_is_settled_by_its_first_frame(tmp_path):
    frames = some_frames(False)
    frames[0, ..., :3] = 70
    saved(tmp_path / "a.png", frames)
    process(tmp_path / "a.png", tmp_path / "b.png", [Levelled()])
    assert np.all(seen(tmp_path / "b.png")[1][..., :3] == 70)


def test_an_animation_with_colours_beyond_a_palette_stays_like_itself(tmp_path):
    random = np.random.default_rng(1)
    frames = random.integers(0, 255, (3, 40, 40, 4), np.uint8)
    frames[..., 3] = 255
    saved(tmp_path / "a.png", frames)
    process(tmp_path / "a.png", tmp_path / "b.gif", [])
    form, found, _ = seen(tmp_path / "b.gif")
    assert form.count == 3
    assert np.abs(found.astype(int) - frames).mean() < 25


def test_soft_edges_in_a_gif_are_said(tmp_path):
    frames = some_frames(True)
    frames[..., 3] = 120
    saved(tmp_path / "a.png", frames)
    with pytest.warns(LimelightWarning, match="wholly clear or wholly solid"):
        process(tmp_path / "a.png", tmp_path / "b.gif", [])


@pytest.mark.parametrize("suffix", ["jpg", "tif", "bmp"])
def test_a_format_of_one_picture_takes_no_animation(tmp_path, suffix):
    saved(tmp_path / "a.gif", some_frames(False))
    with pytest.raises(BadInputError, match="holds no animation"):
        process(tmp_path / "a.gif", tmp_path / f"b.{suffix}", [])
    assert list(tmp_path.iterdir()) == [tmp_path / "a.gif"]


def test_an_animation_beyond_the_limit_is_refused_by_all_its_frames(tmp_path):
    saved(tmp_path / "a.gif", some_frames(False))
    with pytest.raises(BadInputError, match=r"20 pixels in 5 frames.*--pixels 3000"):
        process(tmp_path / "a.gif", tmp_path / "b.gif", [], pixels=2999)
    process(tmp_path / "a.gif", tmp_path / "b.gif", [], pixels=3000)


def test_pages_of_every_kind_stay_pages(tmp_path):
    random = np.random.default_rng(1)
    pages = [
        random.integers(0, 255, shape, np.uint8) for shape in ((20, 30, 3), (11, 7), (9, 9, 4))
    ]
    images = [Image.fromarray(page) for page in pages]
    images[0].save(tmp_path / "a.tif", save_all=True, append_images=images[1:], dpi=(150, 150))
    process(tmp_path / "a.tif", tmp_path / "b.tif", [Levelled()])
    with Image.open(tmp_path / "b.tif") as image:
        assert image.n_frames == 3
        for number, (page, mode) in enumerate(zip(pages, ("RGB", "L", "RGBA"), strict=True)):
            image.seek(number)
            assert image.mode == mode
            assert image.size == page.shape[1::-1]
            level = page.mean() if page.ndim == 2 else page[..., :3].mean()
            assert np.asarray(image).reshape(-1)[0] == int(level)
    with pytest.raises(BadInputError, match="has pages"):
        process(tmp_path / "a.tif", tmp_path / "b.png", [])


def test_deep_pages_stay_deep(tmp_path):
    pages = np.random.default_rng(1).integers(0, 65535, (3, 12, 10, 3), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", pages, photometric="rgb")
    process(tmp_path / "a.tif", tmp_path / "b.tif", [Negative()])
    with open_picture(tmp_path / "b.tif") as file:
        found = np.stack([frame.picture for frame in file.frames()])
    assert np.array_equal(found, 65535 - pages)


@pytest.mark.parametrize("after", range(1, 5))
def test_a_cancelled_work_leaves_nothing(tmp_path, after):
    saved(tmp_path / "a.gif", some_frames(False))
    calls = 0

    def cancel(done, total, message):
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process(tmp_path / "a.gif", tmp_path / "new" / "b.gif", [Negative(), Levelled()], cancel)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.gif"]
