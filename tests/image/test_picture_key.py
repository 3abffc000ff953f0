"""Cutting out: screens, people, subjects, and what becomes of them."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import limelight.image.key as keying
from limelight.errors import BadInputError, CorruptError, UnavailableError
from limelight.image.chroma import has_half_chroma
from limelight.image.cutting import cut
from limelight.image.key import key
from limelight.image.laying import fitted, over, premultiplied
from limelight.image.matting import refined
from limelight.image.operations.background import Background
from limelight.image.operations.key import Key
from limelight.image.picture import coded, light_of
from limelight.image.subject import subject
from limelight.weights import add, known

onnx = pytest.importorskip("onnx", reason="onnx is not installed")

SCREEN = {"green": (0.05, 0.36, 0.08), "blue": (0.03, 0.09, 0.5)}
HEIGHT, WIDTH = 120, 160


def shot(
    colour: str = "green",
    front: tuple[float, float, float] = (0.45, 0.22, 0.1),
    spill: float = 0.0,
    noise: float = 0.0,
    strength: float = 1.0,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Put a disc with hairs before a screen that is lit from one side, and give its opacity."""
    fine = np.zeros((HEIGHT * 3, WIDTH * 3), np.float32)
    cv2.circle(fine, (240, 180), 90, 1.0, -1)
    for angle in np.linspace(0, 2 * np.pi, 40, endpoint=False):
        tip = (int(240 + 140 * np.cos(angle)), int(180 + 140 * np.sin(angle)))
        cv2.line(fine, (240, 180), tip, 1.0, 2, cv2.LINE_AA)
    alpha = cv2.resize(fine, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) * strength
    screen = np.linspace(0.5, 1, WIDTH)[None, :, None] * np.float32(SCREEN[colour])
    lit = np.float32(front) + spill * screen
    mixed = lit * alpha[..., None] + screen * (1 - alpha[..., None])
    shown = 255 * coded(mixed.astype(np.float32))
    shown = shown + np.random.default_rng(0).normal(0, noise, mixed.shape) if noise else shown
    return np.clip(np.rint(shown), 0, 255).astype(np.uint8), alpha


def error(found: NDArray[np.unsignedinteger], alpha: NDArray[np.float32]) -> float:
    return float(np.abs(found[..., 3] / np.iinfo(found.dtype).max - alpha).mean())


@pytest.mark.parametrize("colour", ["green", "blue"])
@pytest.mark.parametrize("refine", [False, True])
def test_hair_before_an_uneven_screen_is_found(colour: str, refine: bool):
    picture, alpha = shot(colour, noise=1.5)
    before = picture.copy()
    found = key(picture, colour, refine)
    assert np.array_equal(picture, before)
    assert found.dtype == np.uint8
    assert error(found, alpha) < 0.006
    assert (found[:10, :, 3] <= 20).mean() > 0.99
    assert found[50:70, 70:90, 3].min() > 235
    assert found[50:70, 70:90, 3].mean() > 254


def test_saturated_fronts_dont_look_thicker_than_they_are():
    """A red edge has less green than none, which excess alone takes for opacity."""
    picture, alpha = shot(front=(0.5, 0.05, 0.03))
    excess = light_of(picture)[..., 1] - light_of(picture)[..., [0, 2]].max(axis=2)
    screen = np.linspace(0.5, 1, WIDTH) * (0.36 - 0.08)
    alone = np.clip(1 - excess / screen, 0, 1)
    assert error(key(picture), alpha) < 0.25 * np.abs(alone - alpha).mean()


def test_glass_is_as_thin_as_it_is():
    """It is no screen, though nearly as green, and nothing solid is near to compare it with."""
    picture, _ = shot(front=(0.35, 0.35, 0.35), strength=0.3)
    found = key(picture)
    disc = np.s_[50:70, 65:95]
    assert found[disc][..., 3].mean() / 255 == pytest.approx(0.3, abs=0.06)
    assert np.abs(found[disc][..., :3].astype(int) - 160).mean() < 25


def test_the_screens_light_on_what_is_before_it_goes():
    clean, _ = shot(front=(0.3, 0.3, 0.25))
    lit, _ = shot(front=(0.3, 0.3, 0.25), spill=0.15)
    middle = np.s_[56:64, 76:84]
    spilt = lit[middle].astype(int) - clean[middle]
    found = key(lit)[middle]
    assert spilt[..., 1].mean() > 8
    assert np.abs(found[..., 1].astype(int) - clean[middle][..., 1]).mean() < 3
    assert (found[..., 3] == 255).all()


def test_sixteen_bits_are_kept_and_agree_with_eight():
    picture, _ = shot()
    shallow, deep = key(picture), key(picture.astype(np.uint16) * 257)
    assert deep.dtype == np.uint16
    assert np.abs(deep / 257 - shallow).max() <= 1
    assert np.array_equal(deep[60, 80, :3], picture[60, 80].astype(np.uint16) * 257)


def test_blocks_show_no_seams(monkeypatch: pytest.MonkeyPatch):
    picture, _ = shot(noise=1.5)
    whole, smooth = key(picture), key(picture, refine=True)
    monkeypatch.setattr(keying, "BLOCK", 64)
    assert np.array_equal(key(picture), whole)
    apart = np.abs(key(picture, refine=True)[..., 3].astype(int) - smooth[..., 3])
    assert np.quantile(apart, 0.999) <= 1
    assert apart.max() <= 6


def test_large_pictures_are_surveyed_small(monkeypatch: pytest.MonkeyPatch):
    picture, alpha = shot()
    large = picture.repeat(4, axis=0).repeat(4, axis=1)
    monkeypatch.setattr("limelight.image.screen.PIXELS", HEIGHT * WIDTH)
    found = key(large)
    assert found.shape == (HEIGHT * 4, WIDTH * 4, 4)
    assert error(found[1::4, 1::4], alpha) < 0.01


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    seed=st.integers(0, 99),
    deep=st.booleans(),
    channels=st.sampled_from([3, 4]),
    refine=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_any_picture_keeps_its_size_and_depth(height, width, seed, deep, channels, refine):
    dtype = np.uint16 if deep else np.uint8
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, np.iinfo(dtype).max, (height, width, channels), dtype, endpoint=True)
    picture[: height // 2, :, :3] = np.array([20, 180, 50], dtype) * (257 if deep else 1)
    found = key(picture, "green", refine)
    assert (found.shape, found.dtype) == ((height, width, 4), dtype)
    if channels == 4:
        assert (found[..., 3] <= picture[..., 3]).all()


@pytest.mark.parametrize("shape", [(1, 5000, 3), (5000, 1, 3), (1, 1, 3)])
def test_thin_pictures_are_keyed(shape: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("limelight.image.screen.PIXELS", 1000)
    found = key(np.full(shape, (20, 180, 50), np.uint8))
    assert (found[..., 3] == 0).all()


def test_what_is_no_picture_or_no_screen_is_refused():
    with pytest.raises(BadInputError, match="3 or 4"):
        key(np.zeros((4, 4), np.uint8))
    with pytest.raises(BadInputError, match="green or blue"):
        Key(colour="red")  # type: ignore[arg-type]


def test_refining_keeps_to_what_is_known():
    """On a picture of one step, a blurred guess of where it is becomes the step."""
    light = np.full((30, 40, 3), 0.1, np.float32)
    light[:, 20:] = 0.7
    step = (light[..., 0] > 0.5).astype(np.float32)
    guess = cv2.GaussianBlur(step, (0, 0), 3)
    doubt = np.where((guess > 0.02) & (guess < 0.98), 1.0, 1e-6).astype(np.float32)
    found = refined(guess, doubt, light)
    assert np.abs(found - step).mean() < 0.2 * np.abs(guess - step).mean()
    assert np.array_equal(refined(step, doubt, light), step)


def test_over_keeps_what_is_clear_and_what_is_solid():
    front = np.array([[[9, 99, 199, 0], [9, 99, 199, 255], [255, 255, 255, 128]]], np.uint8)
    back = np.array([[[1, 2, 3], [1, 2, 3], [0, 0, 0]]], np.uint8)
    laid = over(front, back)
    assert laid[0, 0].tolist() == [1, 2, 3]
    assert laid[0, 1].tolist() == [9, 99, 199]
    assert laid[0, 2].tolist() == [188, 188, 188]  # half the light of white
    assert premultiplied(front)[0, 2].tolist() == [128, 128, 128, 128]


def test_a_background_fills_the_frame_in_its_own_shape():
    wide = np.zeros((10, 40, 3), np.uint8)
    wide[:, 15:25] = 200
    square = fitted(wide, 20, 20, np.dtype(np.uint16))
    assert (square.shape, square.dtype) == ((20, 20, 3), np.uint16)
    assert square.min() == 200 * 257


def test_what_was_cut_out_lies_where_the_settings_say(tmp_path: Path):
    picture, _ = shot()
    assert Key()(picture).shape[2] == 4
    assert Key(fill="#ff8000")(picture)[0, 0].tolist() == [255, 128, 0]
    deep = Key(fill="#ff8000")(picture.astype(np.uint16) * 257)
    assert deep[0, 0].tolist() == [65535, 128 * 257, 0]
    cv2.imwrite(str(tmp_path / "sky.png"), np.full((3, 3, 3), (250, 120, 10), np.uint8))
    assert Key(behind=tmp_path / "sky.png")(picture)[0, 0].tolist() == [10, 120, 250]
    straight, multiplied = Key()(picture), Key(premultiplied=True)(picture)
    soft = (straight[..., 3] > 0) & (straight[..., 3] < 255)
    assert np.array_equal(straight[..., 3], multiplied[..., 3])
    assert (multiplied[soft][:, :3] <= multiplied[soft][:, 3:]).all()


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        (Key, {"behind": Path("a.png"), "fill": "white"}, "exclude each other"),
        (Key, {"fill": "white", "premultiplied": True}, "no alpha"),
        (Key, {"fill": "no colour"}, "no colour"),
        (Background, {"behind": Path("a.png"), "blur": 0.1}, "exclude each other"),
        (Background, {"blur": 2.0}, "from 0 to 0.2"),
        (Background, {"by": "somebody"}, "by is one of"),
        (Background, {"network": Path("a.onnx")}, "needs by=isnet"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(kind, settings, message):
    with pytest.raises(BadInputError, match=message):
        kind(**settings)


def test_an_absent_background_is_named(tmp_path: Path):
    with pytest.raises(BadInputError, match="absent"):
        Key(behind=tmp_path / "absent.png")(shot()[0])


def scene() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Put a red disc with a soft edge before a bright background."""
    alpha = np.zeros((HEIGHT, WIDTH), np.float32)
    alpha = cv2.GaussianBlur(cv2.circle(alpha, (80, 60), 35, 1.0, -1), (0, 0), 2)
    light = np.float32([0.4, 0.02, 0.02]) * alpha[..., None] + 0.6 * (1 - alpha[..., None])
    return np.rint(255 * coded(light)).astype(np.uint8), alpha


def test_edges_lose_the_colours_that_were_behind_them():
    picture, alpha = scene()
    found = cut(picture, alpha)
    assert error(found, alpha) < 0.02
    edge = (found[..., 3] > 80) & (found[..., 3] < 220)
    wanted = 255 * coded(np.float32([0.4, 0.02, 0.02]))
    before = np.abs(picture[edge] - wanted).mean()
    assert np.abs(found[edge][:, :3] - wanted).mean() < 0.5 * before
    assert np.array_equal(found[60, 80, :3], picture[60, 80])


def test_a_matte_of_any_size_fits_any_picture():
    for size in ((1, 1), (3, 200), (64, 48)):
        for shape in ((1, 1, 3), (5, 3, 4), (1, 300, 3)):
            found = cut(np.full(shape, 90, np.uint16), np.ones(size, np.float32))
            assert found.shape == (*shape[:2], 4)


def network(path: Path, channels: int = 3, logits: bool = False, side: int | str = 32) -> Path:
    """Write a tiny ONNX network that takes what is red for the subject."""
    from onnx import TensorProto, helper, numpy_helper

    weights = np.zeros((1, channels, 1, 1), np.float32)
    weights[0, 0], weights[0, -1] = 1.0, -1.0
    kernel = numpy_helper.from_array(weights * (8 if logits else 1), "weights")
    nodes = [helper.make_node("Conv", ["picture", "weights"], ["opacity"])]
    graph = helper.make_graph(
        nodes,
        "red",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, channels, side, side])],
        [helper.make_tensor_value_info("opacity", TensorProto.FLOAT, [1, 1, side, side])],
        [kernel],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return path


@pytest.mark.parametrize("by", ["isnet", "birefnet"])
def test_a_network_of_ones_own_finds_the_subject(tmp_path: Path, by: str):
    picture = np.full((48, 64, 3), 40, np.uint8)
    picture[12:36, 16:48, 0] = 255
    file = network(tmp_path / "net.onnx", logits=by == "birefnet")
    found = Background(by=by, network=file)(picture)  # type: ignore[arg-type]
    assert found[24, 32, 3] > 200
    assert found[2, 2, 3] < 90
    free = network(tmp_path / "free.onnx", side="side")
    assert subject(picture, "isnet", free).shape == (1024, 1024)


def test_files_that_are_no_such_network_are_refused(tmp_path: Path):
    picture = np.zeros((8, 8, 3), np.uint8)
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    for file, message in (
        (tmp_path / "absent.onnx", "there is no file"),
        (tmp_path / "bad.onnx", "no network that can be run"),
        (network(tmp_path / "grey.onnx", channels=2), "takes no pictures"),
    ):
        with pytest.raises(BadInputError, match=message):
            subject(picture, "isnet", file)


@pytest.mark.parametrize("by", ["people", "isnet", "birefnet", "birefnet-lite"])
def test_networks_that_were_not_fetched_are_named_with_their_terms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
):
    monkeypatch.setenv("LIMELIGHT_HOME", str(tmp_path))
    name = "selfie" if by == "people" else by
    with pytest.raises(UnavailableError, match=f"limelight weights fetch {name}"):
        Background(by=by)(np.zeros((8, 8, 3), np.uint8))  # type: ignore[arg-type]
    weights = known(name)
    assert weights.licence.startswith(("MIT", "Apache-2.0"))
    assert weights.source.startswith("https://github.com/")
    (tmp_path / "other.onnx").write_bytes(b"another file")
    with pytest.raises(CorruptError):
        add(name, tmp_path / "other.onnx", tmp_path)


def test_a_background_is_blurred_and_the_person_is_not(monkeypatch: pytest.MonkeyPatch):
    left = np.repeat(np.linspace(1, 0, 256)[None] > 0.5, 144, axis=0).astype(np.float32)
    monkeypatch.setattr("limelight.image.operations.background.people", lambda picture: left)
    picture = np.random.default_rng(0).integers(0, 256, (90, 160, 3), np.uint8)
    found = Background(blur=0.02)(picture)
    assert np.array_equal(found[:, :60], picture[:, :60])
    assert found[:, 110:].std() < 0.5 * picture[:, 110:].std()


@pytest.mark.parametrize("colour", ["green", "blue"])
def test_chroma_of_half_the_size_is_known_and_made_up_for(
    colour: str, monkeypatch: pytest.MonkeyPatch
):
    picture, alpha = shot(colour)
    assert not has_half_chroma(picture)
    coded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
    halved = cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1].copy()
    assert has_half_chroma(halved)
    known = error(key(halved, colour), alpha)
    monkeypatch.setattr("limelight.image.screen.has_half_chroma", lambda picture: False)
    assert known < 0.85 * error(key(halved, colour), alpha)
    assert not has_half_chroma(np.zeros((1, 1, 3), np.uint8))
