"""PSNR, SSIM and matte errors are the published ones, and the page shows both pictures."""

import math
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from skimage import data
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from limelight.errors import BadInputError
from limelight.image.compare import compare, matte_errors, psnr, ssim, write_comparison
from limelight.image.compare.measures import luma_of


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return np.ascontiguousarray(data.astronaut()[40:240, 100:340])


@pytest.fixture(scope="module")
def noisy(astronaut: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 12, astronaut.shape)
    return np.clip(astronaut + noise, 0, 255).astype(np.uint8)


def test_they_are_scikit_images_numbers(astronaut: np.ndarray, noisy: np.ndarray) -> None:
    assert psnr(astronaut, noisy) == pytest.approx(
        peak_signal_noise_ratio(astronaut, noisy), abs=1e-4
    )
    expected = structural_similarity(
        luma_of(astronaut),
        luma_of(noisy),
        data_range=1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert ssim(astronaut, noisy)[0] == pytest.approx(expected, abs=1e-6)


def test_equal_pictures_are_equal_at_any_depth_and_size(astronaut: np.ndarray) -> None:
    for picture in (astronaut, astronaut[:1, :1], astronaut[:300:400], astronaut[:5]):
        found = compare(picture, picture)
        assert (found.psnr, found.matte) == (math.inf, None)
        assert found.ssim == pytest.approx(1)
    deep = astronaut.astype(np.uint16) * 257
    assert psnr(astronaut, deep) > 140


def test_matte_errors_by_hand() -> None:
    right, found = np.zeros((20, 30)), np.zeros((20, 30))
    found[4:8, 5:10] = 0.5
    errors = matte_errors(right, found)
    assert errors.sad == pytest.approx(20 * 0.5 / 1000)
    assert errors.mse == pytest.approx(20 * 0.25 / 600)
    assert errors.gradient > 0
    assert matte_errors(found + 0.25, found).gradient == pytest.approx(0, abs=1e-12)
    assert matte_errors(right, found).gradient == pytest.approx(
        matte_errors(right.T, found.T).gradient
    )


def test_the_gradient_of_a_step_is_that_of_the_authors_filter() -> None:
    step = np.zeros((41, 41))
    step[:, 20:] = 1
    at = np.arange(-4, 5)
    bell = np.exp(-(at**2) / (2 * 1.4**2)) / (1.4 * np.sqrt(2 * np.pi))
    filter_across = bell[:, None] * (-at * bell / 1.4**2)[None]
    filter_across /= np.sqrt((filter_across**2).sum())
    weights = filter_across.sum(axis=0)
    response = np.array([abs(weights[at >= 20 - column].sum()) for column in range(41)])
    expected = 41 * (response**2).sum() / 1000
    assert matte_errors(np.zeros((41, 41)), step).gradient == pytest.approx(expected, rel=1e-6)


def test_colours_that_are_not_seen_do_not_count(astronaut: np.ndarray) -> None:
    alpha = np.full((*astronaut.shape[:2], 1), 255, np.uint8)
    alpha[:100] = 0
    first = np.concatenate([astronaut, alpha], axis=2)
    second = first.copy()
    second[:100, :, :3] = 7
    found = compare(first, second)
    assert found.psnr == math.inf
    assert found.matte is not None
    assert found.matte.sad == 0


def test_other_sizes_are_refused_in_a_sentence(astronaut: np.ndarray) -> None:
    with pytest.raises(BadInputError, match=r"are 240 x 200 and 120 x 200 pixels; only"):
        compare(astronaut, astronaut[:, ::2])


class Sources(HTMLParser):
    """What a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]


def test_the_page_holds_both_and_loads_nothing(
    astronaut: np.ndarray, noisy: np.ndarray, tmp_path: Path
) -> None:
    found = compare(astronaut, noisy)
    named = {"<b>first</b>": astronaut, "second": noisy}
    text = write_comparison(tmp_path / "both.html", named, found).read_text(encoding="utf-8")
    page = Sources()
    page.feed(text)
    assert len(page.found) == 3
    assert all(source.startswith("data:image/png;base64,") for source in page.found)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert "<b>first" not in text
    assert f"{found.psnr:.2f}" in text
    assert 'type="range"' in text


def test_large_pictures_show_their_worst_place_as_it_is(tmp_path: Path) -> None:
    first = np.full((900, 2000, 3), 120, np.uint8)
    second = first.copy()
    second[700:705, 1500:1505] = (255, 0, 0)
    found = compare(first, second)
    assert abs(found.worst[0] - 702) < 8
    assert abs(found.worst[1] - 1502) < 8
    named = {"first": first, "second": second}
    text = write_comparison(tmp_path / "both.html", named, found).read_text(encoding="utf-8")
    assert "shrunk to 1,600 pixels" in text
    assert "pixel for pixel: 1,3" in text
