"""What every operation on video promises, and what each is for."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from filming import RATE, footage_of, frames_of, scene, write_video
from numpy.typing import NDArray

from limelight.errors import BadInputError, NotFoundError, UnavailableError
from limelight.image.key import key
from limelight.image.laying import over
from limelight.image.superresolution import _loaded
from limelight.video.cues import read_cues
from limelight.video.frame import Footage, Frame, time_of
from limelight.video.operation import Operation
from limelight.video.operations import OPERATIONS, configure
from limelight.video.operations.captions import drawn
from limelight.video.operations.noise import noise_of
from limelight.video.ordered import ordered, surrounded
from limelight.video.pictures import picture_of

SRT = """1
00:00:00,000 --> 00:00:00,200
Hello

2
00:00:00,400 --> 00:00:09,000
<i>two</i>
lines
"""


@pytest.fixture(scope="module")
def subtitles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("captions") / "film.srt"
    path.write_text(SRT, encoding="utf-8")
    return path


@pytest.fixture
def operation(
    request: pytest.FixtureRequest, subtitles: Path, monkeypatch: pytest.MonkeyPatch
) -> Operation:
    """Every operation, settled as users would; the network that finds people finds a disc."""

    def disc(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        matte = np.zeros((144, 256), np.float32)
        return cv2.circle(matte, (128, 72), 50, 1.0, -1)

    monkeypatch.setattr("limelight.video.operations.background.people", disc)
    settings = {
        "captions": (f"file={subtitles}",),
        "background": ("blur=0.02",),
        "inpaint": ("rectangle=0 0 1 1",),
    }
    name = request.param
    return configure(name, settings.get(name, ()))


def run(operation: Operation, frames: list[Frame], footage: Footage) -> list[Frame]:
    if operation.needs_survey:
        operation = operation.surveyed(iter(frames), footage)
    return list(operation.stream(iter(frames), footage))


every = pytest.mark.parametrize("operation", list(OPERATIONS), indirect=True)


@every
@pytest.mark.parametrize(
    ("n_frames", "size", "form"),
    [
        (12, (64, 48), "yuv420p"),
        (1, (64, 48), "yuv420p"),
        (3, (37, 23), "yuv444p"),
        (3, (1, 1), "yuv420p"),
        (3, (5, 2), "yuv444p"),
        (3, (48, 32), "yuv422p10le"),
        (3, (48, 32), "rgb24"),
    ],
)
def test_frames_keep_their_number_times_size_and_format(
    operation: Operation, n_frames: int, size: tuple[int, int], form: str
):
    if operation.name == "inpaint" and size == (1, 1):
        pytest.skip("of one pixel, a mask leaves nothing to fill it from")
    pictures = scene(n_frames, size)
    frames, footage = frames_of(pictures, form), footage_of(pictures)
    done = run(operation, frames, footage)
    assert [time_of(frame) for frame in done] == [time_of(frame) for frame in frames]
    factor = getattr(operation, "factor", 1)
    assert {(f.width, f.height) for f in done} == {(size[0] * factor, size[1] * factor)}
    if operation.name != "key":  # gains alpha
        assert {frame.format.name for frame in done} == {form}


@every
def test_no_frames_give_none(operation: Operation):
    assert run(operation, [], footage_of(scene(1))) == []


@every
def test_what_is_made_of_a_frame_depends_on_its_surroundings_alone(operation: Operation):
    """As in segments: the end of a video alone, with the margin that is asked for."""
    pictures = scene(60, (48, 32))
    frames, footage = frames_of(pictures, "yuv420p"), footage_of(pictures)
    if operation.needs_survey:
        operation = operation.surveyed(iter(frames), footage)
    whole = list(operation.stream(iter(frames), footage))
    margin = operation.margin_seconds * RATE
    start = 55 - margin
    part = list(operation.stream(iter(frames_of(pictures, "yuv420p")[start:]), footage))
    for one, other in zip(whole[55:], part[margin:], strict=True):
        assert np.array_equal(picture_of(one), picture_of(other))


def luma(frames: list[Frame]) -> NDArray[np.float32]:
    return np.stack([f.to_ndarray(format="gray") for f in frames]).astype(np.float32)


def psnr(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    error = float(np.mean((one - other) ** 2))
    return 10 * np.log10(255**2 / error) if error else np.inf


def test_denoise_measures_the_noise_and_takes_it_out():
    clean = scene(12, (160, 96))
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 12, clean.shape), 0, 255)
    footage = footage_of(clean)
    wanted, given = luma(frames_of(clean, "yuv420p")), frames_of(noisy.astype(np.uint8), "yuv420p")
    done = luma(run(configure("denoise"), given, footage))
    assert psnr(done, wanted) > psnr(luma(given), wanted) + 4
    flat = 128 + np.random.default_rng(1).normal(0, 7, (128, 128)).astype(np.float32)
    assert noise_of(flat) == pytest.approx(7, rel=0.15)
    assert noise_of(np.zeros((8, 8), np.float32)) is None


def test_a_clean_video_is_left_as_it_is():
    blurred = np.stack([cv2.GaussianBlur(one, (0, 0), 3) for one in scene(3, (160, 96))])
    frames = frames_of(blurred, "yuv420p")
    done = run(configure("denoise"), frames, footage_of(blurred))
    assert all(one is other for one, other in zip(done, frames, strict=True))


def test_deflicker_evens_brightness_out_and_keeps_a_cut():
    rng = np.random.default_rng(0)
    steady = np.concatenate([scene(25, seed=1) // 2, scene(25, seed=2) // 2 + 100])
    gains = rng.uniform(0.8, 1.2, 50)[:, None, None, None]
    flickering = np.clip(steady * gains, 0, 255).astype(np.uint8)
    footage = footage_of(steady)
    given = luma(frames_of(flickering, "yuv420p")).mean(axis=(1, 2))
    done = luma(run(configure("deflicker"), frames_of(flickering, "yuv420p"), footage))
    means = done.mean(axis=(1, 2))
    for shot in (slice(0, 25), slice(25, 50)):
        assert np.diff(means[shot]).std() < 0.25 * np.diff(given[shot]).std()
    assert means[25] - means[24] == pytest.approx(given[25:].mean() - given[:25].mean(), abs=12)


def test_stabilise_takes_the_shake_out_of_a_pan():
    rng = np.random.default_rng(0)
    texture = cv2.GaussianBlur(rng.integers(0, 256, (200, 400), dtype=np.uint8), (0, 0), 2)
    texture = cv2.normalize(texture, None, 0, 255, cv2.NORM_MINMAX)
    shake = rng.normal(0, 2, (40, 2)).round().astype(int)
    pictures = []
    for place, (right, down) in enumerate(shake):
        left, top = 20 + 2 * place + right, 30 + down
        pictures.append(np.repeat(texture[top : top + 120, left : left + 200, None], 3, axis=2))
    footage = footage_of(np.stack(pictures))
    done = run(configure("stabilise"), frames_of(pictures, "yuv420p"), footage)

    def jitter(frames: NDArray[np.float32]) -> float:
        moves = [cv2.phaseCorrelate(a, b)[0] for a, b in pairwise(frames)]
        return float(np.diff(np.array(moves), axis=0).std())

    inner = luma(done)[:, 15:-15, 15:-15]
    assert jitter(inner) < 0.35 * jitter(luma(frames_of(pictures, "yuv420p")))


def test_scratches_come_out_and_what_moves_stays():
    clean = scene(7, (160, 96))
    hurt = clean.copy()
    for number, picture in enumerate(hurt):
        cv2.line(picture, (20 + 17 * number, 5), (26 + 17 * number, 80), (255, 255, 255), 2)
        cv2.circle(picture, (140 - 15 * number, 40), 4, (0, 0, 0), -1)
    footage = footage_of(clean)
    wanted, given = luma(frames_of(clean)), luma(frames_of(hurt))
    done = luma(run(configure("scratches"), frames_of(hurt), footage))
    inner = slice(1, -1)
    assert psnr(done[inner], wanted[inner]) > psnr(given[inner], wanted[inner]) + 5
    untouched = luma(run(configure("scratches"), frames_of(clean), footage))
    assert psnr(untouched, wanted) > 45


def test_deinterlace_makes_whole_pictures_only_of_interlaced_frames():
    moving = scene(8, (64, 48))
    woven = moving.copy()
    woven[1:, 1::2] = moving[:-1, 1::2]  # odd lines are of the time before
    footage = footage_of(moving)
    same = run(configure("deinterlace"), frames_of(woven, "yuv420p"), footage)
    assert np.array_equal(luma(same), luma(frames_of(woven, "yuv420p")))
    done = luma(run(configure("deinterlace:all=True"), frames_of(woven, "yuv420p"), footage))
    combs = np.abs(np.diff(done[2:-2], axis=1)).mean()
    assert combs < np.abs(np.diff(luma(frames_of(woven, "yuv420p"))[2:-2], axis=1)).mean()


def test_upscale_is_larger_and_close_to_the_original():
    original = scene(2, (128, 96))
    small = np.stack([cv2.resize(one, (64, 48), interpolation=cv2.INTER_AREA) for one in original])
    done = run(configure("upscale"), frames_of(small, "yuv420p"), footage_of(small))
    assert psnr(luma(done), luma(frames_of(original, "yuv420p"))) > 30
    with pytest.raises(BadInputError, match="2 or 4 times"):
        configure("upscale:by=span,factor=3")


def screened(colour: tuple[int, int, int]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Put a disc with a soft edge before a screen, mixed in linear light, and give its alpha."""
    alpha = np.zeros((96, 128), np.float32)
    cv2.circle(alpha, (64, 48), 28, 1.0, -1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 2.0)
    front = np.full((96, 128, 3), (200, 120, 90), np.float32) / 255
    screen = np.array(colour, np.float32) / 255 * np.linspace(0.85, 1, 128)[None, :, None]
    mixed = front**2.2 * alpha[..., None] + screen**2.2 * (1 - alpha[..., None])
    return np.rint(255 * mixed ** (1 / 2.2)).astype(np.uint8), alpha


@pytest.mark.parametrize(("name", "colour"), [("green", (40, 180, 60)), ("blue", (30, 60, 190))])
def test_key_finds_the_alpha_that_a_picture_was_mixed_with(name: str, colour: tuple[int, int, int]):
    picture, alpha = screened(colour)
    found = key(picture, name)
    assert np.abs(found[..., 3] / 255 - alpha).mean() < 0.01
    assert (found[:5, :, 3] == 0).all()
    assert (found[40:56, 56:72] == (200, 120, 90, 255)).all()
    edge = (alpha > 0.3) & (alpha < 0.9)
    assert np.abs(found[edge][:, :3].astype(int) - (200, 120, 90)).mean() < 8
    deep = key(picture.astype(np.uint16) * 257, name)
    assert np.abs(deep[..., 3] / 65535 - found[..., 3] / 255).max() < 0.01


def test_a_picture_without_a_screen_stays_whole():
    picture = np.full((8, 8, 3), (120, 110, 100), np.uint8)
    found = key(picture)
    assert (found[..., 3] == 255).all()
    assert np.array_equal(found[..., :3], picture)
    assert np.array_equal(over(found, np.zeros_like(picture)), picture)
    with pytest.raises(BadInputError, match="green or blue"):
        key(picture, "red")


def test_key_lays_over_a_picture_and_over_a_video_that_begins_again(tmp_path: Path):
    picture, _ = screened((40, 180, 60))
    frames, footage = frames_of([picture] * 6), footage_of(np.stack([picture] * 6))
    still = tmp_path / "behind.png"
    cv2.imwrite(str(still), np.full((30, 90, 3), (255, 0, 0), np.uint8))  # blue, in OpenCV's order
    (first, *_) = run(configure(f"key:behind={still}"), frames, footage)
    assert (picture_of(first)[0, 0] == (0, 0, 255)).all()
    shades = [np.full((96, 128, 3), 60 * n + 30, np.uint8) for n in range(4)]
    moving = write_video(tmp_path / "behind.mp4", shades)
    done = run(configure(f"key:behind={moving}"), frames, footage)
    corners = [int(picture_of(frame)[0, 0, 0]) for frame in done]
    assert corners == pytest.approx([30, 90, 150, 210, 30, 90], abs=4)
    with pytest.raises(NotFoundError):
        run(configure("key:behind=absent.png"), frames, footage)


def test_background_keeps_the_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def left_half(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.repeat(np.linspace(1, 0, 256)[None] > 0.5, 144, axis=0).astype(np.float32)

    monkeypatch.setattr("limelight.video.operations.background.people", left_half)
    pictures = scene(3)
    still = tmp_path / "behind.png"
    cv2.imwrite(str(still), np.zeros((90, 160, 3), np.uint8))
    done = run(configure(f"background:behind={still}"), frames_of(pictures), footage_of(pictures))
    for frame, before in zip(done, pictures, strict=True):
        after = picture_of(frame)
        assert np.array_equal(after[:, :60], before[:, :60])
        assert not after[:, 100:].any()
    with pytest.raises(BadInputError, match="exclude each other"):
        configure("background:behind=a.png,blur=0.1")


def test_captions_are_drawn_when_they_are_said(subtitles: Path):
    pictures = scene(12) // 2
    frames = frames_of(pictures)
    done = run(configure(f"captions:file={subtitles},size=0.1"), frames, footage_of(pictures))
    changed = [one is not other for one, other in zip(done, frames, strict=True)]
    assert changed == [True] * 5 + [False] * 5 + [True] * 2
    lower, upper = (
        np.abs(picture_of(done[0]).astype(int) - pictures[0])[part]
        for part in (slice(45, None), slice(45))
    )
    assert lower.max() > 100
    assert not upper.any()


def test_letters_lie_within_their_outline_on_every_line():
    ink, share = drawn("first\nsecond line", 320, 180, 0.1)
    assert ink.max() == 255
    assert (share[ink > 0] >= ink[ink > 0]).all()


def test_captions_are_read_from_both_formats_and_refused_otherwise(tmp_path: Path, subtitles: Path):
    def said(path: Path) -> list[tuple[float, float, str]]:
        return [(cue.start, cue.end, cue.text) for cue in read_cues(path)]

    assert said(subtitles) == [(0.0, 0.2, "Hello"), (0.4, 9.0, "two\nlines")]
    web = tmp_path / "film.vtt"
    web.write_text(
        "WEBVTT\n\nNOTE no cue\n\n00:00.400 --> 00:09.000 align:start\n<v Ann>two\nlines\n\n"
        "id\n00:00.000 --> 00:00.200\nHello\n",
        encoding="utf-8",
    )
    assert said(web) == said(subtitles)
    for content, message in ((b"Hello", "holds no"), (b"\xff\xe9\x00", "not in UTF-8|no cap")):
        (tmp_path / "bad.srt").write_bytes(content)
        with pytest.raises(BadInputError, match=message):
            read_cues(tmp_path / "bad.srt")
    with pytest.raises(NotFoundError):
        read_cues(tmp_path / "absent.srt")
    with pytest.raises(BadInputError, match="need a file"):
        run(configure("captions"), frames_of(scene(1)), footage_of(scene(1)))


@pytest.mark.parametrize("described", ["upscale:by=span", "background"])
def test_weights_that_were_not_fetched_are_named(described: str, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("LIMELIGHT_HOME", str(tmp_path))
    monkeypatch.setattr("limelight.image.superresolution._loaded", _loaded.__wrapped__)
    with pytest.raises(UnavailableError, match="limelight weights fetch"):
        run(configure(described), frames_of(scene(1)), footage_of(scene(1)))


def test_work_is_done_in_order_and_surroundings_end_where_the_video_does():
    assert list(ordered(lambda n: n * n, iter(range(20)))) == [n * n for n in range(20)]
    found = [(around, place) for around, place in surrounded(iter("abcd"), 1)]
    assert found == [
        (("a", "b"), 0),
        (("a", "b", "c"), 1),
        (("b", "c", "d"), 1),
        (("c", "d"), 1),
    ]
    assert list(surrounded(iter(""), 2)) == []


@pytest.mark.parametrize(
    "described",
    ["deflicker:seconds=9", "stabilise:zoom=2", "denoise:strength=-1", "scratches:strength=2"],
)
def test_settings_out_of_range_are_refused(described: str):
    with pytest.raises(BadInputError):
        configure(described)


def test_a_keys_opacity_flickers_less_than_its_grain_and_follows_what_moves():
    picture, alpha = screened((40, 180, 60))
    rng = np.random.default_rng(0)
    still = [picture.astype(np.float32) + rng.normal(0, 4, picture.shape) for _ in range(7)]
    filmed = np.clip(np.rint(still), 0, 255).astype(np.uint8)
    footage = footage_of(filmed)

    def opacities(described: str, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        done = run(configure(described), frames_of(pictures), footage)
        return np.stack([picture_of(one)[..., 3] for one in done]) / np.float32(255)

    alone, steadied = opacities("key:steady=False", filmed), opacities("key", filmed)
    assert np.abs(np.diff(steadied, axis=0)).mean() < 0.4 * np.abs(np.diff(alone, axis=0)).mean()
    moving = np.stack([np.roll(one, 6 * at, axis=1) for at, one in enumerate(filmed)])
    wanted = np.stack([np.roll(alpha, 6 * at, axis=1) for at in range(7)])
    errors = [np.abs(opacities(way, moving) - wanted).mean() for way in ("key:steady=False", "key")]
    assert errors[1] < 1.05 * errors[0]


def test_what_is_cut_out_of_video_lies_over_a_colour_or_is_premultiplied():
    picture, _ = screened((40, 180, 60))
    frames, footage = frames_of([picture] * 2), footage_of(np.stack([picture] * 2))
    filled = picture_of(run(configure("key:fill=#0000ff"), frames, footage)[0])
    assert filled.shape[2] == 3
    assert filled[0, 0].tolist() == [0, 0, 255]
    multiplied = picture_of(run(configure("key:premultiplied=True"), frames, footage)[0])
    assert (multiplied[..., :3] <= multiplied[..., 3:].astype(int) + 1).all()
    with pytest.raises(BadInputError, match="exclude each other"):
        configure("key:fill=white,behind=sky.png")
