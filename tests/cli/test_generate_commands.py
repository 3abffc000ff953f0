"""limelight image generate, as a user runs it."""

import json
from importlib.metadata import version

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from limelight.cli import app
from limelight.image.generate import training as trainings
from limelight.image.reading import open_picture
from limelight.image.xmp import source_type

TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def run(*words):
    return CliRunner().invoke(app, ["image", "generate", *map(str, words)])


def save(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    place = tmp_path_factory.mktemp("generate")
    random = np.random.default_rng(0)
    for number in range(20):
        name = ("sea", "sun")[number % 2]
        save(
            place / "pictures" / name / f"{number}.png",
            random.integers(0, 256, (9, 12, 3), np.uint8),
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainings, "SHOWN", 2)
        patch.setattr(trainings, "SHEETS", 2)
        done = run(
            *("train", place / "pictures", "-o", place / "model", "--size", 8, "--width", 16),
            *("--steps", 6, "--batch", 4, "--json"),
        )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["steps"] == 6
    return place / "model"


def said(path):
    """Give IPTC's word of a file, and what its history tells of the last work."""
    with open_picture(path) as file:
        metadata = next(file.frames()).metadata
    (step,) = metadata.history()[-1].did
    assert metadata.history()[-1].version == version("limelight")
    return source_type(metadata.xmp), step["generate"]


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
def test_a_sample_says_that_it_was_generated(model, tmp_path, suffix):
    out = tmp_path / f"new.{suffix}"
    done = run("sample", "--model", model, "-o", out, "--prompt", "sea", "--steps", 2, "--seed", 7)
    assert done.exit_code == 0, done.output
    assert Image.open(out).size == (8, 8)
    kind, told = said(out)
    assert kind == TYPE + "trainedAlgorithmicMedia"
    assert (told["model"], told["prompt"], told["seed"]) == ("model", "sea", 7)


def test_several_samples_are_named_by_their_seeds(model, tmp_path):
    words = ("sample", "--model", model, "-o", tmp_path / "new", "-n", 3, "--seed", 4, "--steps", 2)
    assert run(*words).exit_code == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "seed-4.png",
        "seed-5.png",
        "seed-6.png",
    ]
    again = run(*words)
    assert again.exit_code == 2
    assert "exists already" in again.output
    before = (tmp_path / "new" / "seed-5.png").read_bytes()
    assert run(*words, "--overwrite").exit_code == 0
    assert (tmp_path / "new" / "seed-5.png").read_bytes() == before


def test_variations_and_ways_are_written(model, tmp_path):
    picture = save(tmp_path / "in" / "a.png", np.full((20, 30, 3), 99, np.uint8))
    save(tmp_path / "in" / "b.png", np.full((9, 9), 200, np.uint8))
    done = run("vary", tmp_path / "in", "--model", model, "-o", tmp_path / "out", "--steps", 2)
    assert done.exit_code == 0, done.output
    kind, told = said(tmp_path / "out" / "a.png")
    assert kind == TYPE + "trainedAlgorithmicMedia"
    assert told["strength"] == 0.5
    words = ("interpolate", picture, 12, "--model", model, "-o", tmp_path / "way", "-n", 3)
    done = run(*words, "--steps", 2, "--prompt", "sun")
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "way").iterdir())) == 3
    assert said(tmp_path / "way" / "001.png")[1]["how"] == "interpolate a.png to 12"


def test_inpainting_keeps_known_pixels_and_says_that_it_is_a_composite(model, tmp_path):
    random = np.random.default_rng(0)
    original = random.integers(0, 256, (20, 30, 4), np.uint8)
    picture = save(tmp_path / "a.png", original)
    hole = np.zeros((20, 30), np.uint8)
    hole[4:9, 20:28] = 255
    mask = save(tmp_path / "mask.png", hole)
    out = tmp_path / "filled.png"
    done = run("inpaint", picture, "--mask", mask, "--model", model, "-o", out, "--steps", 2)
    assert done.exit_code == 0, done.output
    filled = np.asarray(Image.open(out))
    assert (filled[hole == 0] == original[hole == 0]).all()
    assert (filled[hole > 0] != original[hole > 0]).any()
    assert said(out)[0] == TYPE + "compositeWithTrainedAlgorithmicMedia"
    words = ("inpaint", picture, "--rectangle", "20 4 8 5", "--model", model, "--steps", 2)
    assert run(*words, "-o", tmp_path / "same.png").exit_code == 0
    assert (np.asarray(Image.open(tmp_path / "same.png")) == filled).all()
    small = save(tmp_path / "small.png", hole[1:])
    done = run("inpaint", picture, "--mask", small, "--model", model, "-o", tmp_path / "x.png")
    assert done.exit_code == 2
    assert "has 30 x 19 pixels" in done.output
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("sample", "--model", "{}", "-o", "x.png", "--prompt", "moon"), 3, "there are: sea, sun"),
        (("sample", "--model", "nowhere", "-o", "x.png"), 3, "is no model"),
        (("sample", "--model", "{}", "-o", "x.png", "-n", "0"), 2, "-n is 1 or more"),
        (("sample", "--model", "{}", "-o", "x.png", "-n", "2"), 2, "need a folder"),
        (("sample", "--model", "{}", "-o", "x.docx"), 2, "can't be written"),
        (("sample", "--model", "{}", "-o", "x.png", "--solver", "rk4"), 2, "no solver 'rk4'"),
        (("sample", "--model", "{}", "-o", "x.png", "--device", "tpu9"), 2, "no device 'tpu9'"),
        (("interpolate", "1", "none.png", "--model", "{}", "-o", "way"), 2, "none.png"),
        (("interpolate", "1", "2", "--model", "{}", "-o", "way.png"), 2, "need a folder"),
        (("interpolate", "1", "2", "--model", "{}", "-o", "way", "-n", "1"), 2, "2 or more"),
        (("train", "nowhere", "-o", "model"), 2, "no folder of pictures"),
        (("train", ".", "-o", "model", "--size", "9"), 2, "8 to 1,024"),
        (("train", ".", "-o", "model", "--steps", "0"), 2, "steps"),
    ],
)
def test_bad_input_is_one_sentence(model, tmp_path, monkeypatch, words, code, sentence):
    monkeypatch.chdir(tmp_path)
    done = run(*(word.format(model) for word in words))
    assert sentence in done.output
    assert done.output.count("\n") == 1
    assert done.exit_code == code
    assert list(tmp_path.iterdir()) == []
