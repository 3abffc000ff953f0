import subprocess
import sys
import time
from fractions import Fraction

import av
import numpy as np
import pytest

from limelight.errors import BadInputError
from limelight.video.pictures import encodable, frame_of, picture_of, planes, worked

RNG = np.random.default_rng(5)
PLANAR = [
    "yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuvj420p", "yuv420p10le", "yuv422p10le",
    "yuv444p12le", "yuva420p", "yuva444p10le",
]  # fmt: skip


def noise(pixel_format: str, width: int = 15, height: int = 9, matrix: int = 1) -> av.VideoFrame:
    """A frame of all samples that there are, also such as no RGB holds."""
    frame = av.VideoFrame(width, height, pixel_format)
    for plane in planes(frame):
        plane[:] = RNG.integers(0, 1 << frame.format.components[0].bits, plane.shape)
    frame.pts, frame.time_base, frame.colorspace = 7, Fraction(1, 25), matrix
    return frame


@pytest.mark.parametrize("pixel_format", PLANAR)
def test_what_is_left_alone_keeps_its_samples(pixel_format: str) -> None:
    frame = noise(pixel_format)
    before = picture_of(frame)
    after = frame_of(before.copy(), frame, before)
    assert after.format.name == pixel_format
    assert (after.pts, after.time_base, after.colorspace) == (7, Fraction(1, 25), 1)
    for old, new in zip(planes(frame), planes(after), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("pixel_format", ["rgb24", "gbrp", "bgra", "rgb48le"])
def test_red_green_and_blue_go_through(pixel_format: str) -> None:
    frame = noise("rgb48le" if "48" in pixel_format else "rgba").reformat(format=pixel_format)
    before = picture_of(frame)
    np.testing.assert_array_equal(picture_of(frame_of(before, frame)), before)


@pytest.mark.parametrize(
    ("matrix", "full", "expected"),
    [
        # Red, green, blue at full saturation, by the tables of BT.709, BT.601 and BT.2020.
        (1, False, [(63, 102, 240), (173, 42, 26), (32, 240, 118)]),
        (6, False, [(81, 90, 240), (145, 54, 34), (41, 240, 110)]),
        (9, False, [(74, 97, 240), (164, 47, 25), (29, 240, 119)]),
        (6, True, [(76, 85, 255), (150, 44, 21), (29, 255, 107)]),
    ],
)
def test_colours_are_coded_as_the_standards_say(
    matrix: int, full: bool, expected: list[tuple[int, int, int]]
) -> None:
    like = noise("yuv444p", 3, 1, matrix)
    like.color_range = 2 if full else 1
    primaries = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    frame = frame_of(primaries, like)
    found = np.stack([plane[0] for plane in planes(frame)], axis=-1)
    np.testing.assert_allclose(found, expected, atol=1)
    np.testing.assert_allclose(picture_of(frame), primaries, atol=3)


@pytest.mark.parametrize("pixel_format", ["yuv444p", "yuv444p10le"])
def test_colours_survive_without_the_samples_to_keep(pixel_format: str) -> None:
    y, x = np.mgrid[:16, :16]
    like = noise(pixel_format, 16, 16)
    top = 255 if pixel_format == "yuv444p" else 65535
    picture = np.stack([x * 17, y * 17, (x + y) * 8], axis=-1).astype(np.float64) / 255 * top
    picture = picture.astype(np.uint8 if top == 255 else np.uint16)
    back = picture_of(frame_of(picture, like))
    step = top / (219 if top == 255 else 876)
    assert np.abs(back.astype(int) - picture).max() <= 1.6 * step


def test_only_what_changed_is_coded_anew() -> None:
    frame = noise("yuv420p", 16, 16)
    before = picture_of(frame)
    after = before.copy()
    after[4:6, 4:6] = (255, 255, 255)
    new = frame_of(after, frame, before)
    changed = planes(new)[0] != planes(frame)[0]
    assert changed[4:6, 4:6].any()
    changed[4:6, 4:6] = False
    assert not changed.any()
    np.testing.assert_array_equal(np.argwhere(planes(new)[1] != planes(frame)[1]) >= 2, True)


def test_what_works_on_no_pictures_does_not_wait_for_the_compiler() -> None:
    code = "import sys, limelight.video.pipeline; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_flat_colour_is_flat_whatever_the_chroma() -> None:
    for pixel_format in ("yuv420p", "yuv422p", "yuv444p", "yuv420p10le"):
        like = noise(pixel_format, 9, 7)
        flat = np.zeros((7, 9, 3), np.uint8 if like.format.components[0].bits == 8 else np.uint16)
        flat[:] = [200, 100, 50] if flat.dtype == np.uint8 else [51400, 25700, 12850]
        frame = frame_of(flat, like)
        assert all(np.ptp(plane) == 0 for plane in planes(frame))


def test_a_picture_may_grow_and_gain_alpha() -> None:
    like = noise("yuv420p10le", 8, 6)
    picture = np.zeros((12, 16, 4), np.uint16)
    picture[:6, :, 3] = 65535
    frame = frame_of(picture, like)
    assert (frame.width, frame.height, frame.format.name) == (16, 12, "yuva420p10le")
    assert planes(frame)[3].max() == 1023
    np.testing.assert_array_equal(picture_of(frame)[..., 3], picture[..., 3])


def test_grey_and_repacked_formats_are_understood() -> None:
    grey = noise("gray", 8, 8)
    picture = picture_of(grey)
    assert (picture[..., 0] == picture[..., 1]).all()
    assert (picture[..., 0] == picture[..., 2]).all()
    planar = noise("yuv420p", 8, 8)
    np.testing.assert_array_equal(picture_of(planar.reformat(format="nv12")), picture_of(planar))


def test_an_unknown_matrix_is_refused() -> None:
    with pytest.raises(BadInputError, match="matrix 8"):
        picture_of(noise("yuv420p", matrix=8))


def test_order_is_kept_whoever_is_faster() -> None:
    def slow(picture: np.ndarray) -> np.ndarray:
        time.sleep(0.02 if picture[0, 0, 0] % 2 else 0)
        return picture

    frames = []
    for i in range(9):
        frame = noise("rgb24", 4, 4) if i < 0 else av.VideoFrame(4, 4, "rgb24")
        plane = np.full((4, 4, 3), i, np.uint8)
        frame = av.VideoFrame.from_ndarray(plane, format="rgb24")
        frame.pts, frame.time_base = i, Fraction(1, 25)
        frames.append(frame)
    done = list(worked(slow, iter(frames)))
    assert [frame.pts for frame in done] == list(range(9))
    assert [int(picture_of(frame)[0, 0, 0]) for frame in done] == list(range(9))


def test_an_operations_error_reaches_the_caller() -> None:
    def broken(picture: np.ndarray) -> np.ndarray:
        raise BadInputError("this one")

    with pytest.raises(BadInputError, match="this one"):
        list(worked(broken, iter([noise("yuv420p"), noise("yuv420p")])))


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "gray", "rgb24", "yuv420p10le"])
def test_odd_sizes_are_padded_by_what_is_at_the_edge(pixel_format: str) -> None:
    frame = noise("rgba", 5, 3).reformat(format=pixel_format)
    ready = encodable(frame, "yuv420p", 6, 4)
    y = planes(ready)[0]
    assert (ready.width, ready.height, ready.format.name) == (6, 4, "yuv420p")
    np.testing.assert_array_equal(y[:, 5], y[:, 4])
    np.testing.assert_array_equal(y[3], y[2])


def test_full_range_is_said_in_the_range() -> None:
    frame = noise("yuvj420p", 6, 4)
    ready = encodable(frame, "yuv420p", 6, 4)
    assert ready.color_range == 2
    np.testing.assert_array_equal(planes(ready)[0], planes(frame)[0])


def test_another_size_midway_is_refused() -> None:
    with pytest.raises(BadInputError, match="5 x 3 came among some of 8 x 8"):
        encodable(noise("yuv420p", 5, 3), "yuv420p", 8, 8)
