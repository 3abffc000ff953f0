import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def pictures(tmp_path):
    """Twelve pictures each of dark and bright noise, as files."""
    random = np.random.default_rng(0)
    for name, level in (("dark", 60), ("bright", 190)):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(12):
            noise = random.normal(level, 30, (20, 24, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(noise).save(tmp_path / "pictures" / name / f"{number}.png")
    return tmp_path / "pictures"


def test_from_a_folder_to_labels_and_a_page(answer, run, pictures, tmp_path, home):
    (pictures / "dark" / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    model, page = tmp_path / "model", tmp_path / "page.html"
    words = ("image", "classify", "train", pictures, "-o", model, "--size", 16, "--report", page)
    found = answer(*words, "--plan", "quick", "--epochs", 3)
    assert found["classes"] == {"bright": 10, "dark": 10}
    assert found["evaluation"]["pictures"] == 4
    assert any("broken.jpg" in note for note in found["notes"])
    assert "What is taken for what" in page.read_text(encoding="utf-8")
    assert list((home / "checkpoints").glob("*")) == []
    assert "is there already; --overwrite replaces" in run(*words, code=2).output
    judged = answer("image", "classify", "evaluate", model, pictures)
    assert judged["accuracy"] > 0.9
    labels = answer("image", "classify", "label", model, pictures / "dark" / "1.png", "--top", 1)
    assert list(labels["files"][0]["labels"]) == ["dark"]
    mixed = run("image", "classify", "label", model, pictures / "dark", code=2).output
    assert "broken.jpg" in mixed
    assert "3.png" in mixed
    assert "one or more" not in mixed
    assert (
        "--top is 1 or more"
        in run("image", "classify", "label", model, pictures, "--top", 0, code=2).output
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("train", "absent", "-o", "m"), 2, "there is no folder absent"),
        (("train", "{pictures}", "-o", "m", "--plan", "best"), 3, "no plan 'best'"),
        (("train", "{pictures}", "-o", "m", "--epochs", "0"), 2, "--epochs is more than 0"),
        (("train", "{pictures}", "-o", "m", "--device", "gpu"), 2, "no device 'gpu'"),
        (("train", "{pictures}", "-o", "m", "--size", "4"), 2, "16 to 512 pixels a side"),
        (("train", "{pictures}", "-o", "m", "--base", "none"), 3, "none is no classifier"),
        (("train", "{pictures}", "-o", "m", "--held-out", "1"), 2, "from 0 up to 1"),
        (("train", "{pictures}", "-o", "{pictures}"), 2, "is there already"),
        (("train", "cifar10", "-o", "m", "--size", "64"), 2, "leave --size out"),
        (("evaluate", "none", "{pictures}"), 3, "none is no classifier"),
        (("export", "none", "-o", "x.onnx"), 3, "none is no classifier"),
    ],
)
def test_what_cannot_be_done_is_said(run, pictures, tmp_path, monkeypatch, words, code, said):
    monkeypatch.chdir(tmp_path)
    given = [word.format(pictures=pictures) for word in words]
    assert said in run("image", "classify", *given, code=code).output
    assert not (tmp_path / "m").exists()
