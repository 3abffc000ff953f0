"""What is told of a picture is what is in it: colours, light, text, things, hashes."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from limelight.errors import BadInputError
from limelight.image.understand import (
    Describer,
    Fingerprint,
    dhash,
    dominant,
    fingerprint,
    near_duplicates,
    phash,
)
from limelight.image.understand.colours import NAMED, name_of, oklab, shares
from limelight.image.understand.duplicates import similar
from limelight.image.understand.imagenet import names
from limelight.image.understand.light import light_in
from limelight.image.understand.text import text_in


@pytest.fixture(scope="module")
def photographs() -> dict[str, np.ndarray]:
    grey = np.repeat(data.camera()[..., None], 3, axis=2)
    return {
        "astronaut": data.astronaut(),
        "coffee": data.coffee(),
        "chelsea": data.chelsea(),
        "rocket": data.rocket(),
        "camera": grey,
    }


def flag() -> np.ndarray:
    picture = np.zeros((90, 100, 3), np.uint8)
    picture[:, :60] = (216, 32, 31)
    picture[:, 60:90] = (255, 255, 255)
    picture[:, 90:] = (38, 89, 212)
    return picture


def test_dominant_colours_are_named_and_weighed() -> None:
    found = dominant(flag())
    assert [(one.name, one.code) for one in found] == [
        ("red", "#d8201f"),
        ("white", "#ffffff"),
        ("blue", "#2659d4"),
    ]
    assert [round(one.share, 2) for one in found] == [0.6, 0.3, 0.1]
    deep = flag().astype(np.uint16) * 257
    assert [one.code for one in dominant(deep)] == [one.code for one in found]


def test_transparent_colours_do_not_count() -> None:
    alpha = np.full((90, 100, 1), 255, np.uint8)
    alpha[:, :60] = 0
    found = dominant(np.concatenate([flag(), alpha], axis=2))
    assert [one.name for one in found] == ["white", "blue"]
    assert dominant(np.zeros((5, 5, 4), np.uint8)) == []


def test_every_named_colour_has_its_own_name() -> None:
    for name, code in NAMED.items():
        light = (np.frombuffer(bytes.fromhex(code[1:]), np.uint8) / 255.0)[None]
        linear = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
        assert name_of(oklab(linear)[0]) == name


def test_white_is_white_in_oklab() -> None:
    assert oklab(np.ones((1, 3)))[0] == pytest.approx([1, 0, 0], abs=1e-3)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 3000, 3), (4000, 1, 4), (3, 2, 4)])
def test_thin_pictures_are_described(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    assert dominant(picture)
    assert np.square(shares(picture)).sum() == pytest.approx(1, abs=1e-5)
    assert 0 <= light_in(picture).sharpness <= 1
    fingerprint(picture)


def test_blurring_takes_sharpness_and_light_is_measured(
    photographs: dict[str, np.ndarray],
) -> None:
    for picture in photographs.values():
        before, after = light_in(picture), light_in(cv2.GaussianBlur(picture, (0, 0), 3))
        assert before.sharpness > 0.55
        assert after.sharpness < 0.35
        assert after.brightness == pytest.approx(before.brightness, abs=0.01)
        darker = light_in((picture * 0.5).astype(np.uint8))
        assert darker.brightness == pytest.approx(before.brightness / 2, rel=0.02)
        assert darker.contrast == pytest.approx(before.contrast / 2, rel=0.02)
    assert light_in(photographs["camera"]).colourfulness == 0
    assert light_in(photographs["coffee"]).colourfulness > 0.25


def distance(first: int, second: int) -> int:
    return (first ^ second).bit_count()


def test_hashes_survive_scaling_jpeg_and_light(photographs: dict[str, np.ndarray]) -> None:
    for picture in photographs.values():
        height, width = picture.shape[:2]
        jpeg = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], 1)
        half = cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        deep = picture.astype(np.uint16) * 257
        for other in (jpeg, half, deep, (picture * 0.7).astype(np.uint8)):
            assert distance(phash(picture), phash(other)) <= 4
            assert distance(dhash(picture), dhash(other)) <= 3


def test_different_photographs_have_different_hashes(photographs: dict[str, np.ndarray]) -> None:
    for hashed in (phash, dhash):
        found = [hashed(picture) for picture in photographs.values()]
        apart = [distance(a, b) for at, a in enumerate(found) for b in found[:at]]
        assert min(apart) > 18


def test_a_picture_and_its_crops_are_one_group(photographs: dict[str, np.ndarray]) -> None:
    marks = []
    for picture in photographs.values():
        height, width = picture.shape[:2]
        for cut in (0, 0.02, 0.05):
            top, left = int(height * cut), int(width * cut)
            inner = picture[top : height - top, left : width - left]
            marks.append(fingerprint(cv2.resize(inner, (300, 200), interpolation=cv2.INTER_AREA)))
    groups = near_duplicates([mark for mark in marks if mark is not None])
    assert groups == [[3 * at, 3 * at + 1, 3 * at + 2] for at in range(len(photographs))]


def test_a_fingerprint_is_read_back_and_one_shade_has_none() -> None:
    mark = fingerprint(data.coffee())
    assert mark is not None
    assert Fingerprint.read(str(mark)) == mark
    for text in ("", "0" * 95, "x" * 96):
        with pytest.raises(BadInputError, match="is no fingerprint"):
            Fingerprint.read(text)
    assert fingerprint(np.full((50, 50, 3), 130, np.uint8)) is None
    assert near_duplicates([]) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 11), st.integers(0, 64))
def test_nothing_near_is_missed_and_nothing_else_found(seed: int, near: int, too: int) -> None:
    random = np.random.default_rng(seed)
    whole = random.integers(0, 2**63, (60, 2)).astype(np.uint64)
    asked = np.concatenate([whole[:40], random.integers(0, 2**63, (10, 2)).astype(np.uint64)])
    for row in asked[:40]:
        for bit in random.choice(64, random.integers(0, 14), replace=False):
            row[0] ^= np.uint64(1) << np.uint64(bit)
    first = np.bitwise_count(whole[:, None, 0] ^ asked[None, :, 0]) <= near
    second = np.bitwise_count(whole[:, None, 1] ^ asked[None, :, 1]) <= too
    expected = {(int(i), int(j)) for i, j in np.argwhere(first & second) if i != j}
    found = [(int(i), int(j)) for i, j in similar(whole, asked, near, too)]
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_copies_by_the_thousand_are_one_group() -> None:
    one, other = Fingerprint(((5, 9),) * 3), Fingerprint(((2**63, 2**50 - 1),) * 3)
    groups = near_duplicates([one, other] * 5000)
    assert groups == [list(range(0, 10_000, 2)), list(range(1, 10_000, 2))]


def test_the_thousand_names_are_distinct() -> None:
    assert len(names()) == len(set(names())) == 1000


def test_photographs_are_tagged_by_what_they_show(
    eyes: Path, photographs: dict[str, np.ndarray]
) -> None:
    describer = Describer(eyes)
    assert describer.missing == []
    found = {name: describer(picture) for name, picture in photographs.items()}
    assert found["astronaut"].tags == ("square", "one face")
    assert found["coffee"].tags == ("landscape", "colourful", "espresso")
    assert "Egyptian cat" in found["chelsea"].tags
    assert found["camera"].tags[-1] == "tripod"
    assert "black and white" in found["camera"].tags
    embedded = {name: np.array(one.embedding) for name, one in found.items()}
    coffee = photographs["coffee"]
    crop = np.array(describer(np.ascontiguousarray(coffee[60:360, 100:500])).embedding)
    assert np.linalg.norm(crop) == pytest.approx(1, abs=1e-3)
    nearest = max(embedded, key=lambda name: float(embedded[name] @ crop))
    assert nearest == "coffee"
    assert embedded["coffee"] @ crop > 0.8
    facts = found["astronaut"].facts()
    assert len(facts["faces"]) == 1
    face = facts["faces"][0]
    assert 150 < face["left"] < 200
    assert 60 < face["top"] < 100
    attributes = found["coffee"].attributes()
    assert {len(attributes["artwork"]), len(attributes["artwork_look"])} == {256, 96}


def test_text_is_found_where_it_is(eyes: Path) -> None:
    picture = cv2.GaussianBlur(np.ascontiguousarray(data.coffee()), (0, 0), 6)
    assert text_in(picture, eyes).share < 0.005
    assert text_in(data.astronaut(), eyes).share == 0
    cv2.putText(picture, "THE LONG NIGHT", (60, 120), 0, 2, (255, 255, 255), 5, cv2.LINE_AA)
    found = text_in(picture, eyes)
    corners = np.array(found.lines).reshape(-1, 2)
    assert 0.05 < found.share < 0.25
    assert (corners.min(0) > (20, 40)).all()
    assert (corners.max(0) < (600, 160)).all()


def test_without_weights_it_says_what_is_missing(tmp_path: Path) -> None:
    describer = Describer(tmp_path)
    assert len(describer.missing) == 2
    assert "limelight weights fetch efficientnet-lite0" in describer.missing[0]
    found = describer(flag())
    assert (found.objects, found.embedding, found.text) == (None, None, None)
    assert "artwork" not in found.attributes()
    assert found.tags[0] == "landscape"
