import numpy as np
import pytest
from PIL import Image
from striped import KINDS, stripes

from limelight.errors import BadInputError, LimelightWarning
from limelight.image.classify.labelled import fitted, parted, read_folder


def test_a_folder_is_its_classes(folder):
    labelled = stripes(30, 0)
    place = folder(labelled)
    (place / ".hidden").mkdir()
    (place / "readme.txt").write_text("not a class", encoding="utf-8")
    (place / "down" / "notes.txt").write_text("not a picture", encoding="utf-8")
    found = read_folder(place, 24)
    assert found.classes == KINDS
    assert found.counts == dict.fromkeys(KINDS, 10)
    order = np.argsort(labelled.labels, kind="stable")
    assert np.array_equal(found.pictures, labelled.pictures[order])
    assert np.array_equal(found.labels, labelled.labels[order])
    assert found.names[0].endswith("000.png")
    assert found.fingerprint == read_folder(place, 24).fingerprint != labelled.fingerprint


def test_any_picture_becomes_a_square_of_eight_bits():
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, 30:70] = (10, 200, 30)
    assert (fitted(wide, 32) == (10, 200, 30)).all()
    deep = np.full((5, 3, 3), 65535, np.uint16)
    assert (fitted(deep, 32) == 255).all()
    clear = np.zeros((20, 20, 4), np.uint8)
    assert (fitted(clear, 16) == 128).all()
    assert fitted(np.full((1, 3000, 3), 7, np.uint8), 32).shape == (32, 32, 3)


def test_pictures_that_cannot_be_read_are_named_and_left_out(folder):
    place = folder(stripes(12, 0))
    (place / "down" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    with pytest.warns(LimelightWarning, match=r"left out .*broken\.png"):
        found = read_folder(place, 24)
    assert len(found) == 12
    for path in (place / "down").glob("*.png"):
        path.write_bytes(b"nothing")
    with pytest.raises(BadInputError, match="no picture of the class 'down' can be read"):
        read_folder(place, 24)


def test_folders_that_teach_nothing_are_refused(folder, tmp_path):
    with pytest.raises(BadInputError, match=r"there is no folder .*absent"):
        read_folder(tmp_path / "absent", 24)
    with pytest.raises(BadInputError, match="no folder of pictures"):
        read_folder(tmp_path, 24)
    labelled = stripes(6, 0)
    place = folder(labelled.of(np.flatnonzero(labelled.labels == 0)))
    with pytest.raises(BadInputError, match="only the class 'across'"):
        read_folder(place, 24)
    assert len(read_folder(place, 24, least=1)) == 2
    (place / "empty").mkdir()
    with pytest.raises(BadInputError, match="no pictures of 'empty'"):
        read_folder(place, 24)


def test_a_part_of_every_class_is_held_out():
    labelled = stripes(60, 0)
    learned, held = parted(labelled, 0.2)
    assert held.counts == dict.fromkeys(KINDS, 4)
    assert len(learned) + len(held) == 60
    whole = np.concatenate([learned.pictures, held.pictures])
    assert {one.tobytes() for one in whole} == {one.tobytes() for one in labelled.pictures}
    assert len(parted(labelled, 0)[1]) == 0
    with pytest.raises(BadInputError, match="from 0 up to 1, not 1"):
        parted(labelled, 1)


def test_one_picture_a_class_is_learned_from_and_said():
    with pytest.warns(LimelightWarning, match="of across, chequered, down there is one picture"):
        learned, held = parted(stripes(3, 0), 0.5)
    assert (len(learned), len(held)) == (3, 0)


def test_classes_are_matched_by_name():
    labelled = stripes(9, 0)
    found = labelled.named(("other", "down", "across", "chequered"))
    assert found.labels[:3].tolist() == [2, 3, 1]
    with pytest.raises(BadInputError, match="no class 'chequered'; it knows across, down"):
        labelled.named(("across", "down"))


def test_transparent_pictures_lie_on_grey(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Image.new("RGBA", (30, 20), (255, 0, 0, 0)).save(tmp_path / name / "clear.png")
        Image.new("L", (30, 20), 9).save(tmp_path / name / "grey.png")
    found = read_folder(tmp_path, 16)
    assert found.pictures[0].max() == found.pictures[0].min() == 128
    assert (found.pictures[1] == 9).all()
