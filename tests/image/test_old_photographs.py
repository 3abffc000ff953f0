"""Damage is found and mended, fades are brought back, and what is whole is left alone."""

import cv2
import numpy as np
import pytest
from skimage import data

from limelight.errors import BadInputError
from limelight.image.damage import colourless, damage
from limelight.image.operations import configure
from limelight.image.operations.fade import Fade
from limelight.image.operations.scratches import Scratches
from limelight.image.tiles import worked


def quality(found, true):
    top = np.iinfo(true.dtype).max
    return -10 * np.log10(np.mean(((found.astype(float) - true) / top) ** 2))


@pytest.fixture(scope="module")
def photograph():
    return cv2.resize(data.coffee()[:400], (320, 214), interpolation=cv2.INTER_AREA)


def spoilt(picture):
    """Lay two scratches, a fold and eight specks over a photograph; give them too."""
    hidden = np.zeros(picture.shape[:2], np.uint8)
    made = picture.copy()
    lines = (
        ((20, 10), (120, 90), 250, 2),
        ((250, 20), (300, 150), 10, 2),
        ((0, 60), (319, 50), 230, 3),
    )
    for begin, end, level, width in lines:
        shape = cv2.line(np.zeros_like(hidden), begin, end, 1, width)
        made[shape > 0] = level
        hidden |= shape
    for number in range(8):
        middle = (20 + 35 * number, 130 + 5 * (number % 2))
        shape = cv2.circle(np.zeros_like(hidden), middle, 2 + number % 2, 1, -1)
        made[shape > 0] = 240
        hidden |= shape
    return made, hidden > 0


def test_scratches_specks_and_a_fold_are_found(photograph):
    made, hidden = spoilt(photograph)
    found = damage(made)
    near = cv2.dilate(hidden.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert found[hidden].mean() > 0.75
    assert near[found].mean() > 0.7


def test_a_clean_photograph_is_nearly_untouched(photograph):
    assert damage(photograph).mean() < 0.005


def grey(name):
    """Give a photograph without colour, 256 by 256."""
    picture = cv2.resize(getattr(data, name)(), (256, 256), interpolation=cv2.INTER_AREA)
    return np.repeat(picture[..., None], 3, axis=2)


@pytest.mark.parametrize(("name", "most"), [("brick", 0.002), ("grass", 0.002), ("camera", 0.015)])
def test_what_a_picture_is_made_of_is_no_damage(name, most):
    assert damage(grey(name)).mean() < most


@pytest.mark.parametrize(("name", "least"), [("brick", 0.4), ("camera", 0.3), ("moon", 0.4)])
def test_marks_are_found_without_colour(name, least):
    made, hidden = spoilt(grey(name))
    found = damage(made)
    near = cv2.dilate(hidden.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert found[hidden].mean() > least
    assert near[found].mean() > 0.5


def test_sepia_is_no_colour_and_paint_is(photograph):
    luma = np.float32(grey("camera")) / 255
    sepia = np.rint(255 * luma ** np.array([0.75, 1.0, 1.4])).astype(np.uint8)
    assert colourless(grey("camera"))
    assert colourless(sepia)
    assert colourless(spoilt(sepia)[0])
    assert not colourless(photograph)
    assert not colourless(data.retina()[400:900:2, 500:1000:2])


def test_a_line_is_found_where_it_was_drawn():
    ground = np.full((64, 160, 3), (150, 90, 60), np.uint8)
    drawn = cv2.line(ground.copy(), (20, 32), (140, 32), (235, 235, 235), 2)
    found = damage(drawn)
    assert found[31:33, 20:141].all()
    assert not found[:16].any()
    assert not found[48:].any()


def test_a_speck_is_found_and_a_patch_is_not():
    ground = np.full((96, 96, 3), 90, np.uint8)
    speck = cv2.circle(ground.copy(), (30, 30), 3, (240, 240, 240), -1)
    found = damage(cv2.circle(speck, (66, 66), 14, (240, 240, 240), -1))
    assert found[28:33, 28:33].all()
    assert not found[48:, 48:].any()


def test_large_pictures_are_seen_in_tiles_as_they_are_whole(photograph, monkeypatch):
    made, hidden = spoilt(np.tile(photograph, (2, 2, 1))[:320, :400])
    whole = damage(made)
    monkeypatch.setattr("limelight.image.damage.TILE", 128)
    tiled = damage(made)
    assert (whole == tiled).mean() > 0.99
    assert tiled[hidden].mean() > 0.5


def test_mending_comes_near_what_was_there_and_leaves_the_rest(photograph):
    made, _ = spoilt(photograph)
    found = Scratches()(made)
    assert quality(found, photograph) > quality(made, photograph) + 5
    untouched = ~damage(made)
    assert np.array_equal(found[untouched], made[untouched])


def test_what_is_shown_is_what_is_filled(photograph):
    made, _ = spoilt(photograph)
    mask = Scratches(show=True)(made)
    assert mask.shape == made.shape
    assert np.array_equal(mask[..., 0] == 255, damage(made))
    deep = Scratches(show=True)(np.dstack([made, made[..., :1]]).astype(np.uint16) * 257)
    assert np.array_equal(deep[..., 1] == 65535, damage(made))
    assert (deep[..., 3] == 65535).all()


def test_turned_about_the_same_is_found(photograph):
    made, _ = spoilt(photograph)
    ones = damage(made)
    turned = np.rot90(damage(np.ascontiguousarray(np.rot90(made))), -1)
    assert (ones == turned).mean() > 0.99


def test_strength_finds_more(photograph):
    made, _ = spoilt(photograph)
    assert damage(made, 0.1).sum() < damage(made, 0.5).sum()


def faded(picture):
    black, white = np.array([0.25, 0.15, 0.1]), np.array([0.95, 0.85, 0.7])
    top = np.iinfo(picture.dtype).max
    made = (picture / top) ** np.array([0.85, 1.0, 1.15]) * (white - black) + black
    return np.rint(made * top).astype(picture.dtype)


@pytest.mark.parametrize("name", ["astronaut", "coffee", "camera"])
def test_a_fade_is_brought_back(name):
    picture = getattr(data, name)()[::3, ::3]
    picture = np.repeat(picture[..., None], 3, axis=2) if picture.ndim == 2 else picture
    before = faded(picture)
    after = worked(Fade(), before)
    assert quality(after, picture) > quality(before, picture) + 6
    half = worked(Fade(0.5), before)
    assert quality(before, picture) < quality(half, picture) < quality(after, picture)
    assert np.array_equal(worked(Fade(0.0), before), before)


def test_a_photograph_of_full_range_stays_nearly_what_it_is():
    picture = data.astronaut()[::3, ::3]
    assert quality(worked(Fade(), picture), picture) > 30


def test_grey_stays_grey():
    picture = np.repeat(data.camera()[::4, ::4, None], 3, axis=2) // 2 + 60
    found = worked(Fade(), picture.astype(np.uint8))
    assert (np.ptp(found, axis=2) == 0).all()
    assert np.ptp(found) > np.ptp(picture) + 50


def test_a_survey_is_of_the_whole_and_ignores_what_is_transparent():
    picture = faded(data.coffee()[::4, ::4])
    framed = np.zeros((*picture.shape[:2], 4), np.uint8)
    framed[..., :3] = picture
    framed[:, : picture.shape[1] // 2, 3] = 255
    framed[:, picture.shape[1] // 2 :, :3] = 0  # black where nothing is seen
    settled = Fade().surveyed(framed)
    assert min(settled.black) > 0.05


@pytest.mark.parametrize("described", ["scratches:strength=2.0", "fade:strength=-1.0"])
def test_strengths_beyond_are_refused(described):
    with pytest.raises(BadInputError, match="from 0 to 1"):
        configure(described)
