"""What each enhancement is worth on real pictures, and that good ones are left alone."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from limelight.errors import BadInputError
from limelight.image.defects import defects_of
from limelight.image.noise import from_opponent, noise_of, opponent
from limelight.image.operations import configure
from limelight.image.picture import coded, light_of, picture_of
from limelight.image.quantisation import quantisation_of


@pytest.fixture(scope="module")
def photograph():
    return np.ascontiguousarray(data.coffee()[120:280, 160:352])


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2))


def as_jpeg(picture, quality):
    kept = io.BytesIO()
    Image.fromarray(picture).save(kept, "jpeg", quality=quality)
    return np.array(Image.open(kept))


def noisy(picture, deviation):
    noise = np.random.default_rng(0).normal(0, deviation, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def done(described, picture):
    operation = configure(described)
    return (operation.surveyed(picture) if operation.needs_survey else operation)(picture)


def test_opponent_colours_go_back(photograph):
    assert np.array_equal(from_opponent(opponent(photograph), photograph.dtype), photograph)
    grey = np.repeat(data.camera()[:32, :32, None], 3, axis=2)
    assert not opponent(grey)[1:].any()


@pytest.mark.parametrize("deviation", [5, 15])
def test_noise_is_measured(deviation):
    found = noise_of(noisy(data.chelsea(), deviation)) / np.sqrt([1 / 3, 1 / 2, 3 / 8])
    assert found == pytest.approx(deviation, rel=0.1)


def test_denoise_gains_and_colours_of_grey_stay_none(photograph):
    spoilt = noisy(photograph, 15)
    assert psnr(done("denoise", spoilt), photograph) > psnr(spoilt, photograph) + 5
    grey = np.repeat(noisy(data.camera()[:64, :64], 10)[..., None], 3, axis=2)
    found = done("denoise", grey)
    assert (found == found[..., :1]).all()


@pytest.mark.parametrize("quality", [85, 60, 30])
def test_jpegs_are_known_by_their_samples(photograph, quality):
    found = quantisation_of(as_jpeg(photograph, quality))
    assert found.origin == (0, 0)
    assert found.quality == pytest.approx(quality, abs=3)


def test_jpegs_are_known_after_they_were_cut_and_others_are_none(photograph):
    cut = np.ascontiguousarray(as_jpeg(photograph, 40)[3:, 5:])
    assert quantisation_of(cut).origin == (5, 3)
    assert quantisation_of(photograph) is None
    assert quantisation_of(noisy(photograph, 10)) is None


@pytest.mark.parametrize("quality", [20, 60])
def test_deblock_gains_and_leaves_others_alone(photograph, quality):
    spoilt = as_jpeg(photograph, quality)
    assert psnr(done("deblock", spoilt), photograph) > psnr(spoilt, photograph) + 0.5
    assert np.array_equal(done("deblock", photograph), photograph)


def test_deblur_gains_and_leaves_sharp_ones_alone(photograph):
    soft = cv2.GaussianBlur(photograph, (0, 0), 1.5)
    assert psnr(done("deblur", soft), photograph) > psnr(soft, photograph) + 1
    assert np.array_equal(done("deblur", photograph), photograph)


def test_sharpen_makes_no_halos(photograph):
    found = done("sharpen:strength=3", photograph)
    luma = photograph @ np.array([0.2126, 0.7152, 0.0722])
    ceiling = cv2.dilate(luma, np.ones((3, 3)))
    assert (found @ np.array([0.2126, 0.7152, 0.0722]) - ceiling).max() < 0.03 * 255
    assert np.abs(found.astype(int) - photograph).mean() > 1


def test_lowlight_comes_near_the_light_there_was(photograph):
    dark = picture_of(coded(light_of(photograph) * 0.08), photograph.dtype)
    assert psnr(done("lowlight", dark), photograph) > psnr(dark, photograph) + 8
    assert np.array_equal(done("lowlight", photograph), photograph)


def test_lowlight_stops_where_noise_would_show():
    dark = picture_of(coded(light_of(data.chelsea()) * 0.05), np.dtype(np.uint8))
    spoilt = noisy(dark, 8)
    clean, careful = (configure("lowlight").surveyed(one).gain for one in (dark, spoilt))
    assert 1 < careful < clean / 1.5


def test_whitebalance_takes_out_most_of_a_cast():
    picture = data.astronaut()
    cast = np.array([1.0, 0.7, 0.45], np.float32)
    spoilt = picture_of(coded(light_of(picture) * cast), picture.dtype)

    def colour(one):
        mean = light_of(one).reshape(-1, 3).mean(axis=0)
        return mean / np.linalg.norm(mean)

    before, after = (
        colour(one) @ colour(picture) for one in (spoilt, done("whitebalance", spoilt))
    )
    assert np.degrees(np.arccos(after)) < 6 < np.degrees(np.arccos(before))


def test_contrast_grows_and_hues_stay(photograph):
    flat = (photograph // 3 + 80).astype(np.uint8)
    found = done("contrast", flat)
    assert found.std() > flat.std() * 1.1
    before, after = (one.astype(float) - one.mean(axis=2, keepdims=True) for one in (flat, found))
    strong = np.linalg.norm(before, axis=2) > 20
    before, after = before[strong], after[strong]
    length = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    between = np.clip((before * after).sum(axis=1) / length, -1, 1)
    assert np.degrees(np.arccos(between)).mean() < 4


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket", "camera"])
def test_good_photographs_come_out_as_they_were(name):
    picture = getattr(data, name)()
    if picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    settled = configure("auto").surveyed(picture)
    assert settled.did == ""
    assert np.array_equal(settled(picture), picture)
    assert settled.told().startswith("nothing")


def test_what_is_of_one_colour_by_itself_is_no_cast():
    fur = np.ascontiguousarray(data.chelsea()[:200, 100:350])
    assert "whitebalance" not in configure("auto").surveyed(fur).did
    cast = np.array([1.0, 0.72, 0.45], np.float32)
    tinted = picture_of(coded(light_of(data.astronaut()) * cast), np.dtype(np.uint8))
    assert "whitebalance" in configure("auto").surveyed(tinted).did


def test_auto_finds_what_is_wrong_and_says_so():
    picture = data.chelsea()
    dark = picture_of(coded(light_of(picture) * 0.05), picture.dtype)
    spoilt = {
        "denoise": noisy(picture, 12),
        "deblock": as_jpeg(picture, 40),
        "lowlight": dark,
        "deblur": cv2.GaussianBlur(picture, (0, 0), 2),
        "contrast": (picture // 4 + 90).astype(np.uint8),
        "upscale:factor=4": np.ascontiguousarray(picture[100:200, 100:240]),
    }
    for wanted, one in spoilt.items():
        assert wanted in configure("auto").surveyed(one).did
    assert defects_of(spoilt["deblock"]).jpeg == pytest.approx(40, abs=3)


@pytest.mark.parametrize(
    "described",
    [
        "denoise:strength=-1",
        "deblock:strength=9",
        "upscale:factor=3",
        "upscale:factor=9,by=lanczos",
        "upscale:by=magic",
        "sharpen:radius=0",
        "deblur:radius=9",
        "lowlight:strength=2",
        "contrast:limit=0.5",
        "whitebalance:strength=2",
    ],
)
def test_settings_that_make_no_sense_are_refused(described):
    with pytest.raises(BadInputError):
        configure(described)


def test_lanczos_enlarges_by_other_factors(photograph):
    small = cv2.resize(photograph, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA)
    found = done("upscale:factor=3,by=lanczos", small)
    assert found.shape[0] == small.shape[0] * 3
    height, width = np.minimum(found.shape, photograph.shape)[:2]
    assert psnr(found[:height, :width], photograph[:height, :width]) > 24
