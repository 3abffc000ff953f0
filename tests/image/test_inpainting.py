"""Holes are filled from around them, and nothing else changes."""

import subprocess
import sys

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from PIL import Image
from skimage import data

from limelight.errors import BadInputError, UnavailableError
from limelight.image.inpainting.biharmonic import biharmonic
from limelight.image.inpainting.filling import inpaint, thin
from limelight.image.inpainting.holes import places
from limelight.image.inpainting.membrane import membrane
from limelight.image.masks import Masking
from limelight.image.operations import configure

WAYS = ("auto", "biharmonic", "navier-stokes", "exemplar")


def quality(found, true, hole):
    top = np.iinfo(true.dtype).max
    return -10 * np.log10(np.mean(((found[hole].astype(float) - true[hole]) / top) ** 2))


def scratches(height, width):
    rows, columns = np.mgrid[:height, :width]
    return (abs(rows - columns * 0.7) < 1.5) | (abs(rows + columns - 150) < 2)


def block(height, width, top=40, left=60, high=40, wide=50):
    hole = np.zeros((height, width), bool)
    hole[top : top + high, left : left + wide] = True
    return hole


@pytest.fixture(scope="module")
def photograph():
    return np.ascontiguousarray(data.astronaut()[:220, 60:300])


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [3, 4])
def test_everything_but_the_hole_stays_to_the_bit(photograph, by, dtype, channels):
    picture = photograph.astype(dtype) * (257 if dtype == np.uint16 else 1)
    if channels == 4:
        picture = np.dstack([picture, picture[..., :1] // 2 + 1])
    hole = scratches(220, 240) | block(220, 240, 150, 20, 16, 20)
    spoilt = picture.copy()
    spoilt[hole, :3] = 0
    before = spoilt.copy()
    found = inpaint(spoilt, hole, by)
    assert np.array_equal(spoilt, before)
    assert found.dtype == dtype
    assert np.array_equal(found[~hole], picture[~hole])
    assert np.array_equal(found[..., 3:], picture[..., 3:])
    assert quality(found[..., :3], picture[..., :3], hole) > quality(
        spoilt[..., :3], picture[..., :3], hole
    )


def test_what_was_in_the_hole_does_not_matter(photograph):
    hole = scratches(220, 240) | block(220, 240)
    ones = photograph.copy()
    ones[hole] = 255
    others = photograph.copy()
    others[hole] = [0, 200, 10]
    for by in WAYS:
        assert np.array_equal(inpaint(ones, hole, by), inpaint(others, hole, by))


@given(
    st.tuples(*[st.floats(-0.02, 0.02)] * 2),
    st.lists(st.tuples(*[st.integers(0, 30)] * 4), min_size=1, max_size=5),
)
@settings(max_examples=25, deadline=None)
def test_a_slope_is_closed_exactly_wherever_the_holes_are(slope, boxes):
    rows, columns = np.mgrid[:40, :44]
    plane = (0.5 + slope[0] * rows / 2 + slope[1] * columns / 2).astype(np.float32)[..., None]
    hole = np.zeros((40, 44), bool)
    for top, left, high, wide in boxes:
        hole[top : top + high // 3 + 1, left : left + wide // 3 + 1] = True
    spoilt = np.where(hole[..., None], 9, plane).astype(np.float32)
    biharmonic(spoilt, hole)
    assert np.abs(spoilt - plane).max() < 2e-3


def test_a_bowl_bends_as_the_biharmonic_equation_says():
    rows, columns = np.mgrid[-20:21, -20:21] / 20.0
    surface = (rows**3 - 3 * rows * columns**2 + columns**2)[..., None].astype(np.float32)
    spoilt = surface.copy()
    hole = np.hypot(rows, columns) < 0.6
    spoilt[hole] = 0
    biharmonic(spoilt, hole)  # of third degree, so the discrete operator is exact on it
    assert np.abs(spoilt - surface).max() < 1e-3


def test_a_membrane_is_the_mean_of_what_is_around_it_large_holes_too():
    hole = np.zeros((300, 300), bool)
    hole[10:290, 10:290] = True
    rows, columns = np.mgrid[:300, :300] / 300.0
    surface = (rows**2 - columns**2)[..., None].astype(np.float32)  # harmonic
    for part in hole, hole & (columns < 0.3):
        spoilt = np.where(part[..., None], 5, surface).astype(np.float32)
        membrane(spoilt, part)
        assert np.abs(spoilt - surface).max() < 0.01


def test_scratches_are_closed_better_than_by_opencv(photograph):
    hole = scratches(220, 240)
    spoilt = photograph.copy()
    spoilt[hole] = 255
    ours = quality(inpaint(spoilt, hole), photograph, hole)
    assert ours > quality(inpaint(spoilt, hole, "navier-stokes"), photograph, hole) + 1
    assert ours > 24


def test_texture_goes_on_in_large_holes():
    wall = np.repeat(data.brick()[:256, :256, None], 3, axis=2)
    hole = block(256, 256, 90, 90, 70, 70)
    spoilt = wall.copy()
    spoilt[hole] = 255
    found, flat = inpaint(spoilt, hole), inpaint(spoilt, hole, "navier-stokes")
    assert quality(found, wall, hole) > quality(flat, wall, hole)

    def busy(picture):
        return np.abs(np.diff(picture[91:159, 91:159, 0].astype(float), axis=1)).mean()

    assert 0.7 < busy(found) / busy(wall) < 1.3
    assert busy(flat) / busy(wall) < 0.5


def test_a_repeating_pattern_is_found_again():
    rows, columns = np.mgrid[:160, :160]
    tiles = (((rows // 8 + columns // 8) % 2) * 200 + 20).astype(np.uint8)
    pattern = np.repeat(tiles[..., None], 3, axis=2)
    hole = block(160, 160, 60, 60, 40, 40)
    spoilt = pattern.copy()
    spoilt[hole] = 110
    found = inpaint(spoilt, hole, "exemplar")
    assert (np.abs(found.astype(int) - pattern)[hole] < 30).mean() > 0.95


def test_the_way_goes_by_how_thick_a_hole_is():
    hole = scratches(220, 240) | block(220, 240, 160, 20, 30, 30)
    chosen = thin(hole)
    assert not chosen[170, 30]
    assert chosen[0, 0]
    assert chosen[:140].sum() == hole[:140].sum()


def test_only_the_neighbourhood_of_a_hole_is_looked_at():
    hole = np.zeros((2000, 30_000), bool)
    hole[1000:1040, 15_000:15_040] = True
    hole[10:14, 29_000:29_050] = True
    found = list(places(hole, 8, 48))
    assert [place.hole.sum() for place in found] == [200, 1600]
    assert all(place.hole.size < 70_000 for place in found)
    for place in found:
        assert hole[place.rows, place.columns][place.hole].all()


@pytest.mark.parametrize("shape", [(1, 2), (2, 2), (3, 40), (40, 1)])
@pytest.mark.parametrize("by", WAYS)
def test_tiny_and_thin_pictures_have_holes_too(by, shape):
    picture = np.full((*shape, 3), 90, np.uint8)
    hole = np.zeros(shape, bool)
    hole[0, 0] = True
    picture[0, 0] = 255
    assert np.abs(inpaint(picture, hole, by).astype(int) - 90).max() <= 2


def test_masks_that_cannot_be_are_refused(photograph, tmp_path):
    with pytest.raises(BadInputError, match="empty"):
        inpaint(photograph, np.zeros((220, 240), bool))
    with pytest.raises(BadInputError, match="whole picture"):
        inpaint(photograph, np.ones((220, 240), bool))
    Image.new("L", (240, 220), 0).save(tmp_path / "black.png")
    with pytest.raises(BadInputError, match=r"black\.png|empty"):
        configure("inpaint", [f"mask={tmp_path / 'black.png'}"])(photograph)
    Image.new("L", (100, 80), 255).save(tmp_path / "small.png")
    with pytest.raises(BadInputError, match="100 x 80 pixels and the picture, upright, 240 x 220"):
        configure("inpaint", [f"mask={tmp_path / 'small.png'}"])(photograph)


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ("inpaint", "nothing says what"),
        ("inpaint:rectangle=1 2 3", "4 numbers"),
        ("inpaint:rectangle=1 2 0 5", "is empty"),
        ("inpaint:rectangle=a b c d", "no rectangle"),
        ("inpaint:rectangle=nan 1 2 3", "out of all pictures"),
        ("inpaint:polygon=1 2 3 4", "three corners"),
        ("inpaint:rectangle=1 2 3 4,by=magic", "by is one of"),
        ("inpaint:rectangle=1 2 3 4,network=a.onnx", "by=lama"),
        ("inpaint:rectangle=1 2 3 4,grow=-1", "grow"),
    ],
)
def test_settings_that_mean_nothing_are_refused(described, said):
    with pytest.raises(BadInputError, match=said):
        configure(described)


def test_rectangles_polygons_and_masks_are_joined(tmp_path):
    shapes = Masking(rectangle="2 3 4 5; 20 20 100 100", polygon="10,0 14,0 14,4 10,4")
    found = shapes.meant(30, 40)
    assert found[3:8, 2:6].all()
    assert found[20:, 20:].all()
    assert found[:5, 10:15].all()
    assert found.sum() == 20 + 200 + 25
    assert Masking(rectangle="10 10 1 1", grow=2).meant(30, 40).sum() == 17
    with pytest.raises(BadInputError, match="nothing of the picture"):
        Masking(rectangle="50 3 4 5").meant(30, 40)
    logo = np.zeros((30, 40, 4), np.uint8)
    logo[5:9, 5:9] = [0, 0, 0, 255]
    Image.fromarray(logo).save(tmp_path / "logo.png")
    assert Masking(mask=tmp_path / "logo.png").meant(30, 40).sum() == 16


@pytest.fixture
def network(tmp_path):
    """An ONNX file of LaMa's form that fills holes with orange, 512 x 512 pixels."""
    picture = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, 512, 512])
    mask = helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["batch", 1, 512, 512])
    made = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", 3, 512, 512])
    orange = helper.make_tensor("orange", TensorProto.FLOAT, [1, 3, 1, 1], [1.0, 0.5, 0.0])
    one = helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])
    top = helper.make_tensor("top", TensorProto.FLOAT, [1], [255.0])
    nodes = [
        helper.make_node("Sub", ["one", "mask"], ["known"]),
        helper.make_node("Mul", ["image", "known"], ["kept"]),
        helper.make_node("Mul", ["orange", "mask"], ["new"]),
        helper.make_node("Add", ["kept", "new"], ["whole"]),
        helper.make_node("Mul", ["whole", "top"], ["output"]),
    ]
    graph = helper.make_graph(nodes, "lama", [picture, mask], [made], [orange, one, top])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, tmp_path / "tiny.onnx")
    return tmp_path / "tiny.onnx"


@pytest.mark.parametrize("size", [(220, 240), (700, 900)])
def test_a_network_of_lamas_form_fills_holes_of_any_size(network, size):
    picture = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
    hole = block(*size, high=size[0] - 100, wide=size[1] - 120)
    found = inpaint(picture, hole, "lama", network)
    assert np.array_equal(found[~hole], picture[~hole])
    inner = block(*size, 50, 70, size[0] - 120, size[1] - 140)  # its edge is blended
    assert np.abs(found[inner].astype(int) - [255, 128, 0]).max() <= 2


def test_lama_says_what_it_lacks(photograph, tmp_path, monkeypatch):
    monkeypatch.setenv("LIMELIGHT_HOME", str(tmp_path))
    with pytest.raises(UnavailableError, match="limelight weights fetch lama"):
        inpaint(photograph, block(220, 240), "lama")
    (tmp_path / "no.onnx").write_bytes(b"nothing")
    with pytest.raises(BadInputError, match="no network"):
        inpaint(photograph, block(220, 240), "lama", tmp_path / "no.onnx")


def test_a_batch_with_one_mask_from_the_command_line(tmp_path, photograph):
    stills = tmp_path / "stills"
    stills.mkdir()
    for number in range(2):
        Image.fromarray(np.roll(photograph, number * 7, axis=1)).save(stills / f"{number}.png")
    Image.fromarray(np.ones((9, 9, 3), np.uint8)).save(stills / "other.png")
    mask = np.zeros((220, 240), np.uint8)
    mask[200:210, 10:90] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    command = [sys.executable, "-m", "limelight", "image", "inpaint", "stills", "-o", "out"]
    done = subprocess.run(
        [*command, "--mask", "mask.png"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "the mask mask.png has 240 x 220 pixels and the picture, upright, 9 x 9" in done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.png", "1.png"]
    for number in range(2):
        before = np.asarray(Image.open(stills / f"{number}.png"))
        after = np.asarray(Image.open(tmp_path / "out" / f"{number}.png"))
        assert np.array_equal(before[mask == 0], after[mask == 0])
        assert not np.array_equal(before, after)
